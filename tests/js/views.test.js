import assert from "node:assert/strict";
import { test } from "node:test";

import { moduleOf, textOf, withImports } from "./widgets.js";

const { claimsTitle, sorted, verdictOf } = await moduleOf("claims.js");
const { claimText } = await moduleOf("claim_rows.js");
const { devicePlan } = await moduleOf("device_code.js");
const { clock, countdown, expiry, timeLeft } = await moduleOf("times.js");
const { SAY } = await moduleOf("words.js");
const { CLAIMS } = await moduleOf("words_claims.js");
const { CODE } = await moduleOf("words_device_code.js");
const { READING } = await moduleOf("words_reading.js");
const { leftToRead } = await moduleOf("token.js");

const WIDGETS = ["token.js", "claims.js", "device_code.js"];
const row = (name, more = {}) => ({ name, value: "x", meaning: "", ...more });

test("a claim that is a moment is shown as a time", () => {
  const now = Date.UTC(2025, 5, 2, 12);
  for (const name of ["exp", "iat", "nbf", "auth_time"]) {
    const past = now - 60_000;
    assert.equal(claimText({ name, value: String(past / 1000) }, now), clock(new Date(past), now));
    const next = claimText({ name, value: String(now / 1000 + 3600) }, now);
    assert.equal(next, clock(new Date(now + 3_600_000), now));
  }
  for (const value of ["", "soon", "••••••••", "1e300", "[]"]) {
    assert.equal(claimText({ name: "exp", value }, now), value);
  }
  assert.equal(claimText({ name: "sub", value: "1748865600" }, now), "1748865600");
});

test("a shown token counts down to when it is hidden", () => {
  assert.deepEqual([60_000, 59_001, 1, 0, -5].map(leftToRead), ["1:00", "1:00", "0:01", "0:00", "0:00"]);
});

test("the title says whose token it is, or that it is just read", () => {
  assert.equal(claimsTitle({ basis: "sign-in", server: "wgtwo" }), `${CLAIMS.signIn} wgtwo`);
  assert.equal(claimsTitle({ basis: "sign-in", server: "" }), CLAIMS.ownToken);
  assert.equal(claimsTitle({ basis: "held", server: "wgtwo" }), CLAIMS.held("wgtwo"));
  assert.equal(claimsTitle({ basis: "unverified", server: "" }), READING.title);
});

test("all checks together: passed, failed, or unsure of the signature", () => {
  const good = [row("signature", { passed: true }), row("acr", { passed: null }), row("name")];
  const bad = row("nonce", { passed: false });
  const said = (basis, rows) => Object.values(verdictOf(basis, rows));
  const passed = [CLAIMS.pills.passed, "good"];
  assert.deepEqual(said("sign-in", good), [CLAIMS.allPassed, ...passed]);
  assert.deepEqual(said("held", good), [CLAIMS.wouldPass, ...passed]);
  assert.deepEqual(said("held", [...good, bad]), [CLAIMS.failed(1, true), CLAIMS.pills.failed(1), "bad"]);
  assert.deepEqual(said("held", [...good, bad, bad]), [CLAIMS.failed(2, true), CLAIMS.pills.failed(2), "bad"]);
  const unsure = [row("signature", { passed: null }), row("iss", { passed: true })];
  assert.deepEqual(said("held", unsure), [CLAIMS.unsure, CLAIMS.pills.unsure, "turn"]);
  // Before the checks are done, nothing mentions them.
  assert.deepEqual(said("held", [row("iss")]), ["", "", ""]);
});

test("a token that was only decoded is called unverified, whatever it contains", () => {
  const { words, look } = verdictOf("unverified", [row("iss")]);
  assert.deepEqual([words, look], [READING.warning, "turn"]);
});

test("what failed is apart from what passed, from what is personal, and from the rest", () => {
  const rows = [
    row("iss", { passed: true }), row("nonce", { passed: false }), row("acr", { passed: null }),
    row("sub", { passed: true }), row("email"), row("sid"),
  ];
  const names = Object.fromEntries(
    Object.entries(sorted(rows)).map(([group, some]) => [group, some.map(({ name }) => name)]),
  );
  assert.deepEqual(names, {
    failed: ["nonce"], passed: ["iss", "sub"], personal: ["sub", "email"], others: ["acr", "sid"],
  });
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
  const turn = [SAY.pills.turn, "turn"];
  assert.deepEqual(devicePlan("waiting", false), { busy: SAY.elsewhere, said: "", pill: turn });
  assert.deepEqual(devicePlan("waiting", true), { busy: SAY.telling, said: "", pill: ["", ""] });
  assert.deepEqual(devicePlan("signed_in", true), {
    busy: "", said: CODE.signedIn, pill: [SAY.signedIn, "good"],
  });
  for (const [phase, words] of [
    ["expired", CODE.expired], ["cancelled", SAY.cancelled], ["failed", `${SAY.failed}.`],
  ]) {
    const { busy, said } = devicePlan(phase, false);
    assert.deepEqual([busy, said], ["", `${words} ${CODE.runAgain}`]);
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
    assert.ok(bytes <= 40_000, `${widget}: ${bytes} bytes`);
  }
});
