// What passed, as a list whose lanes are decoration.

import { follow, shell, writeHint, writePill, writeStatus } from "./card.js";
import { copyButton, make, set, write } from "./parts.js";
import { SAY } from "./words.js";
import { TRACE } from "./words_trace.js";

/**
 * What the kernel syncs and a notebook saves: the names of the steps.
 * @typedef {{server: string, steps: string[], ended: boolean}} Traits
 *
 * @typedef {{name: string, value: string, purpose: string, section: string}} Parameter
 * @typedef {{
 *   name: string, passed: boolean | null, sent: string, received: string, reason: string,
 * }} Check
 * @typedef {{
 *   at: number, sender: string, to: string, kind: string, method: string, address: string,
 *   parameters: Parameter[], checks: Check[], label: string, step: string, section: string,
 *   status: number | null, failed: boolean, front: boolean,
 * }} Row
 */

const LANES = ["browser", "notebook", "server", "api"];
const DOTS = "•••";
const GRANTS = new Set(["code exchange", "device poll"]);

/** Who sends it to whom, in words. @param {Pick<Row, "sender" | "to">} row */
export function wayOf({ sender, to }) {
  const from = TRACE.ends[sender];
  return sender === to ? from : `${from} ${TRACE.to} ${TRACE.ends[to]}`;
}

/** Name, value and remark of all that is in a message. @param {Row} row */
export function cellsOf({ parameters, checks }) {
  const cells = parameters.map(({ name, value, purpose, section }) => [
    name, value, [purpose, section].filter(Boolean).join(" · "),
  ]);
  const failures = checks.filter(({ passed }) => passed === false);
  for (const check of [...failures, ...checks.filter((one) => !failures.includes(one))]) {
    const { name, passed, sent, received, reason } = check;
    const mark = passed === false ? "✗" : passed ? "✓" : "·";
    // The line itself gives a failure's reason.
    const sides = [sent && `${TRACE.expected} ${sent}`, received && `${TRACE.received} ${received}`];
    const comparison = sides.filter(Boolean).join(", ");
    if (passed !== false) cells.push([`${mark} ${name}`, "", reason]);
    else if (comparison) cells.push([`${mark} ${name}`, comparison, ""]);
  }
  return cells;
}

/** Where its arrow begins and ends, as lanes from the left. @param {Row} row */
export function lanesOf({ sender, to }) {
  const [from, until] = [LANES.indexOf(sender), LANES.indexOf(to)];
  return { start: Math.min(from, until), width: Math.abs(until - from), back: until < from };
}

/** @param {Pick<Row, "failed" | "checks" | "front">} row */
export function lookOf({ failed, checks, front }) {
  if (failed) return "failed";
  if (checks.length) return "good";
  return front ? "front" : "back";
}

/** Whether the person has to act now. @param {Pick<Row, "kind">[] | null} rows */
export function turnOf(rows) {
  return ["offer", "device code"].includes(rows?.at(-1)?.kind ?? "");
}

/**
 * Whether the latest try has failed: the offer of another one follows at once.
 * @param {Pick<Row, "kind" | "failed">[] | null} rows
 */
export function stoppedOf(rows) {
  const tried = rows?.filter(({ kind }) => !["preparation", "offer"].includes(kind));
  return tried?.at(-1)?.failed ?? false;
}

/** Whether that failure was a person's no. @param {Pick<Row, "checks">[]} rows */
const refusedOf = (rows) =>
  rows.filter(({ checks }) => checks.length).at(-1)?.checks.some(({ name, passed }) => name === "AccessDenied" && passed === false) ?? false;

/**
 * What is drawn: a failure ends the diagram until another try is under way.
 * @template {Pick<Row, "kind" | "failed">} Some
 * @param {Some[]} rows
 */
export function drawnOf(rows) {
  return stoppedOf(rows) ? rows.slice(0, rows.map(({ failed }) => failed).lastIndexOf(true) + 1) : rows;
}

/**
 * Whether the server has handed out tokens.
 * @param {Pick<Row, "kind" | "status">[]} rows
 */
export function answeredOf(rows) {
  return rows.some(({ kind }, at) => GRANTS.has(kind) && rows[at + 1]?.status === 200);
}

/**
 * The mark at the title's right.
 * @param {Row[]} rows
 * @returns {[words: string, look: string]}
 */
function pillOf(rows) {
  if (stoppedOf(rows)) return [refusedOf(rows) ? SAY.pills.refused : SAY.pills.failed, "bad"];
  if (turnOf(rows)) return [SAY.pills.turn, "turn"];
  return answeredOf(rows) ? [SAY.signedIn, "good"] : ["", ""];
}

/** @param {Row} row */
function detail(row) {
  const table = make("table", "ow-trace-cells");
  for (const cells of cellsOf(row)) {
    table.append(make("tr", "", ...cells.map((cell) => make("td", "", cell))));
  }
  const about = [row.step, row.address, row.section].filter(Boolean).join(" · ");
  return make("div", "ow-trace-detail", make("p", "ow-note", about), table);
}

/** @param {Row} row */
function item(row) {
  const { start, width, back } = lanesOf(row);
  const arrow = make("span", "ow-trace-arrow");
  set(arrow, { "aria-hidden": "true" });
  const where = make("span", "ow-trace-way", wayOf(row));
  const label = make("span", "ow-trace-label", row.label.replaceAll("✓ ", "✓\u00a0"));
  const time = make("span", "ow-trace-time", `${row.at.toFixed(2)} ${TRACE.seconds}`);
  const lane = make("span", "ow-trace-lane", label, where, arrow);
  const fold = make("details", "", make("summary", "", time, lane), detail(row));
  const node = make("li", "ow-trace-step", fold);
  node.dataset.look = lookOf(row);
  fold.open = row.failed && cellsOf(row).length > 0;
  node.dataset.way = width ? (back ? "left" : "right") : "self";
  node.style.setProperty("--ow-start", String(start));
  node.style.setProperty("--ow-width", String(width || 1));
  return node;
}

/** @type {import("@anywidget/types").Render<Traits>} */
function render(props) {
  const parts = shell("ow-trace");
  const heads = make("div", "ow-trace-heads");
  set(heads, { "aria-hidden": "true" });
  const lanes = LANES.map((lane) =>
    make("div", "", make("strong", "", TRACE.parties[lane]), make("span", "ow-note", TRACE.does[lane])));
  heads.append(...lanes);
  const list = make("ol", "ow-trace-list");
  // Safari forgets that a list without numbers is one.
  set(list, { role: "list" });
  let text = "";
  const copy = copyButton(() => text);
  write(copy, TRACE.copy);
  const key = make("p", "ow-note ow-trace-key");
  const front = make("span", "ow-trace-front", TRACE.front);
  const back = make("span", "ow-trace-back", TRACE.back);
  const secrets = make("span", "", TRACE.secrets);
  key.append(front, back, make("span", "", TRACE.open), secrets);
  parts.card.append(heads, list, key, make("div", "ow-actions", copy));
  /** @type {Row[] | null} */
  let rows = null;
  /** @type {string[]} */
  let drawn = [];

  /** Only what differs, so that an open line stays open. @param {Row[]} now */
  function fill(now) {
    const rows = now.map((row) => JSON.stringify(row));
    rows.forEach((one, at) => {
      if (drawn[at] === one) return;
      const node = item(now[at]);
      const before = list.children[at];
      const fold = before?.querySelector("details");
      if (fold?.open) /** @type {HTMLDetailsElement} */ (node.firstChild).open = true;
      if (before) before.replaceWith(node);
      else list.append(node);
    });
    while (list.children.length > rows.length) list.lastChild?.remove();
    drawn = rows;
  }

  /** Leave out what the diagram has nothing of. @param {Row[]} shown */
  function explain(shown) {
    // The API's lane is the last one.
    const api = shown.some((row) => [row.sender, row.to].includes("api"));
    lanes[3].hidden = !api;
    parts.card.style.setProperty("--ow-lanes", api ? "4" : "3");
    front.hidden = !shown.some((row) => lookOf(row) === "front");
    back.hidden = !shown.some((row) => lookOf(row) === "back" && row.sender !== row.to);
    secrets.hidden = !JSON.stringify(shown).includes(DOTS);
  }

  /** @param {Traits & import("./card.js").Common} traits */
  function draw({ server, steps }) {
    write(parts.title, `${TRACE.title} ${server}`);
    copy.hidden = key.hidden = !rows;
    if (rows) {
      const shown = drawnOf(rows);
      fill(shown);
      explain(shown);
    } else {
      list.replaceChildren(...steps.map((step) => make("li", "ow-trace-saved", step)));
      drawn = [];
    }
    const last = steps.at(-1);
    const signedIn = rows && answeredOf(rows) ? `${SAY.signedIn}. ` : "";
    const so = last ? signedIn + TRACE.done(steps.length, last) : TRACE.empty;
    writeStatus(parts, "", stoppedOf(rows) ? (refusedOf(rows ?? []) ? TRACE.refused : TRACE.failed) : turnOf(rows) ? TRACE.turn : so);
    writePill(parts, ...pillOf(rows ?? []));
    if (!rows) writeHint(parts.hint, SAY.notSaved);
  }

  /** @param {any} message */
  function heard(message) {
    if (message?.kind !== "messages") return;
    ({ rows, text } = message);
  }

  return follow(props, parts, ["server", "steps"], draw, heard).end;
}

export default { render };
