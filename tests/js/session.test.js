import assert from "node:assert/strict";
import { test } from "node:test";

import { moduleOf } from "./widgets.js";

const { plan } = await moduleOf("session.js");
const { alertLines } = await moduleOf("card.js");
const { SESSION } = await moduleOf("words_session.js");
const { SAY } = await moduleOf("words.js");

const TRAITS = {
  server: "wgtwo sandbox",
  client: "notebook",
  granted: ["openid", "usage.read"],
  extra: ["usage.read"],
  missing: ["phone"],
  refused: [],
  expires: "2026-05-04T13:00:00+00:00",
  renewable: true,
  ended: false,
  outcome: "",
};
const TOLD = { who: [["Phone", "+1"]], leave: "" };
const planned = (traits = {}, told = {}) => plan({ ...TRAITS, ...traits }, { ...TOLD, ...told });

test("signed in: who, and asked, extra and missing apart", () => {
  const { title, who, granted, extra, missing, until, refresh, signOut, more } = planned();
  assert.deepEqual([title, who], [SESSION.title("wgtwo sandbox"), [["Phone", "+1"]]]);
  assert.deepEqual([granted, extra, missing], [["openid"], ["usage.read"], ["phone"]]);
  assert.deepEqual([until, refresh, signOut, more], [true, true, true, false]);
});

test("who it is: told, nobody, or not saved with the notebook", () => {
  assert.deepEqual(planned({}, { who: [] }).who, [[SESSION.who, SESSION.nobody]]);
  assert.deepEqual(planned({}, { who: null }).who, [[SESSION.who, SESSION.notTold]]);
});

test("nothing that renews it: no button, and a word on it", () => {
  const { refresh, note } = planned({ renewable: false });
  assert.deepEqual([refresh, note], [false, SESSION.stays]);
  assert.equal(planned().note, "");
});

test("after a click: what became of it", () => {
  for (const outcome of ["refreshed", "widened"]) {
    assert.equal(planned({ outcome }).status, SESSION[outcome]);
  }
  for (const outcome of ["confirmed", "unconfirmed", "untold"]) {
    assert.equal(planned({ outcome, ended: true }).status, SESSION[outcome]);
  }
});

test("after a refusal: what is missing is named, and one button asks for more", () => {
  const { status, more } = planned({ refused: ["cells.read"] });
  assert.deepEqual([status, more], ["A service said no: it needs cells.read as well.", true]);
});

test("ended elsewhere: said so, nobody named, nothing to click", () => {
  for (const outcome of ["", "refreshed", "widened"]) {
    const { title, status, who, until, refresh, signOut, more, leave, note } = planned({
      ended: true, outcome, refused: ["a"], renewable: false,
    });
    assert.deepEqual([title, status], [SESSION.over("wgtwo sandbox"), SAY.ended]);
    assert.deepEqual([who, until, refresh, signOut, more, leave, note], [[], false, false, false, false, "", ""]);
  }
});

test("signed out: the server's own page is a link, if it is of the web", () => {
  const leave = "https://as.example/logout?id_token_hint=x";
  const { leave: href, note } = planned({ ended: true, outcome: "confirmed" }, { leave });
  assert.deepEqual([href, note], [leave, SESSION.leaveWhy]);
  assert.equal(planned({ ended: true }, { leave: "javascript:alert(1)" }).leave, "");
  assert.equal(planned({}, { leave }).leave, "");
});

test("a problem is said with the server's words that belong to it, and its next step", () => {
  const common = { problem: "It failed.", next_step: "Try again." };
  assert.deepEqual(alertLines(common, { about: "It failed.", words: "Not alice." }), [
    "It failed.", `${SAY.said} “Not alice.”`, "Try again.",
  ]);
  assert.deepEqual(alertLines(common, { about: "Another.", words: "Not alice." }), ["It failed.", "Try again."]);
  assert.deepEqual(alertLines({ problem: "", next_step: "" }, { about: "", words: "x" }), []);
});
