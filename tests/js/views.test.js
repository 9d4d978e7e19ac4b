import assert from "node:assert/strict";
import { test } from "node:test";

import { moduleOf, textOf, withImports } from "./widgets.js";

const { checkOf, claimsTitle, verdictOf } = await moduleOf("claims.js");
const { claimText } = await moduleOf("claim_rows.js");
const { devicePlan } = await moduleOf("device_code.js");
const { clock, countdown, expiry } = await moduleOf("times.js");
const { SAY } = await moduleOf("words.js");
const { CLAIMS } = await moduleOf("words_claims.js");
const { DEVICE } = await moduleOf("words_device.js");
const { READING } = await moduleOf("words_reading.js");

const WIDGETS = ["token.js", "claims.js", "device_code.js"];
const row = (name, more = {}) => ({ name, value: "x", meaning: "", ...more });

test("a claim that is a moment is shown as one, with its number", () => {
  const at = Date.UTC(2025, 5, 2, 12) / 1000;
  for (const name of ["exp", "iat", "nbf", "auth_time"]) {
    const said = claimText({ name, value: String(at) });
    assert.equal(said, `${clock(new Date(at * 1000), 0)} (${at})`);
  }
  for (const value of ["", "soon", "••••••••", "1e300", "[]"]) {
    assert.equal(claimText({ name: "exp", value }), value);
  }
  assert.equal(claimText({ name: "sub", value: String(at) }), String(at));
});

test("the title says whose token it is, or that it is just read", () => {
  assert.equal(claimsTitle({ basis: "sign-in", server: "wgtwo" }), `${CLAIMS.signIn} wgtwo`);
  assert.equal(claimsTitle({ basis: "sign-in", server: "" }), CLAIMS.ownToken);
  assert.equal(claimsTitle({ basis: "held", server: "wgtwo" }), `${CLAIMS.held} wgtwo`);
  assert.equal(claimsTitle({ basis: "unverified", server: "" }), READING.title);
});

test("all checks together: passed, failed, or unsure of the signature", () => {
  const good = [row("signature", { passed: true }), row("acr", { passed: null }), row("name")];
  const bad = row("nonce", { passed: false });
  assert.deepEqual(verdictOf("sign-in", good), [CLAIMS.allPassed, "done"]);
  assert.deepEqual(verdictOf("held", good), [CLAIMS.wouldPass, "done"]);
  assert.deepEqual(verdictOf("held", [...good, bad]), [CLAIMS.oneFailed, "warn"]);
  assert.deepEqual(verdictOf("held", [...good, bad, bad]), [`2 ${CLAIMS.failed}`, "warn"]);
  const unsure = [row("signature", { passed: null }), row("iss", { passed: true })];
  assert.deepEqual(verdictOf("held", unsure), [CLAIMS.unsure, "warn"]);
  // before the checks are done nothing is said of them
  assert.deepEqual(verdictOf("held", [row("iss")]), ["", ""]);
});

test("a token that was only read is said not to be verified, whatever it reads like", () => {
  assert.deepEqual(verdictOf("unverified", [row("iss")]), [READING.warning, "warn"]);
});

test("each check says in words how it ended", () => {
  const [claim] = [row("nonce", { passed: false, reason: "Made for another sign-in." })];
  assert.deepEqual(checkOf(claim), ["no", CLAIMS.refused, "Made for another sign-in."]);
  assert.deepEqual(checkOf(row("nonce", { passed: true, reason: "" })), [
    "yes", CLAIMS.passed, CLAIMS.good.nonce,
  ]);
  assert.deepEqual(checkOf(row("acr", { passed: null, reason: "" })), [
    "none", CLAIMS.unchecked, CLAIMS.nothing,
  ]);
  assert.deepEqual(checkOf(row("signature", { passed: null, reason: "No keys." })), [
    "none", CLAIMS.unchecked, "No keys.",
  ]);
  assert.equal(checkOf(row("name")), null);
});

test("each kind of subject has its own words", () => {
  assert.deepEqual(Object.keys(CLAIMS.subjects), ["", "public", "pairwise"]);
});

test("the last two minutes are counted down in seconds", () => {
  const now = new Date(2025, 5, 2, 12, 0).getTime();
  const inSeconds = (seconds) => new Date(now + seconds * 1000).toISOString();
  assert.match(countdown(inSeconds(119), now), /\(in 119 seconds\)$/);
  assert.match(countdown(inSeconds(0.4), now), /\(in 1 second\)$/);
  for (const iso of [inSeconds(0), inSeconds(-5), inSeconds(120), inSeconds(7200), null, "soon"]) {
    assert.equal(countdown(iso, now), expiry(iso, now));
  }
});

test("another device: waiting, being told, and each end with what to do", () => {
  assert.deepEqual(devicePlan("waiting", false), { busy: SAY.elsewhere, said: "", look: "" });
  assert.deepEqual(devicePlan("waiting", true), { busy: SAY.telling, said: "", look: "" });
  assert.deepEqual(devicePlan("signed_in", true), {
    busy: "", said: DEVICE.signedIn, look: "done",
  });
  for (const [phase, words] of [
    ["expired", DEVICE.expired], ["cancelled", SAY.cancelled], ["failed", SAY.failed],
  ]) {
    const { busy, said } = devicePlan(phase, false);
    assert.deepEqual([busy, said], ["", `${words} ${DEVICE.runAgain}`]);
  }
});

test("no view keeps anything, takes HTML, or sets a trait", async () => {
  const never = /innerHTML|outerHTML|insertAdjacentHTML|localStorage|sessionStorage|postMessage|save_changes|console\./;
  for (const widget of WIDGETS) {
    for (const name of await withImports(widget)) assert.doesNotMatch(await textOf(name), never);
    assert.doesNotMatch(await textOf(widget), /model\.set\(/);
  }
});

test("script and style together stay small, since every saved notebook may hold them", async () => {
  for (const widget of WIDGETS) {
    const sheet = widget.replace(".js", ".css");
    const names = [...(await withImports(widget)), ...(await withImports(sheet))];
    const texts = await Promise.all(names.map(textOf));
    const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    assert.ok(bytes <= 30_000, `${widget}: ${bytes} bytes`);
  }
});
