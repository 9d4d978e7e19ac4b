import assert from "node:assert/strict";
import { test } from "node:test";

import { moduleOf } from "./widgets.js";

const { lifeOf, plan } = await moduleOf("session.js");
const { alertLines } = await moduleOf("card.js");
const { lacking } = await moduleOf("words_needs.js");
const { SESSION } = await moduleOf("words_session.js");
const { SAY } = await moduleOf("words.js");

const TRAITS = {
  server: "wgtwo sandbox",
  client: "notebook",
  granted: ["openid", "usage.read"],
  extra: ["usage.read"],
  missing: ["phone"],
  refused: [],
  received: "2026-05-04T12:00:00+00:00",
  expires: "2026-05-04T13:00:00+00:00",
  renewable: true,
  ended: false,
  outcome: "",
};
const WHO = [["Name", "Alice"], ["Email", "a@b.example"], ["Phone", "+1"]];
const PAGE_ONLY = { who: WHO, kept: null, leave: "" };
const planned = (traits = {}, pageOnly = {}) => plan({ ...TRAITS, ...traits }, { ...PAGE_ONLY, ...pageOnly });

test("signed in: the person first, and asked, extra and missing apart", () => {
  const { title, about, rows, granted, extra, missing, refresh, signOut, more, again } = planned();
  assert.deepEqual([title, about, rows], ["Alice", ["a@b.example", "wgtwo sandbox"], [["Phone", "+1"]]]);
  assert.deepEqual([granted, extra, missing], [["openid"], ["usage.read"], ["phone"]]);
  assert.deepEqual([refresh, signOut, more, again], [true, true, false, false]);
});

test("who it is: told, no one, or not saved with the notebook", () => {
  const title = SESSION.title("wgtwo sandbox");
  const said = (who) => [planned({}, { who }).title, planned({}, { who }).about];
  assert.deepEqual(said([]), [title, [SESSION.nobody]]);
  assert.deepEqual(said(null), [title, [SESSION.notTold]]);
});

test("the token's life: how far it has run, whether it renews, when it ends", () => {
  const at = (time) => new Date(`2026-05-04T${time}:00Z`).getTime();
  const life = lifeOf(TRAITS, at("12:15"));
  assert.deepEqual([life.known, life.now, life.over], [true, 25, false]);
  assert.match(life.to, /in 45 minutes/);
  assert.equal(life.how, SESSION.renews);
  const kept = lifeOf({ ...TRAITS, renewable: false }, at("14:00"));
  assert.deepEqual([kept.now, kept.how, kept.over], [100, SESSION.stays, true]);
  assert.equal(lifeOf({ ...TRAITS, expires: null }, at("12:15")).known, false);
});

test("a session that can't be renewed has no button for it", () => {
  assert.equal(planned({ renewable: false }).refresh, false);
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
  assert.deepEqual([status, more], [lacking(["cells.read"], []), true]);
});

test("what is kept can be forgotten, and a person can give way to another", () => {
  const kept = { since: "2026-05-04T12:00:00+00:00", place: "a file", until: null, lasts: "Until the end." };
  const shown = (traits, pageOnly) => {
    const view = planned(traits, pageOnly);
    return [view.kept, view.forget, view.another];
  };
  assert.deepEqual(shown({}, { kept }), [kept, true, true]);
  assert.deepEqual(shown({}, {}), [null, false, true]);
  assert.deepEqual(shown({}, { who: [] }), [null, false, false]);
  assert.deepEqual(shown({ ended: true }, { kept }), [null, false, false]);
  assert.equal(planned({ outcome: "forgotten" }).status, SESSION.forgotten);
});

test("ended elsewhere: said so, no one named, and a way to sign in again", () => {
  for (const outcome of ["", "refreshed", "widened"]) {
    const { title, status, about, rows, refresh, signOut, more, again, leave } = planned({
      ended: true, outcome, refused: ["a"], renewable: false,
    });
    assert.deepEqual([title, status], ["wgtwo sandbox", SESSION.ended]);
    assert.deepEqual([about, rows, refresh, signOut, more, again, leave], [[], [], false, false, false, true, ""]);
  }
});

test("signed out: the server's own page is a link, if it is of the web", () => {
  const leave = "https://as.example/logout?id_token_hint=x";
  const { leave: href, status } = planned({ ended: true, outcome: "confirmed" }, { leave });
  assert.deepEqual([href, status], [leave, `${SESSION.confirmed} ${SESSION.browser}`]);
  assert.equal(planned({ ended: true }, { leave: "javascript:alert(1)" }).leave, "");
  assert.equal(planned({}, { leave }).leave, "");
});

test("a problem comes with its next step and the server's words about it", () => {
  const common = { problem: "It failed.", next_step: "Try again." };
  assert.deepEqual(alertLines(common, { about: "It failed.", words: "Not alice." }), [
    "It failed.", "Try again.", `${SAY.said} “Not alice.”`,
  ]);
  assert.deepEqual(alertLines(common, { about: "Another.", words: "Not alice." }), ["It failed.", "Try again."]);
  assert.deepEqual(alertLines({ problem: "", next_step: "" }, { about: "", words: "x" }), []);
});

test("an identifier is no name: the card says where someone signed in, and lists it", () => {
  const { name, title, about, rows } = planned({}, { who: [["Subject", "CUk4Na9L"]] });
  assert.deepEqual([name, title, about], ["", SESSION.title("wgtwo sandbox"), []]);
  assert.deepEqual(rows, [["Subject", "CUk4Na9L"]]);
});
