import assert from "node:assert/strict";
import { test } from "node:test";

import { moduleOf } from "./widgets.js";

/** As much of an element as the places need. */
class Node {
  constructor() {
    this.children = [];
    this.text = "";
    this.attributes = {};
  }

  setAttribute(name, value) {
    this.attributes[name] = value;
  }

  hasChildNodes() {
    return this.children.length > 0;
  }

  append(...children) {
    this.children.push(...children);
  }

  replaceChildren(...children) {
    this.children = children;
  }

  get textContent() {
    return this.text + this.children.map((one) => one.textContent ?? one).join("");
  }

  set textContent(text) {
    this.text = text;
    this.children = [];
  }
}

globalThis.document = { createElement: () => new Node() };
const { insideOf } = await moduleOf("inside.js");
const { SAY } = await moduleOf("words.js");

function page() {
  const views = [];
  const manager = {
    get_model: async (id) => (id === "lost" ? Promise.reject(new Error("no model")) : { id }),
    create_view: async ({ id }) => {
      const view = { el: Object.assign(new Node(), { text: id }), removed: 0, remove: () => (view.removed += 1) };
      views.push(view);
      return view;
    },
  };
  const opened = [];
  return { ...insideOf(manager, (name) => opened.push(name)), views, opened };
}

const settled = () => new Promise((done) => setTimeout(done));
const tabsOf = (panels) => panels.children[0]?.children ?? [];
const placeOf = (panels, place) => panels.children[1 + place];

test("each widget is drawn once, in its place", async () => {
  const { session, panels, draw, views } = page();
  for (let time = 0; time < 2; time += 1) {
    draw(["tokens"], { session: "IPY_MODEL_1", tokens: "IPY_MODEL_2" });
    await settled();
  }
  assert.equal(views.length, 2);
  assert.equal(session.textContent, "1");
  assert.equal(placeOf(panels, 0).textContent, "2");
});

test("a tab asks for its widget when it is selected, and says so if there is no answer", () => {
  const { panels, draw, opened } = page();
  draw(["tokens", "claims"], {});
  const [tokens, claims] = tabsOf(panels);
  assert.deepEqual(opened, []);
  tokens.onclick();
  assert.deepEqual(opened, ["tokens"]);
  assert.equal(placeOf(panels, 0).textContent, SAY.slow);
  claims.onclick();
  assert.deepEqual([placeOf(panels, 0).hidden, placeOf(panels, 1).hidden], [true, false]);
  claims.onclick();
  assert.equal(placeOf(panels, 1).hidden, true);
  assert.deepEqual(opened, ["tokens", "claims"]);
});

test("an open view stays if another tab is added or all go for a while", async () => {
  const { panels, draw } = page();
  draw(["tokens"], { tokens: "IPY_MODEL_2" });
  await settled();
  const [tokens] = tabsOf(panels);
  draw(["tokens", "claims"], { tokens: "IPY_MODEL_2" });
  assert.equal(tabsOf(panels)[0], tokens);
  draw([], { tokens: "IPY_MODEL_2" });
  assert.deepEqual([tabsOf(panels), panels.hidden], [[], true]);
  draw(["tokens"], { tokens: "IPY_MODEL_2" });
  assert.equal(placeOf(panels, 0).textContent, "2");
});

test("a widget that was not saved has a note instead", async () => {
  const { session, draw } = page();
  draw([], { session: "IPY_MODEL_lost" });
  await settled();
  assert.equal(session.textContent, SAY.notSaved);
});

test("what was about another session goes before the next one is drawn", async () => {
  const { session, panels, draw, views } = page();
  draw(["tokens"], { session: "IPY_MODEL_1", tokens: "IPY_MODEL_2" });
  await settled();
  const [before] = tabsOf(panels);
  draw([], {});
  assert.deepEqual(views.map((view) => view.removed), [1, 1]);
  draw(["tokens"], { session: "IPY_MODEL_3" });
  await settled();
  assert.equal(session.textContent, "3");
  assert.notEqual(tabsOf(panels)[0], before);
});

test("a page that draws no widget within another shows none", () => {
  const { panels, draw } = insideOf(undefined, () => {});
  draw(["tokens"], { session: "IPY_MODEL_1" });
  assert.deepEqual(tabsOf(panels), []);
});

test("all views go with the card, also those that are still being made", async () => {
  const { draw, end, views } = page();
  draw(["tokens"], { session: "IPY_MODEL_1" });
  await settled();
  draw(["tokens"], { session: "IPY_MODEL_1", tokens: "IPY_MODEL_2" });
  end();
  await settled();
  assert.deepEqual(views.map((view) => view.removed), [1, 1]);
});
