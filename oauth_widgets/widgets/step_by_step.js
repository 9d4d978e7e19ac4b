// One sign-in, one message at a time: each can be changed before it is sent.

import { follow, freshId, shell, tellKernel, writeHint, writePill, writeStatus } from "./card.js";
import { probed, whereAmI } from "./page.js";
import { button, icon, linkOut, make, set, write } from "./parts.js";
import { SAY } from "./words.js";
import { STEPS } from "./words_steps.js";

/**
 * What the kernel syncs and a notebook saves: names of steps, and who noticed what.
 * @typedef {{
 *   server: string, done: string[], phase: "edit" | "browser" | "signed_in" | "noticed",
 *   verdict: string,
 * }} Traits
 *
 * A parameter as it would be sent, and what it is for: in the open page alone.
 * @typedef {[name: string, value: string, purpose: string, section: string]} Row
 * @typedef {{step: string, section: string, url: string, rows: Row[]}} Draft
 */

/**
 * What a person changed; null takes a parameter out.
 * @param {Row[]} rows @param {string[]} values
 */
export function changesOf(rows, values) {
  const pairs = rows.map(([name, before], at) => ({ name, before, now: values[at] }));
  const changed = pairs.filter(({ before, now }) => before !== now);
  return Object.fromEntries(changed.map(({ name, now }) => [name, now || null]));
}

/** @param {Row} row */
function field([name, value, purpose, section]) {
  const label = make("label", "ow-label", name);
  const input = make("input", "ow-input");
  const about = make("span", "ow-help", [purpose, section].filter(Boolean).join(" · "));
  input.id = label.htmlFor = freshId();
  about.id = freshId();
  input.value = value;
  set(input, { autocomplete: "off", spellcheck: "false", "aria-describedby": about.id });
  return { node: make("div", "ow-field", label, input, about), input };
}

/** @type {import("@anywidget/types").Render<Traits>} */
function render(props) {
  const { model } = props;
  const parts = shell("ow-steps");
  const done = make("ol", "ow-steps-done");
  const head = make("p", "ow-steps-head");
  const form = make("div", "");
  const open = linkOut(STEPS.open);
  const paste = field([STEPS.pasted, "", "", ""]);
  const use = button(STEPS.use);
  const send = button(STEPS.send);
  const again = button(SAY.tryAgain);
  const away = make("div", "ow-box", paste.node, use);
  set(done, { role: "list" });
  open.node.classList.add("ow-primary");
  send.classList.add("ow-primary");
  again.classList.add("ow-quiet", "ow-end");
  parts.card.append(done, head, form, away, make("div", "ow-actions", open.node, send, again));
  /** @type {Draft | null} */
  let draft = null;
  /** @type {HTMLInputElement[]} */
  let inputs = [];
  let drawn = "";

  /** @param {{kind: string, address?: string, changes?: Record<string, string | null>}} message */
  const tell = (message) => tellKernel(model, parts, message);
  use.onclick = () => tell({ kind: "bring", address: paste.input.value });
  again.onclick = () => tell({ kind: "again" });
  send.onclick = () => {
    const changes = changesOf(draft?.rows ?? [], inputs.map(({ value }) => value));
    tell({ kind: "step", changes });
  };

  /** Only a new message is drawn, so that what was typed stays. @param {string} phase */
  function fill(phase) {
    const wanted = phase === "edit" ? JSON.stringify(draft) : "";
    if (wanted === drawn) return;
    drawn = wanted;
    const fields = wanted && draft ? draft.rows.map(field) : [];
    inputs = fields.map(({ input }) => input);
    form.replaceChildren(...fields.map(({ node }) => node));
    if (phase === "browser") paste.input.value = "";
  }

  /** @param {Traits & import("./card.js").Common} traits */
  function draw({ server, done: names, phase, verdict, doing }) {
    write(parts.title, `${STEPS.title} ${server}`);
    const good = phase === "signed_in";
    writePill(parts, phase === "noticed" ? SAY.pills.failed : good ? SAY.signedIn : "", good ? "good" : "bad");
    const unseen = () => make("span", "ow-unseen", STEPS.sent);
    done.replaceChildren(...names.map((name) => make("li", "", icon("yes"), unseen(), " ", name)));
    const edits = phase === "edit" && draft !== null;
    write(head, edits && draft ? `${draft.step} · ${draft.section}` : "");
    fill(phase);
    send.hidden = !edits;
    again.hidden = !names.length;
    away.hidden = open.node.hidden = phase !== "browser";
    if (draft?.url) open.node.href = draft.url;
    send.disabled = use.disabled = doing !== "";
    const said = phase === "browser" ? STEPS.browser
      : phase === "edit" ? (draft && !draft.rows.length ? STEPS.plain : STEPS.edit)
      : `${verdict} ${STEPS.ended}`;
    writeStatus(parts, doing ? STEPS.sending : "", said);
    if (!draft && !doing) writeHint(parts.hint, SAY.notSaved);
  }

  /** @param {any} message */
  async function heard(message) {
    if (message?.kind === "draft") draft = message;
    if (message?.kind === "where") {
      model.send({ kind: "page", ...(await probed(whereAmI(window), message)) });
    }
  }

  return follow(props, parts, ["server", "done", "phase", "verdict"], draw, heard).end;
}

export default { render };
