import assert from "node:assert/strict";
import { test } from "node:test";

import { moduleOf } from "./widgets.js";

const { answeredOf, cellsOf, drawnOf, lanesOf, lookOf, stoppedOf, turnOf, wayOf } = await moduleOf("trace.js");
const { TRACE } = await moduleOf("words_trace.js");

test("sender and receiver of a message are named in words", () => {
  assert.equal(
    wayOf({ sender: "browser", to: "server" }),
    `${TRACE.ends.browser} ${TRACE.to} ${TRACE.ends.server}`,
  );
  assert.equal(wayOf({ sender: "notebook", to: "notebook" }), TRACE.ends.notebook);
});

test("an arrow spans the lanes between both ends", () => {
  assert.deepEqual(lanesOf({ sender: "notebook", to: "api" }), { start: 1, width: 2, back: false });
  assert.deepEqual(lanesOf({ sender: "server", to: "browser" }), { start: 0, width: 2, back: true });
});

test("a failed check is seen before anything else, and the browser's part differs", () => {
  const check = { name: "state", passed: true, sent: "", received: "", reason: "" };
  assert.equal(lookOf({ failed: true, checks: [check], front: false }), "failed");
  assert.equal(lookOf({ failed: false, checks: [check], front: false }), "good");
  assert.equal(lookOf({ failed: false, checks: [], front: true }), "front");
  assert.equal(lookOf({ failed: false, checks: [], front: false }), "back");
});

test("a person learns when to act", () => {
  assert.ok(turnOf([{ kind: "preparation" }, { kind: "offer" }]));
  assert.ok(turnOf([{ kind: "device code" }]));
  assert.ok(!turnOf([{ kind: "offer" }, { kind: "person" }]));
  assert.ok(!turnOf([]));
  assert.ok(!turnOf(null));
});

test("a failure is said until another try went on", () => {
  const failed = { kind: "failure", failed: true };
  const offer = { kind: "offer", failed: false };
  assert.ok(stoppedOf([failed]));
  assert.ok(stoppedOf([failed, { kind: "preparation", failed: false }, offer]));
  assert.ok(!stoppedOf([failed, offer, { kind: "response", failed: false }]));
  assert.ok(!stoppedOf([offer]));
  assert.ok(!stoppedOf(null));
});

test("a failure ends the diagram until another try is under way", () => {
  const failed = { kind: "failure", failed: true };
  const offer = { kind: "offer", failed: false };
  const later = { kind: "response", failed: false };
  assert.deepEqual(drawnOf([offer, failed, offer]), [offer, failed]);
  assert.deepEqual(drawnOf([offer, failed, offer, later]), [offer, failed, offer, later]);
  assert.deepEqual(drawnOf([offer]), [offer]);
});

test("someone is signed in once the server has handed out tokens", () => {
  const [poll, code] = [{ kind: "device poll", status: null }, { kind: "code exchange", status: null }];
  assert.ok(!answeredOf([poll, { kind: "response", status: 400 }, code]));
  assert.ok(answeredOf([poll, { kind: "response", status: 400 }, code, { kind: "response", status: 200 }]));
});

test("a line opens to its parameters, and a failed check comes first, with both sides", () => {
  const parameters = [{ name: "code", value: "••••", purpose: "good once", section: "RFC 6749" }];
  const passed = { name: "state", passed: true, sent: "", received: "", reason: "" };
  const failed = { name: "nonce", passed: false, sent: "A", received: "B", reason: "Not ours." };
  assert.deepEqual(cellsOf({ parameters, checks: [passed, failed] }), [
    ["code", "••••", "good once · RFC 6749"],
    ["✗ nonce", `${TRACE.expected} A, ${TRACE.received} B`, ""],
    ["✓ state", "", ""],
  ]);
  const alone = { ...failed, name: "at_hash", sent: "" };
  assert.deepEqual(cellsOf({ parameters: [], checks: [alone] }), [["✗ at_hash", `${TRACE.received} B`, ""]]);
  // The line gives the reason, so without two sides there is nothing more to say.
  assert.deepEqual(cellsOf({ parameters: [], checks: [{ ...failed, sent: "", received: "" }] }), []);
});
