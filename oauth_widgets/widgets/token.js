// What a token is.

import { follow, freshId, shell, writeHint, writePill, writeStatus } from "./card.js";
import { claimList, claimRow } from "./claim_rows.js";
import { lifeBar, moment, percent } from "./life.js";
import { button, chipRow, fold, make, row, set, write } from "./parts.js";
import { clock, countdown } from "./times.js";
import { SAY } from "./words.js";
import { READING } from "./words_reading.js";
import { TOKEN } from "./words_token.js";

/** @typedef {import("./claim_rows.js").Claim} Claim */
/**
 * What the kernel syncs. `asks`: the server tells what the access token stands for.
 * @typedef {{server: string, asks: boolean, ended: boolean}} Traits
 *
 * A token described, without the token itself. Times are ISO 8601.
 * @typedef {{
 *   use: "access" | "refresh" | "id" | "pasted",
 *   form: "opaque" | "signed" | "unsigned" | "encrypted",
 *   received: string | null, expires: string | null, audience: string[], scope: string[], header: Claim[], claims: Claim[],
 * }} Token
 *
 * All of them; `renewals` counts how often they have changed.
 * @typedef {{tokens: Token[], renewals: number}} Details
 */

const SHOWN_FOR = 60_000;

/**
 * Put text that is still on its way into the clipboard; as part of the click, or browsers refuse.
 * @param {Promise<string>} text
 */
async function copyLater(text) {
  const blob = text.then((value) => new Blob([value], { type: "text/plain" }));
  await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
}

/** @param {Node} node */
function select(node) {
  const range = document.createRange();
  range.selectNodeContents(node);
  getSelection()?.removeAllRanges();
  getSelection()?.addRange(range);
}

/** "0:59" @param {number} milliseconds */
export const leftToRead = (milliseconds) => {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
};

/**
 * The buttons that show and copy one token, and the place that shows it meanwhile.
 * @param {string} name
 * @param {() => Promise<string>} fetched asks the kernel for it
 */
function secretBox(name, fetched) {
  const value = make("code", "ow-secret");
  const show = button(TOKEN.reveal);
  const copy = button(TOKEN.copy);
  const said = make("p", "ow-note");
  let hidesAt = 0;
  value.id = freshId();
  value.hidden = true;
  show.classList.add("ow-hides");
  set(said, { role: "status" });
  set(show, { "aria-controls": value.id });
  set(copy, { "aria-label": `${TOKEN.copy}: ${name}` });

  /** @param {string} text */
  function put(text) {
    value.textContent = text;
    value.hidden = !text;
    hidesAt = text ? Date.now() + SHOWN_FOR : 0;
    const label = `${text ? TOKEN.hide : TOKEN.reveal}: ${name}`;
    set(show, { "aria-expanded": String(Boolean(text)), "aria-label": label });
    write(show, text ? `${TOKEN.hide} ${leftToRead(SHOWN_FOR)}` : TOKEN.reveal);
  }

  function tick() {
    if (!hidesAt) return;
    const left = hidesAt - Date.now();
    if (left <= 0) hide(TOKEN.hidden);
    else write(show, `${TOKEN.hide} ${leftToRead(left)}`);
  }

  /** @param {string} why */
  function hide(why) {
    put("");
    write(said, why);
  }

  show.onclick = async () => {
    if (!value.hidden) {
      hide("");
      return;
    }
    write(said, TOKEN.fetching);
    put(await fetched());
    write(said, TOKEN.shown);
  };
  copy.onclick = async () => {
    write(said, TOKEN.fetching);
    const text = fetched();
    try {
      await copyLater(text);
      write(said, TOKEN.copied);
    } catch {
      put(await text);
      select(value);
      write(said, TOKEN.byHand);
    }
  };
  put("");
  return { buttons: [show, copy], below: [value, said], tick, end: () => put("") };
}

/**
 * @param {Token} token
 * @param {() => Promise<string>} fetched
 * @param {Node[]} more further buttons
 */
function tokenBox(token, fetched, more) {
  const name = TOKEN.names[token.use];
  const purpose = TOKEN.purposes[token.use];
  const left = make("span", "");
  const bar = lifeBar();
  const box = secretBox(name, fetched);
  const what = make("div", "ow-what", make("strong", "", name), make("span", "ow-help", purpose));
  const when = make("div", "ow-when", bar.node, left);
  const line = make("div", "ow-line", what, when, make("div", "ow-actions", ...box.buttons));
  const rows = make(
    "dl", "ow-rows",
    row(TOKEN.kind, TOKEN.forms[token.form]),
    ...chipRow(TOKEN.audience, token.audience),
    ...chipRow(TOKEN.scope, token.scope),
  );
  const node = make("div", "ow-token", line, ...box.below, rows);
  if (more.length) node.append(make("div", "ow-actions", ...more));
  const says = [...token.header, ...token.claims].map((claim) => claimRow(claim));
  if (says.length) {
    const contents = fold("ow-says", TOKEN.says, claimList(says));
    contents.open = token.use === "pasted";
    node.append(contents);
  }
  const [from, to] = [token.received, token.expires].map(moment);
  when.hidden = !token.expires && token.use === "pasted";
  bar.node.hidden = !(to > from);
  function tick() {
    write(left, token.expires ? `${TOKEN.expires} ${countdown(token.expires, Date.now())}` : TOKEN.noExpiry);
    bar.draw(percent(from, to, Date.now()));
    box.tick();
  }
  tick();
  return { node, tick, end: box.end };
}

/** One sentence for each format there is. @param {Token[]} tokens */
const explained = (tokens) =>
  [...new Set(tokens.filter(({ use, form }) => use !== "pasted" || form !== "signed").map(({ form }) => TOKEN.explained[form]))].join(" ");

/** @param {{rows: Claim[], at: string}} info */
function infoBox({ rows, at }) {
  const title = make("p", "", make("strong", "", TOKEN.info));
  const moment = `${TOKEN.moment} ${clock(new Date(at), Date.now())}. ${TOKEN.passing}`;
  const list = claimList(rows.map((claim) => claimRow(claim)));
  return make("div", "ow-info", title, list, make("p", "ow-note", moment));
}

/** @type {import("@anywidget/types").Render<Traits>} */
function render(props) {
  const { model } = props;
  const parts = shell("ow-token-view");
  const note = make("p", "ow-note");
  const list = make("div", "ow-token-list");
  const ask = button(TOKEN.ask);
  const about = make("div", "");
  parts.card.append(note, list);
  const view = freshId();
  /** @type {Map<string, {value: Promise<string>, settle: (value: string) => void}>} on their way */
  const waiting = new Map();
  /** @type {ReturnType<typeof tokenBox>[]} */
  let boxes = [];
  /** @type {Details | null} */
  let details = null;
  let filled = -1;
  let answered = false;

  ask.onclick = () => model.send({ kind: "ask" });

  /** @param {string} use @returns {Promise<string>} */
  function fetched(use) {
    const before = waiting.get(use);
    if (before) return before.value;
    /** @type {(value: string) => void} */
    let settle = () => {};
    const value = new Promise((/** @type {(text: string) => void} */ resolve) => (settle = resolve));
    waiting.set(use, { value, settle });
    model.send({ kind: "reveal", use, view });
    return value;
  }

  function empty() {
    for (const box of boxes) box.end();
    boxes = [];
    waiting.clear();
    about.replaceChildren();
    answered = false;
  }

  /** @param {boolean} asks */
  function fill(asks) {
    const latest = details ? details.renewals : -1;
    if (filled === latest) return;
    filled = latest;
    empty();
    boxes = (details?.tokens ?? []).map((token) => {
      const asked = asks && token.use === "access";
      const box = tokenBox(token, () => fetched(token.use), asked ? [ask] : []);
      if (asked) box.node.append(about);
      return box;
    });
    list.replaceChildren(...boxes.map(({ node }) => node));
  }

  /** @param {Traits & import("./card.js").Common} traits */
  function draw({ server, asks, ended, doing }) {
    if (ended) details = null;
    write(parts.title, server ? `${TOKEN.from} ${server}` : READING.title);
    const busy = doing === "asking";
    const now = ended ? SAY.ended : answered ? TOKEN.answered : server ? "" : READING.warning;
    writeStatus(parts, busy ? TOKEN.asking : "", now);
    writePill(parts, ended ? SAY.signedOut : server ? "" : READING.pill, ended ? "" : "turn");
    ask.disabled = busy;
    if (!busy && !details && !ended) writeHint(parts.hint, SAY.notSaved);
    const formats = explained(details?.tokens ?? []);
    write(note, [server ? details && TOKEN.safe : READING.note, formats].filter(Boolean).join(" "));
    fill(asks);
  }

  /** @param {any} message */
  function heard(message) {
    if (message?.kind === "details") {
      details = message;
    } else if (message?.kind === "info") {
      about.replaceChildren(infoBox(message));
      answered = true;
    } else if (message?.kind === "revealed" && message.view === view) {
      waiting.get(message.use)?.settle(message.value);
      waiting.delete(message.use);
    }
  }

  const timer = setInterval(() => boxes.forEach((box) => box.tick()), 1000);
  const { end } = follow(props, parts, ["server", "asks", "ended"], draw, heard);
  return () => {
    clearInterval(timer);
    empty();
    end();
  };
}

export default { render };
