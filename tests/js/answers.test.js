import assert from "node:assert/strict";
import { test } from "node:test";

import { moduleOf } from "./widgets.js";

const { comesHere, listen, parameter } = await moduleOf("answers.js");
const { CALLBACK } = await moduleOf("page.js");

const ORIGIN = "https://j.example";
const BACK = `${ORIGIN}/u/lab/extensions/${CALLBACK}`;
const STATE = "a-state";
const ASK = `https://as.example/authorize?state=${STATE}&redirect_uri=${encodeURIComponent(BACK)}`;
const ANSWER = `${BACK}?code=1&state=${STATE}`;

/** A card's page that listens, and our callback page at the other end of the channel. */
function waiting(t, { url = ASK, gone = false, opened = null } = {}) {
  const answers = [];
  const acknowledged = [];
  const stop = listen(url, {
    location: new URL(`${ORIGIN}/u/lab`),
    handle: () => opened,
    gone: () => gone,
    take: (answer) => answers.push(answer),
  });
  const callback = new BroadcastChannel(`oauth_widgets ${STATE}`);
  callback.onmessage = ({ data }) => acknowledged.push(data.kind);
  t.after(() => {
    stop();
    callback.close();
  });
  return { answers, acknowledged, callback, stop };
}

/** Channels and the look at the window take a moment. @param {() => boolean} condition */
async function until(condition) {
  for (let tries = 0; tries < 200 && !condition(); tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.ok(condition());
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

test("an answer of ours is taken once and acknowledged each time", async (t) => {
  const { answers, acknowledged, callback } = waiting(t);
  callback.postMessage({ kind: "answer", url: ANSWER });
  callback.postMessage({ kind: "answer", url: ANSWER });
  await until(() => acknowledged.length === 2);
  assert.deepEqual(answers, [ANSWER]);
  assert.deepEqual(acknowledged, ["heard", "heard"]);
});

test("a foreign message on the channel is ignored", async (t) => {
  const { answers, acknowledged, callback } = waiting(t);
  for (const data of [
    null, "answer", 7, {}, { kind: "answer" }, { kind: "answer", url: 7 }, { kind: "heard" },
    { kind: "answer", url: `${BACK}?code=1&state=another` },
    { kind: "answer", url: `https://elsewhere.example/?code=1&state=${STATE}` },
    { kind: "answer", url: `javascript:alert(1)//?state=${STATE}` },
    { kind: "answer", url: `${BACK}?code=1` },
  ]) callback.postMessage(data);
  await pause();
  assert.deepEqual([answers, acknowledged], [[], []]);
});

test("a kernel that has ended is not told, and the window says so", async (t) => {
  const { answers, acknowledged, callback } = waiting(t, { gone: true });
  callback.postMessage({ kind: "answer", url: ANSWER });
  await until(() => acknowledged.length === 1);
  assert.deepEqual([answers, acknowledged], [[], ["gone"]]);
});

test("nothing arrives once no one listens", async (t) => {
  const { answers, callback, stop } = waiting(t);
  stop();
  callback.postMessage({ kind: "answer", url: ANSWER });
  await pause();
  assert.deepEqual(answers, []);
});

test("without an installed callback page, the window's own address is read", async (t) => {
  const opened = {
    closed_by_us: 0,
    get location() {
      if (this.away) throw new Error("cross-origin");
      return new URL(this.at);
    },
    away: true,
    at: ANSWER,
    close() { this.closed_by_us += 1; },
  };
  const { answers } = waiting(t, { opened });
  await pause();
  opened.away = false;
  opened.at = `${ORIGIN}/u/proxy/9000/oauth2/auth?state=${STATE}`;
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.deepEqual(answers, []);
  opened.at = ANSWER;
  await until(() => answers.length === 1);
  assert.ok(opened.closed_by_us >= 1);
});

test("on a hub the answer is handed on from the person's own server", async (t) => {
  const registered = `${ORIGIN}/hub/user-redirect/lab/extensions/${CALLBACK}`;
  const url = `https://as.example/authorize?state=${STATE}&redirect_uri=${encodeURIComponent(registered)}`;
  const { answers, callback } = waiting(t, { url });
  const answer = `${ORIGIN}/user/bob/lab/extensions/${CALLBACK}?code=1&state=${STATE}`;
  callback.postMessage({ kind: "answer", url: answer });
  await until(() => answers.length === 1);
  assert.deepEqual(answers, [answer]);
});

test("an address that leads back elsewhere is not listened for", async (t) => {
  for (const back of ["http://127.0.0.1:1/callback", `https://other.example/${CALLBACK}`, `${ORIGIN}/callback`]) {
    const url = `https://as.example/authorize?state=${STATE}&redirect_uri=${encodeURIComponent(back)}`;
    const { answers, callback, stop } = waiting(t, { url });
    callback.postMessage({ kind: "answer", url: ANSWER });
    await pause();
    assert.deepEqual(answers, []);
    stop();
  }
});

test("a parameter of what is no address is empty", () => {
  assert.equal(parameter("", "state"), "");
  assert.equal(parameter(ASK, "state"), STATE);
  assert.equal(parameter(ASK, "code"), "");
});

test("a window stays open if the kernel has ended, so that its page can say so", async (t) => {
  let closed = 0;
  const opened = { location: new URL(ANSWER), close: () => (closed += 1) };
  const { answers } = waiting(t, { opened, gone: true });
  await new Promise((resolve) => setTimeout(resolve, 600));
  assert.deepEqual([answers, closed], [[], 0]);
});

test("the offered address shows whether an answer comes here", () => {
  assert.equal(comesHere(ASK, ORIGIN), true);
  for (const back of ["http://127.0.0.1/callback", `https://k.example/${CALLBACK}`, `${ORIGIN}/cb`]) {
    assert.equal(comesHere(`https://as.example/?redirect_uri=${encodeURIComponent(back)}`, ORIGIN), false);
  }
  assert.equal(comesHere("", ORIGIN), false);
});
