// What every card is made of, and its line to the kernel.

import { watchKernel } from "./kernel.js";
import { icon, make, set, write } from "./parts.js";
import { SAY } from "./words.js";

/**
 * What the kernel syncs for every card. `doing` names what it is busy with, "" if nothing.
 * @typedef {{doing: string, problem: string, next_step: string}} Common
 *
 * What a server said of a problem, which may name a person: in the open page alone.
 * @typedef {{about: string, words: string}} Said
 */

const COMMON = /** @type {const} */ (["doing", "problem", "next_step"]);

let made = 0;

/** The card that had the focus last; a notebook may draw it anew. @type {HTMLElement | null} */
let latest = null;

/** A name that no other part of this page has. */
export const freshId = () => `ow-${(made += 1)}-${Math.random().toString(36).slice(2)}`;

/**
 * The parts that every card has, made once, so that focus and what was typed outlive a redraw.
 * @param {string} look its own class
 */
export function shell(look) {
  const card = make("section", `ow-card ${look}`);
  const title = make("p", "ow-title");
  const pill = make("span", "ow-pill");
  const head = make("div", "ow-head", title, pill);
  const status = make("p", "ow-status");
  const hint = make("p", "ow-note");
  const alert = make("div", "ow-alert");
  title.id = freshId();
  card.tabIndex = -1;
  set(card, { role: "group", "aria-labelledby": title.id });
  set(status, { role: "status", "aria-live": "polite" });
  set(alert, { role: "alert" });
  card.append(head, status, hint, alert);
  return { card, head, title, pill, status, hint, alert };
}

const SIGNS = /** @type {const} */ ({ good: "yes", bad: "no" });

/**
 * The one mark at the title's right that says how things are.
 * @param {{pill: HTMLElement}} parts
 * @param {string} words "" for none
 * @param {string} [look] "good", "bad", "turn", or none of them
 */
export function writePill({ pill }, words, look = "") {
  if (pill.textContent === words && pill.dataset.look === look) return;
  const sign = SIGNS[/** @type {keyof typeof SIGNS} */ (look)];
  pill.replaceChildren(...(words && sign ? [icon(sign)] : []), words);
  pill.dataset.look = look;
}

/** The server's own words, if there are any for this problem. @param {string} problem @param {Said} said */
export const quoted = (problem, said) =>
  said.about === problem && said.words ? `${SAY.said} “${said.words}”` : "";

/**
 * The lines of an alert: what happened, what to do, and the server's words last; none if all is well.
 * @param {Pick<Common, "problem" | "next_step">} common
 * @param {Said} said
 */
export function alertLines({ problem, next_step }, said) {
  if (!problem) return [];
  return [problem, next_step, quoted(problem, said)].filter(Boolean);
}

/**
 * Only if it differs: an alert that is written again is read again.
 * @param {HTMLElement} alert
 * @param {string[]} lines
 */
function writeAlert(alert, lines) {
  if (alert.dataset.lines === JSON.stringify(lines)) return;
  alert.dataset.lines = JSON.stringify(lines);
  const nodes = lines.map((line) => make("p", line.startsWith(SAY.said) ? "ow-quote" : "", line));
  nodes[0]?.prepend(icon("no"), " ");
  // A long one scrolls, also with the keyboard.
  alert.tabIndex = lines.join("").length > 300 ? 0 : -1;
  alert.replaceChildren(...nodes);
}

/**
 * Say what the card is busy with, else what there is to say.
 * @param {ReturnType<typeof shell>} parts
 * @param {string} busy
 * @param {string} [otherwise]
 */
export function writeStatus({ status, hint }, busy, otherwise = "") {
  write(status, busy || otherwise);
  status.dataset.look = busy ? "busy" : "";
  writeHint(hint, busy ? SAY.slow : "");
}

/** @param {HTMLElement} hint @param {string} words */
export function writeHint(hint, words) {
  write(hint, words);
  // What is only true of a slow kernel, or of a saved page, must not be read before that is clear.
  hint.classList.toggle("ow-late", [SAY.slow, SAY.notSaved].includes(words));
}

/**
 * Tell the kernel what was clicked; if it doesn't act, say so after a while.
 * @template {Record<string, any>} Traits
 * @param {import("@anywidget/types").AnyModel<Traits>} model
 * @param {ReturnType<typeof shell>} parts
 * @param {{kind: string}} message
 */
export function tellKernel(model, { hint }, message) {
  model.send(message);
  writeHint(hint, SAY.slow);
}

/**
 * Say that the kernel can't act on a click any more.
 * @param {ReturnType<typeof shell>} parts
 */
function endOf(parts) {
  writeStatus(parts, "", SAY.gone);
  writePill(parts, "");
  for (const one of parts.card.querySelectorAll("button")) one.disabled = true;
  for (const one of parts.card.querySelectorAll("input")) one.disabled = true;
}

/**
 * Keep a card in step with the kernel: draw it now and at each change.
 * @template {Record<string, any>} Traits
 * @param {import("@anywidget/types").RenderProps<Traits>} props
 * @param {ReturnType<typeof shell>} parts
 * @param {readonly (keyof Traits & string)[]} names the traits it shows in addition to the common ones
 * @param {(traits: Traits & Common, said: Said, gone: boolean) => string[] | void} draw
 *   may return another alert; `gone`: the kernel has ended
 * @param {(message: any) => void} [heard] handles further messages
 * @param {(parts: ReturnType<typeof shell>) => void} [ended] says that the kernel has gone
 * @returns `redraw` for local changes, `gone` whether the kernel has, and `end` to stop
 */
export function follow(props, parts, names, draw, heard, ended = endOf) {
  const { model, el } = props;
  const all = /** @type {(keyof Traits & string)[]} */ ([...names, ...COMMON]);
  let said = { about: "", words: "" };

  function redraw() {
    const root = /** @type {Document | ShadowRoot} */ (parts.card.getRootNode());
    const held = root.activeElement;
    const inside = held instanceof HTMLElement && parts.card.contains(held) ? held : null;
    const pairs = all.map((name) => [name, model.get(name)]);
    const traits = /** @type {Traits & Common} */ (Object.fromEntries(pairs));
    writeAlert(parts.alert, draw(traits, said, kernel.gone()) ?? alertLines(traits, said));
    if (kernel.gone()) ended(parts);
    // A part that is hidden loses the keyboard focus. The card takes it, and not its title: what is
    // seen only while it has the focus moves the rest away from under a click.
    const hidden = inside && (!inside.isConnected || !inside.getClientRects().length);
    const now = root.activeElement;
    // The view that had the focus may have given way to this one, and nothing else has taken it.
    const replaced = latest && !latest.isConnected && document.activeElement === document.body;
    if (replaced || (hidden && (now === held || !parts.card.contains(now)))) parts.card.focus({ preventScroll: true });
  }

  /** @param {any} message */
  function receive(message) {
    if (message?.kind === "said") said = message;
    else heard?.(message);
    redraw();
  }

  for (const name of all) model.on(`change:${name}`, redraw);
  model.on("msg:custom", receive);
  const kernel = watchKernel(props, redraw);
  parts.card.addEventListener("focusin", () => (latest = parts.card));
  el.append(parts.card);
  redraw();
  model.send({ kind: "hello" });

  // The card's own listeners go with it; these would keep it alive.
  const end = () => {
    for (const name of all) model.off(`change:${name}`, redraw);
    model.off("msg:custom", receive);
    kernel.end();
    parts.card.remove();
  };
  return { redraw, gone: kernel.gone, end };
}
