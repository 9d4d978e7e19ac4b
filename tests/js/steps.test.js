import assert from "node:assert/strict";
import { test } from "node:test";

import { moduleOf } from "./widgets.js";

const { changesOf } = await moduleOf("step_by_step.js");

const ROWS = [
  ["state", "one", "ties the answer to this sign-in", "RFC 6749"],
  ["scope", "openid", "", ""],
];

test("only what a person changed is sent, and an emptied field takes its parameter out", () => {
  assert.deepEqual(changesOf(ROWS, ["one", "openid"]), {});
  assert.deepEqual(changesOf(ROWS, ["two", "openid"]), { state: "two" });
  assert.deepEqual(changesOf(ROWS, ["", "openid email"]), { state: null, scope: "openid email" });
});
