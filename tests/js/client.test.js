import assert from "node:assert/strict";
import { test } from "node:test";

import { moduleOf } from "./widgets.js";

const { lines, plan } = await moduleOf("client.js");
const { FORM } = await moduleOf("words_client.js");

const TRAITS = {
  record: { type: "confidential" },
  reasons: {},
  registers: true,
  has_secret: false,
  request: "",
  registered: "",
  problem: "",
};
const planned = (traits = {}, touched = []) => plan({ ...TRAITS, ...traits }, new Set(touched));

test("a reason is shown once its field was touched, and counted", () => {
  const reasons = { client_id: "Enter a client ID.", redirect_uris: "Not absolute." };
  assert.deepEqual(planned({ reasons }).reasons, {});
  assert.equal(planned({ reasons }).status, "");
  const one = planned({ reasons }, ["client_id", "type"]);
  assert.deepEqual([one.reasons, one.wrong], [{ client_id: "Enter a client ID." }, FORM.wrong(1)]);
  assert.equal(planned({ reasons }, ["client_id", "redirect_uris"]).wrong, FORM.wrong(2));
});

test("the form says that nothing is wrong, and that it is registered", () => {
  assert.deepEqual([planned().status, planned().registered], [FORM.ready, false]);
  const { status, registered } = planned({ registered: "mine" });
  assert.deepEqual([status, registered], [FORM.registered("mine"), true]);
});

test("the form asks for no secret of a public client, or if an operator makes it", () => {
  const secret = (traits) => [planned(traits).asksSecret, planned(traits).asksMethod];
  assert.deepEqual(secret({}), [true, true]);
  assert.deepEqual(secret({ record: { type: "public" } }), [false, false]);
  assert.deepEqual(secret({ registers: false }), [false, true]);
});

test("a secret that the kernel keeps is not typed again", () => {
  assert.equal(planned().typesSecret, true);
  assert.equal(planned({ has_secret: true }).typesSecret, false);
});

test("without a way to register: the request, or when it will be there", () => {
  assert.equal(planned({ registers: false }).note, FORM.unready);
  assert.equal(planned({ registers: false, request: "Please" }).note, FORM.operator);
  assert.equal(planned().note, "");
});

test("addresses stand one a line or with spaces between them", () => {
  assert.deepEqual(lines(" https://a/cb\n\nhttps://b/cb https://c/cb "), [
    "https://a/cb", "https://b/cb", "https://c/cb",
  ]);
  assert.deepEqual(lines(" \n"), []);
});
