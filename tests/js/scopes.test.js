import assert from "node:assert/strict";
import { test } from "node:test";

import { moduleOf, textOf, withImports } from "./widgets.js";

const { plan, withScope, withService } = await moduleOf("scopes.js");
const { PICK } = await moduleOf("words_scopes.js");
const { lacking } = await moduleOf("words_needs.js");
const { SAY } = await moduleOf("words.js");

const option = (name, more = {}) =>
  ({ name, gives: `Gives ${name}.`, needed_by: [], default: false, registered: true, ...more });
const TRAITS = {
  server: "onewelcome sandbox",
  services: [
    { name: "events", gives: "Calls", scopes: ["events.read", "phone"], open: true },
    { name: "usage", gives: "Usage", scopes: ["usage.read", "phone"], open: true },
    { name: "cells", gives: "Cells", scopes: ["cells.read"], open: false },
  ],
  scopes: [
    option("openid"),
    option("phone", { needed_by: ["events", "usage"] }),
    option("events.read", { needed_by: ["events"] }),
    option("usage.read", { needed_by: ["usage"], default: true }),
    option("cells.read", { needed_by: ["cells"], registered: false, gives: "" }),
  ],
  picks: [],
  requested: null,
  marks: {},
  granted: false,
  ended: false,
};
const planned = (traits = {}) => plan({ ...TRAITS, ...traits });
const lineOf = (lines, name) => lines.find((one) => one.name === name);
const words = (line) => line.marks.map((one) => one.words);

test("ticking a service picks what it requires, once", () => {
  const picks = withService({ ...TRAITS, picks: ["openid", "phone"] }, "events");
  assert.deepEqual(picks, ["openid", "phone", "events.read"]);
});

test("a service that is ticked off leaves what another one needs", () => {
  const picks = ["openid", "phone", "events.read", "usage.read"];
  assert.deepEqual(withService({ ...TRAITS, picks }, "events"), ["openid", "phone", "usage.read"]);
  assert.deepEqual(withService({ ...TRAITS, picks: ["phone", "events.read"] }, "events"), []);
  assert.deepEqual(withService({ ...TRAITS, picks }, "unheard"), picks);
});

test("a scope is picked and put back", () => {
  assert.deepEqual(withScope(["a"], "b"), ["a", "b"]);
  assert.deepEqual(withScope(["a", "b"], "a"), ["b"]);
});

test("a service is ticked if all that it needs is picked", () => {
  const ticked = (picks) => planned({ picks }).services.filter((one) => one.ticked).map((one) => one.name);
  assert.deepEqual(ticked([]), []);
  assert.deepEqual(ticked(["events.read"]), []);
  assert.deepEqual(ticked(["events.read", "phone"]), ["events"]);
});

test("each service says what it needs, or why it cannot be had", () => {
  const { services } = planned();
  assert.equal(lineOf(services, "events").remark, "Needs events.read and phone.");
  const cells = lineOf(services, "cells");
  assert.deepEqual([cells.open, cells.remark], [false, `Needs cells.read. ${PICK.serviceOff}`]);
});

test("needed, default and off the whitelist are marked in words", () => {
  const { scopes } = planned();
  assert.deepEqual(words(lineOf(scopes, "openid")), []);
  assert.deepEqual(words(lineOf(scopes, "phone")), ["needed for events, usage"]);
  assert.deepEqual(words(lineOf(scopes, "usage.read")), ["needed for usage", PICK.default]);
  const cells = lineOf(scopes, "cells.read");
  assert.deepEqual(words(cells), ["needed for cells", PICK.off]);
  assert.deepEqual([cells.open, cells.gives], [false, PICK.unsaid]);
});

test("before: the button names what is picked, and an empty choice has its warning", () => {
  const asks = (...picks) => planned({ picks }).ask;
  assert.equal(asks("phone", "openid"), "Sign in for openid and phone");
  assert.equal(asks("phone", "openid", "events.read"), "Sign in with 3 scopes");
  assert.equal(planned().status, PICK.nothing(true));
  assert.equal(planned({ scopes: [option("openid")] }).status, PICK.nothing(false));
  assert.deepEqual([planned().note, planned({ services: [] }).note], [PICK.matrix, PICK.before]);
  assert.deepEqual([planned().ask, planned().asks], [PICK.ask([]), true]);
});

test("a sign-in that was begun for something else has its warning", () => {
  const traits = { picks: ["phone", "openid"], requested: ["openid"] };
  assert.equal(planned(traits).status, PICK.changed);
  assert.notEqual(planned({ ...traits, requested: ["openid", "phone"] }).status, PICK.changed);
});

test("signed in: each scope has its outcome, and the earlier advice is gone", () => {
  const marks = { openid: ["granted"], phone: ["missing"] };
  const traits = { picks: ["openid", "phone"], requested: ["openid", "phone"], marks, granted: true };
  assert.deepEqual([planned(traits).status, planned(traits).note], [PICK.answered, PICK.legend]);
  assert.equal(planned({ ...traits, picks: ["openid", "events.read"] }).ask, "Ask for events.read");
});

test("after: requested, granted, extra and used differ in words", () => {
  const { scopes, asks } = planned({
    picks: ["openid", "phone"], requested: ["openid", "phone"], granted: true,
    marks: { openid: ["missing"], phone: ["granted", "used"], "usage.read": ["extra"] },
  });
  assert.deepEqual(words(lineOf(scopes, "openid")), [PICK.ways.missing]);
  assert.deepEqual(words(lineOf(scopes, "phone")).slice(1), [PICK.ways.granted, PICK.ways.used]);
  assert.deepEqual(words(lineOf(scopes, "usage.read")).slice(2), [PICK.ways.extra]);
  assert.equal(asks, false);
});

test("the last row has the outcome of each scope of the matrix", () => {
  const words = (traits) => planned(traits).columns.map((one) => `${one.name} ${one.words}`);
  assert.deepEqual(words({ picks: ["phone"] }), [
    "phone yes", "events.read –", "usage.read always", "cells.read –",
  ]);
  const marks = { phone: ["missing"], "events.read": ["granted", "used"], "usage.read": ["extra"] };
  assert.deepEqual(words({ marks, granted: true }), [
    "phone not granted", "events.read granted", "usage.read by default", "cells.read not asked for",
  ]);
});

test("a scope without a column is named beside the outcome", () => {
  assert.deepEqual(planned({ picks: ["openid", "phone"] }).others, ["openid"]);
  assert.deepEqual(planned({ marks: { openid: ["granted"] }, granted: true }).others, ["openid"]);
});

test("after a refusal: whether the scope was asked for", () => {
  assert.match(lacking(["a", "b", "c"], []), /a, b and c, which you didn't ask for/);
  assert.match(lacking(["a"], ["a"]), /a, which the server didn't grant/);
});

test("after a refusal: what is missing is named, and one button asks for more", () => {
  const { status, ask, asks } = planned({
    picks: ["openid", "events.read"], requested: ["openid"], granted: true,
    marks: { openid: ["granted"], "events.read": ["refused"] },
  });
  assert.deepEqual([status, ask, asks], [lacking(["events.read"], []), PICK.more(["events.read"]), true]);
});

test("a session that has ended says so, and the button begins anew", () => {
  const { status, ask, asks } = planned({ picks: ["openid"], requested: ["openid"], ended: true });
  assert.deepEqual([status, ask, asks], [SAY.ended, PICK.ask(["openid"]), true]);
});

test("no card takes HTML, keeps anything in the browser, or asks a window whether it is closed", async () => {
  const never = /innerHTML|outerHTML|insertAdjacentHTML|localStorage|sessionStorage|postMessage|\.closed|console\./;
  for (const widget of ["scopes.js", "client.js", "session.js"]) {
    for (const name of await withImports(widget)) assert.doesNotMatch(await textOf(name), never);
  }
});
