import assert from "node:assert/strict";
import { test } from "node:test";

import { moduleOf, textOf, withImports } from "./widgets.js";

const { plan } = await moduleOf("login.js");
const { clock, expiry, timeLeft } = await moduleOf("times.js");
const { isPlain, openWindow, webAddress } = await moduleOf("window.js");
const { SAY } = await moduleOf("words.js");

const URL_ = "https://as.example/authorize?state=1";
const TRAITS = {
  phase: "ready",
  url: URL_,
  server: "wgtwo sandbox",
  requested: ["openid", "phone"],
  meanings: {},
  refused: false,
  suspect: false,
  way: "You come straight back.",
  pastes: false,
  problem: "",
  next_step: "",
  restarts: true,
  views: [],
  inside: {},
};
const INSIDE = { session: "IPY_MODEL_1" };
const said = (words, about = "The server said no.") => ({ said: { about, words } });
const LOCAL = { waiting: false, tried: false, telling: false, pasted: "", gone: false, device: false, ...said("") };
const planned = (traits = {}, local = {}) =>
  plan({ ...TRAITS, ...traits }, { ...LOCAL, ...local });

function fakeWindow() {
  const calls = [];
  const handle = {
    opener: "the notebook",
    location: { replace: (url) => calls.push(["replace", url, handle.opener]) },
    get closed() {
      throw new Error("says nothing under COOP, so it is never read");
    },
  };
  const open = (...how) => {
    calls.push(["open", ...how]);
    return handle;
  };
  return { calls, open, handle };
}

test("only http and https addresses are opened", () => {
  for (const good of ["https://as.example/a?b=c#d", "http://127.0.0.1:8900/", "HTTPS://as.example"]) {
    assert.equal(webAddress(good), good);
  }
  const bad = [
    "", "javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x", "blob:https://a/b",
    "file:///etc/passwd", "//as.example/", "/relative", "http:as.example", "https://",
    " https://as.example", "https://as.example/a b", "https://as.example/\n", "java\tscript:alert(1)",
    "https://as.example/\u0000", "https://as.example/\u0085", null, undefined, 7, ["https://a"],
  ];
  for (const one of bad) assert.equal(webAddress(one), "", String(one));
});

test("the window is opened empty, loses its opener, and then goes to the address", () => {
  const { calls, open, handle } = fakeWindow();
  assert.equal(openWindow(URL_, open), handle);
  assert.deepEqual(calls, [
    ["open", "about:blank", "", "popup,width=560,height=760"],
    ["replace", URL_, null],
  ]);
});

test("a blocked window leaves the click to the link", () => {
  assert.equal(openWindow(URL_, () => null), null);
});

test("an address that is not of the web opens nothing at all", () => {
  const { calls, open } = fakeWindow();
  assert.equal(openWindow("javascript:alert(1)", open), null);
  assert.deepEqual(calls, []);
});

test("a click with a key or another button stays the browser's own", () => {
  const click = { button: 0, altKey: false, ctrlKey: false, metaKey: false, shiftKey: false };
  assert.equal(isPlain(click), true);
  for (const other of ["altKey", "ctrlKey", "metaKey", "shiftKey"]) {
    assert.equal(isPlain({ ...click, [other]: true }), false);
  }
  assert.equal(isPlain({ ...click, button: 1 }), false);
});

test("time left is rounded down", () => {
  const minute = 60_000;
  const cases = [
    [-1, SAY.over], [0, SAY.over], [1, SAY.soon], [2 * minute - 1, SAY.soon],
    [2 * minute, "in 2 minutes"], [60 * minute - 1, "in 59 minutes"], [90 * minute, "in 90 minutes"],
    [120 * minute, "in 2 hours"], [48 * 60 * minute - 1, "in 47 hours"], [48 * 60 * minute, "in 2 days"],
  ];
  for (const [milliseconds, words] of cases) assert.equal(timeLeft(milliseconds), words);
});

test("expiry is a local time and how long that is", () => {
  const now = new Date(2025, 5, 2, 12, 0).getTime();
  const later = new Date(2025, 5, 2, 12, 59, 30);
  assert.equal(expiry(later.toISOString(), now), `${clock(later, now)} (in 59 minutes)`);
  assert.match(expiry(new Date(2025, 5, 2, 11, 0).toISOString(), now), /\(expired\)$/);
  assert.equal(expiry(null, now), SAY.unknown);
  assert.equal(expiry("soon", now), SAY.unknown);
});

test("a time has a date unless it is today's or less than twelve hours away", () => {
  const now = new Date(2025, 5, 2, 12, 0).getTime();
  assert.doesNotMatch(clock(new Date(2025, 5, 2, 13, 0), now), /2025/);
  assert.match(clock(new Date(2025, 5, 3, 13, 0), now), /2025/);
  const late = new Date(2025, 5, 2, 23, 50).getTime();
  assert.doesNotMatch(clock(new Date(2025, 5, 3, 0, 50), late), /2025/);
  assert.match(clock(new Date(2025, 5, 3, 12, 0), late), /2025/);
});

test("ready: one link, and what is asked for", () => {
  const { href, words, out, again, status, requested, alert, title } = planned();
  assert.deepEqual(
    { href, words, out, again, status, requested, alert, title },
    {
      href: URL_, words: SAY.signIn, out: false, again: false, status: "",
      requested: TRAITS.requested, alert: [], title: "Sign in to wgtwo sandbox",
    },
  );
});

test("ready without an address yet: the link is on its way", () => {
  const { href, status, hint } = planned({ url: "" });
  assert.deepEqual([href, status, hint], ["", SAY.preparing, SAY.slow]);
});

test("ready with an address that is not of the web: refused in words", () => {
  const { href, alert } = planned({ url: "javascript:alert(1)" });
  assert.deepEqual([href, alert], ["", [SAY.badAddress]]);
});

test("another account: after a failure, and once signed in if no cell waited for it", () => {
  assert.equal(planned().another, false);
  assert.equal(planned({ phase: "failed", deaf: false }).another, true);
  assert.equal(planned({ phase: "failed", deaf: true }).another, false);
  for (const phase of ["signed_in", "signed_out"]) {
    assert.equal(planned({ phase }).another, true);
    assert.equal(planned({ phase, restarts: false }).another, false);
    assert.equal(planned({ phase }, { gone: true }).another, false);
  }
});

test("there is something to cancel once the window was opened, or if a cell waits", () => {
  const phases = ["ready", "finishing", "signed_in", "signed_out", "failed", "cancelled", "expired"];
  const cancels = (traits, local) => phases.filter((phase) => planned({ phase, ...traits }, local).cancel);
  assert.deepEqual(cancels(), ["failed"]);
  assert.deepEqual(cancels({}, { tried: true }), ["ready", "failed"]);
  assert.deepEqual(cancels({ restarts: false }), ["ready", "failed"]);
});

test("waiting: it is the person's turn, the window can be reopened, an address can be pasted", () => {
  const { href, words, out, status, busy, pill, paste, requested } = planned({}, { waiting: true, tried: true });
  assert.deepEqual([href, words, out, status, busy], [URL_, SAY.openAgain, true, SAY.waiting, false]);
  assert.deepEqual([pill, paste, requested], [[SAY.pills.turn, "turn"], true, []]);
  assert.equal(planned().paste, false);
  assert.equal(planned({ pastes: true }).paste, true);
});

test("failed: the problem, the next step, a fresh link, and the server's words last", () => {
  const traits = { phase: "failed", problem: "The server said no.", next_step: "Ask again." };
  const { alert, words, href, status, pill } = planned(traits);
  assert.deepEqual(alert, [SAY.failed, "The server said no.", "Ask again."]);
  assert.deepEqual([words, href, status, pill], [SAY.tryAgain, URL_, "", [SAY.pills.failed, "bad"]]);
  assert.deepEqual(planned(traits, { waiting: true }).alert, []);
  assert.deepEqual(planned(traits, said("Not alice.")).alert, [
    SAY.failed, "The server said no.", "Ask again.", `${SAY.said} “Not alice.”`,
  ]);
  assert.deepEqual(planned(traits, said("Not alice.", "Something else.")).alert.length, 3);
  assert.deepEqual(planned({}, said("Not alice.")).alert, []);
});

test("after a failure the way back is no news, and after a possible attack the next step is to stop", () => {
  const traits = { phase: "failed", way: "You come straight back.", problem: "Another server answered." };
  assert.deepEqual([planned({ way: traits.way }).note, planned(traits).note], [traits.way, ""]);
  assert.deepEqual([planned(traits).stop, planned({ ...traits, suspect: true }).stop], [false, true]);
  const { href, another, elsewhere, paste } = planned({ ...traits, suspect: true, devices: true });
  assert.deepEqual([href, another, elsewhere, paste], ["", false, false, false]);
});

test("a wrong text was pasted: the sign-in hasn't failed, and the same link takes the right one", () => {
  const traits = { phase: "failed", problem: "That is only the code.", next_step: "Copy it all." };
  const { alert, pill, words, paste } = planned(traits, { pasted: URL_, tried: true });
  assert.deepEqual([alert, pill], [["That is only the code.", "Copy it all."], [SAY.pills.turn, "turn"]]);
  assert.deepEqual([words, paste], [SAY.openAgain, true]);
  assert.deepEqual(planned({ ...traits, url: "https://as.example/authorize?state=2" }, { pasted: URL_ }).words, SAY.tryAgain);
});

test("a person's own no reads as a fact, not as a breakdown", () => {
  const traits = { phase: "failed", refused: true, problem: "The server said no.", next_step: "Ask again." };
  const { alert, pill } = planned(traits, said("Refused."));
  assert.deepEqual(alert, [SAY.refused, SAY.refusedWhat, `${SAY.said} “Refused.”`]);
  assert.deepEqual(pill, [SAY.pills.refused, "bad"]);
});

test("cancelled and expired: a sentence and a new start, no link", () => {
  for (const phase of ["cancelled", "expired"]) {
    // an address left over must not be offered
    const { href, again, status, alert, busy } = planned({ phase });
    assert.deepEqual([href, again, status, alert, busy], ["", true, SAY[phase], [], false]);
  }
});

test("cancelled and expired below a cell that waited: the cell begins anew, not the card", () => {
  for (const phase of ["cancelled", "expired"]) {
    const { again, status, hint } = planned({ phase, restarts: false });
    assert.deepEqual([again, status, hint], [false, SAY[phase], SAY.runAgain]);
  }
});

test("while the cell that waits hears nothing of the card, it offers the link alone", () => {
  const { href, cancel, paste, elsewhere, note } = planned({ deaf: true, devices: true }, { tried: true });
  assert.deepEqual([href, cancel, paste, elsewhere], [URL_, false, false, false]);
  assert.doesNotMatch(note, new RegExp(SAY.below));
  assert.match(planned({ deaf: true, pastes: true }).note, new RegExp(SAY.below));
  const heard = planned({ devices: true }, { tried: true });
  assert.deepEqual([heard.cancel, heard.paste, heard.elsewhere], [true, true, true]);
});

test("signed in: the session's card and the views if they are there, else why they are not", () => {
  const before = planned({ phase: "signed_in", url: "" });
  assert.deepEqual([before.status, before.hint, before.session], [SAY.signedIn, SAY.notSaved, true]);
  const traits = { phase: "signed_in", url: "", inside: INSIDE, views: ["scopes", "tokens"] };
  const after = planned(traits);
  assert.deepEqual([after.hint, after.views, after.href, after.again], ["", traits.views, "", false]);
  assert.deepEqual(planned(traits, { gone: true }).views, []);
});

test("signed out: the session's card says how, else a sentence; nothing more can be opened", () => {
  const traits = { phase: "signed_out", url: "" };
  const { title, status, anew, another, hint, alert, requested, href, cancel, again, session } = planned(traits);
  assert.deepEqual([title, status, hint, anew, another], [TRAITS.server, SAY.ended, "", true, true]);
  assert.equal(planned({ ...traits, restarts: false }).hint, SAY.runAgain);
  assert.deepEqual([alert, requested, href, cancel, again, session], [[], [], "", false, false, true]);
  assert.equal(planned({ ...traits, inside: INSIDE }).status, "");
});

test("what happened can be opened after a failure, and stays during the next try", () => {
  for (const phase of ["failed", "finishing"]) {
    const { session, views } = planned({ phase, views: ["trace"] });
    assert.deepEqual([session, views], [false, ["trace"]]);
  }
});

test("a kernel that does not act is named after a while", () => {
  const { status, hint } = planned({ phase: "cancelled", url: "" }, { telling: true });
  assert.deepEqual([status, hint], [SAY.telling, SAY.slow]);
});

test("the card keeps nothing, takes no HTML, and asks no window whether it is closed", async () => {
  const never = /innerHTML|outerHTML|insertAdjacentHTML|localStorage|sessionStorage|(window|opener|parent)\.postMessage|\.closed|\.set\(|save_changes|console\./;
  for (const name of await withImports("login.js")) assert.doesNotMatch(await textOf(name), never);
});
