import assert from "node:assert/strict";
import { test } from "node:test";

import { moduleOf } from "./widgets.js";

const { CALLBACK, probed, whereAmI } = await moduleOf("page.js");

const BEACON = { port: 4711, nonce: "light" };

/** A window whose page holds this configuration of Jupyter's. */
function windowAt(address, config, top) {
  const location = new URL(address);
  const text = config === undefined ? null : typeof config === "string" ? config : JSON.stringify(config);
  const window = {
    location,
    document: { getElementById: (id) => (id === "jupyter-config-data" && text !== null ? { textContent: text } : null) },
  };
  window.top = top ?? window;
  return window;
}

const LAB = { appName: "JupyterLab", baseUrl: "/user/alice/", hubPrefix: "/hub/", fullLabextensionsUrl: "/user/alice/lab/extensions" };

/** Answer fetches by a table of address to status and text; what is not there fails. */
function withNetwork(t, answers) {
  const calls = [];
  t.mock.method(globalThis, "fetch", async (url, how) => {
    calls.push([url, how.method ?? "GET", how.credentials]);
    if (!(url in answers)) throw new TypeError("failed to fetch");
    const [status, text = ""] = answers[url];
    return { ok: status === 200, text: async () => text };
  });
  return calls;
}

test("a page of Jupyter's reports its address", () => {
  assert.deepEqual(whereAmI(windowAt("https://hub.example/user/alice/lab", LAB)), {
    front_end: "lab", origin: "https://hub.example", base_url: "/user/alice/",
    extensions: "lab/extensions/", hub: "/hub/", framed: false,
  });
});

test("Notebook 7 and Voilà differ", () => {
  const notebook = whereAmI(windowAt("http://localhost:8888/tree", { ...LAB, appName: "Jupyter Notebook", baseUrl: "/" }));
  assert.equal(notebook.front_end, "notebook");
  const voila = whereAmI(windowAt("http://localhost:8866/x/voila/render/a", {
    appName: null, appUrl: "voila/", baseUrl: "/x/", fullLabextensionsUrl: "/x/voila/labextensions",
  }));
  assert.deepEqual([voila.front_end, voila.base_url, voila.extensions], ["voila", "/x/", "voila/labextensions/"]);
});

test("a base URL that is a whole address is taken by its path", () => {
  assert.equal(whereAmI(windowAt("https://j.example/a/lab", { ...LAB, baseUrl: "https://j.example/a" })).base_url, "/a/");
});

test("any other page says that it is none of Jupyter's", () => {
  for (const config of [undefined, "", "{", "{}", '{"baseUrl": 7}']) {
    assert.equal(whereAmI(windowAt("https://elsewhere.example/", config)).front_end, "other");
  }
});

test("a page inside another site's knows it", () => {
  const foreign = { get location() { throw new Error("cross-origin"); } };
  assert.equal(whereAmI(windowAt("https://j.example/", LAB, foreign)).framed, true);
  assert.equal(whereAmI(windowAt("https://j.example/", LAB, windowAt("https://other.example/"))).framed, true);
  assert.equal(whereAmI(windowAt("https://j.example/", LAB, windowAt("https://j.example/around"))).framed, false);
});

test("a page on this computer looks for the kernel there first, and no further", async (t) => {
  const calls = withNetwork(t, { "http://127.0.0.1:4711/light": [200, "light"] });
  const page = whereAmI(windowAt("http://localhost:8888/lab", { ...LAB, baseUrl: "/" }));
  assert.equal((await probed(page, BEACON)).loopback, true);
  assert.deepEqual(calls, [["http://127.0.0.1:4711/light", "GET", "omit"]]);
});

test("a page elsewhere never looks at loopback", async (t) => {
  const base = "https://hub.example/user/alice/";
  const calls = withNetwork(t, {
    [`${base}lab/extensions/${CALLBACK}`]: [200],
    [`${base}proxy/4711/light`]: [200, "light"],
  });
  const page = await probed(whereAmI(windowAt(`${base}lab`, LAB)), BEACON);
  assert.deepEqual([page.loopback, page.installed, page.proxy], [undefined, true, true]);
  assert.ok(calls.every(([url]) => url.startsWith("https://hub.example/")));
});

test("what answers with something else is not the kernel", async (t) => {
  withNetwork(t, {
    "http://127.0.0.1:4711/light": [200, "another program"],
    "http://localhost:8888/proxy/4711/light": [404, "light"],
  });
  const page = await probed(whereAmI(windowAt("http://localhost:8888/lab", { ...LAB, baseUrl: "/" })), BEACON);
  assert.deepEqual([page.loopback, page.installed, page.proxy], [false, false, false]);
});

test("everything is looked at on request", async (t) => {
  const calls = withNetwork(t, { "http://127.0.0.1:4711/light": [200, "light"] });
  await probed(whereAmI(windowAt("http://localhost:8888/lab", { ...LAB, baseUrl: "/" })), BEACON, true);
  assert.equal(calls.length, 3);
});

test("a page outside Jupyter asks no one", async (t) => {
  const calls = withNetwork(t, {});
  await probed(whereAmI(windowAt("vscode-webview://abc/", undefined)), BEACON);
  assert.deepEqual(calls, []);
});
