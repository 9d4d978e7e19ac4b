// The login card.

import { button, chipRow, make, row, set, write } from "./parts.js";
import { clock, expiry } from "./times.js";
import { isPlain, openWindow, webAddress } from "./window.js";
import { SAY } from "./words.js";

/**
 * What the kernel syncs: never personal, never secret. `pastes`: no other way leads back.
 * `restarts`: no cell waits for this card, so a new start needs none.
 * @typedef {{
 *   phase: "ready" | "finishing" | "signed_in" | "signed_out" | "failed" | "cancelled" | "expired",
 *   url: string, server: string, asked: string[], way: string, pastes: boolean,
 *   problem: string, next_step: string, restarts: boolean,
 * }} Traits
 *
 * What only this view knows: the window was opened; the kernel was told something and has not
 * acted yet; the details have come; what the server said of a failure.
 * @typedef {{waiting: boolean, telling: boolean, known: boolean, said: string}} Local
 *
 * What came of it: personal, so sent to the open page and kept in no trait. `expires` is ISO 8601.
 * @typedef {{
 *   who: [label: string, value: string][],
 *   granted: string[], extra: string[], missing: string[], expires: string | null,
 *   tokens: {name: string, about: string, claims: [string, string, meaning?: string][]}[],
 * }} Details
 */

const TICK = 30_000;
const MOMENTS = new Set(["exp", "iat", "nbf", "auth_time"]);
const SAID = /** @type {const} */ (["title", "status", "hint", "link", "note"]);
const NAMES = /** @type {const} */ (
  ["phase", "url", "server", "asked", "way", "pastes", "problem", "next_step", "restarts"]
);

/**
 * What the card shows, in words and switches.
 * @param {Traits} traits
 * @param {Local} local
 */
export function plan(traits, { waiting, telling, known, said }) {
  const { phase, url, server } = traits;
  const open = phase === "ready" || phase === "failed";
  const href = open ? webAddress(url) : "";
  const out = waiting && href !== "";
  const failed = phase === "failed" && !out;
  const done = phase === "signed_in";
  const gone = phase === "signed_out";
  const over = phase === "cancelled" || phase === "expired";
  const again = over && traits.restarts;
  const preparing = phase === "ready" && url === "";
  const quoted = said && `${SAY.said} “${said}”`;
  const busy = telling ? SAY.telling
    : out ? SAY.waiting
    : preparing ? SAY.preparing
    : phase === "finishing" ? SAY.finishing
    : "";
  return {
    title: done || gone ? server : server ? `${SAY.title} ${server}` : SAY.signIn,
    status: busy || (done ? SAY.signedIn : gone ? SAY.signedOut : over ? `${SAY[phase]}${again ? "" : ` ${SAY.runAgain}`}` : ""),
    look: busy ? "busy" : done ? "done" : "",
    hint: telling || preparing ? SAY.slow : done && !known ? SAY.notSaved : "",
    alert: phase === "ready" && url && !href ? [SAY.refused]
      : failed ? [SAY.failed, traits.problem, quoted, traits.next_step].filter(Boolean)
      : [],
    asked: phase === "ready" ? traits.asked : [],
    href,
    link: out ? SAY.openAgain : failed ? SAY.tryAgain : SAY.signIn,
    out,
    open,
    again,
    note: href ? [out ? "" : SAY.opens, traits.way].filter(Boolean).join(" ") : "",
    details: done && known,
  };
}

/** @param {string} name @param {string} value */
function claim(name, value) {
  const seconds = MOMENTS.has(name) ? Number(value) : NaN;
  return seconds ? `${clock(new Date(seconds * 1000), 0)} (${value})` : value;
}

/** @param {Details["tokens"][number]} token */
function tokenBlock({ name, about, claims }) {
  const rows = claims.map(([key, value, meaning]) => {
    const shown = make("span", "ow-value", claim(key, String(value)));
    const line = row(key, shown);
    if (meaning) shown.after(make("span", "ow-meaning", meaning));
    return line;
  });
  const title = make("p", "", make("strong", "", name), about && ` – ${about}`);
  const table = rows.length ? [make("dl", "ow-rows ow-claims", ...rows)] : [];
  return make("div", "", title, ...table);
}

/** @param {Details} details */
function detailRows({ who, granted, extra, missing }) {
  const asked = granted.filter((name) => !extra.includes(name));
  return [
    ...who.map(([label, value]) => row(label, value)),
    ...chipRow(SAY.allowed, asked),
    ...chipRow(SAY.extra, extra),
    ...chipRow(SAY.missing, missing, "ow-missing"),
  ];
}

/** The card's parts, made once, so that focus and a half pasted address outlive a redraw. */
function build() {
  const id = `ow-${Math.random().toString(36).slice(2)}`;
  const card = make("section", "ow-card ow-login");
  const title = make("p", "ow-title");
  const status = make("p", "ow-status");
  const hint = make("p", "ow-note ow-late");
  const alert = make("div", "ow-alert");
  const rows = make("dl", "ow-rows");
  const link = make("a", "ow-button");
  const again = button(SAY.startAgain);
  const cancel = button(SAY.cancel);
  const actions = make("div", "ow-actions", link, again, cancel);
  const note = make("p", "ow-note");
  const help = make("p", "ow-help", SAY.pasteHelp);
  const input = make("input", "ow-input");
  const label = make("label", "", make("span", "ow-label", SAY.pasteLabel), input);
  const use = button(SAY.pasteButton);
  const fold = make("summary", "", SAY.pasteSummary);
  const paste = make("details", "ow-fold", fold, make("div", "ow-box", help, label, use));
  const tokens = make("div", "ow-tokens");
  const came = make("details", "ow-fold", make("summary", "", SAY.cameBack), tokens);
  card.append(title, status, hint, alert, rows, actions, note, paste, came);

  title.id = `${id}-title`;
  note.id = `${id}-note`;
  help.id = `${id}-help`;
  title.tabIndex = -1;
  again.classList.add("ow-primary");
  set(card, { role: "group", "aria-labelledby": title.id });
  set(status, { role: "status", "aria-live": "polite" });
  set(alert, { role: "alert" });
  set(link, { target: "_blank", rel: "noopener noreferrer", "aria-describedby": note.id });
  set(input, { autocomplete: "off", spellcheck: "false", autocapitalize: "none" });
  set(input, { type: "text", "aria-describedby": help.id });
  return {
    card, title, status, hint, alert, rows, actions, link, again, cancel, note,
    paste, fold, input, use, came, tokens,
  };
}

/**
 * @param {ReturnType<typeof build>} parts
 * @param {ReturnType<typeof plan>} wanted
 * @param {boolean} pastes
 */
function apply(parts, wanted, pastes) {
  const { status, alert, link, paste } = parts;
  const { href, out, open, again } = wanted;
  for (const name of SAID) write(parts[name], wanted[name]);
  status.dataset.look = wanted.look;
  if (alert.textContent !== wanted.alert.join("")) {
    alert.replaceChildren(...wanted.alert.map((line) => make("p", "", line)));
  }
  if (href) {
    link.href = href;
  } else {
    link.removeAttribute("href");
    parts.input.value = "";
  }
  link.classList.toggle("ow-primary", !out);
  parts.use.classList.toggle("ow-primary", pastes && out);
  parts.fold.hidden = pastes;
  if (pastes) paste.open = true;
  link.hidden = paste.hidden = !href;
  parts.cancel.hidden = !open;
  parts.again.hidden = !again;
  parts.actions.hidden = !open && !again;
  parts.came.hidden = !wanted.details;
}

/** @type {import("@anywidget/types").Render<Traits>} */
function render({ model, el }) {
  const parts = build();
  const left = make("span", "");
  const local = { waiting: false, telling: false };
  let last = "";
  /** @type {Details | null} */
  let details = null;
  // may name a person, so it is kept here and in no trait
  let said = { url: "", words: "" };
  /** @type {unknown} what the rows were last made from */
  let filled;

  const tick = () => details && write(left, expiry(details.expires, Date.now()));

  /** @param {ReturnType<typeof plan>} wanted */
  function fill({ details: shown, asked }) {
    const source = shown ? details : asked.join(" ");
    if (source === filled) return;
    filled = source;
    const rows = chipRow(SAY.asks, asked);
    parts.tokens.replaceChildren();
    if (shown && details) {
      rows.push(...detailRows(details), row(SAY.until, left));
      parts.tokens.replaceChildren(...details.tokens.map(tokenBlock));
      tick();
    }
    parts.rows.replaceChildren(...rows);
    parts.rows.hidden = !rows.length;
  }

  function draw() {
    const held = /** @type {Document | ShadowRoot} */ (parts.card.getRootNode()).activeElement;
    const pairs = NAMES.map((name) => [name, model.get(name)]);
    const traits = /** @type {Traits} */ (Object.fromEntries(pairs));
    const { phase, url } = traits;
    if (last !== phase + url) {
      last = phase + url;
      local.waiting = local.telling = false;
      if (phase !== "finishing" && phase !== "signed_in") details = null;
    }
    const inside = held instanceof HTMLElement && parts.card.contains(held) ? held : null;
    const words = said.url === url ? said.words : "";
    const wanted = plan(traits, { ...local, known: details !== null, said: words });
    apply(parts, wanted, traits.pastes);
    fill(wanted);
    if (inside && !inside.getClientRects().length) parts.title.focus({ preventScroll: true });
  }

  /** @param {{kind: "hello" | "cancel" | "again" | "answer", url?: string}} message */
  function tell(message) {
    model.send(message);
    local.telling = message.kind !== "hello";
    draw();
  }

  function paste() {
    const url = parts.input.value.trim();
    // the address holds the code, so it stays here no longer than it takes to hand it on
    parts.input.value = "";
    if (url) tell({ kind: "answer", url });
    else parts.input.focus();
  }

  /** @param {any} message */
  function heard(message) {
    if (message?.kind === "details") details = message;
    else if (message?.kind === "said") said = message;
    draw();
  }

  /** @param {MouseEvent} click */
  function opened(click) {
    if (isPlain(click) && openWindow(model.get("url"), window.open.bind(window))) {
      click.preventDefault();
    }
    // the right button opens a menu and Alt downloads: neither has opened anything yet
    if (click.button > 1 || click.altKey) return;
    local.waiting = true;
    draw();
  }

  parts.link.onclick = parts.link.onauxclick = opened;
  parts.cancel.onclick = () => tell({ kind: "cancel" });
  parts.again.onclick = () => tell({ kind: "again" });
  parts.use.onclick = paste;
  // no form: a frame without allow-forms would swallow its submit
  parts.input.onkeydown = (key) => {
    if (key.key === "Enter" && !key.isComposing && !key.shiftKey && !key.ctrlKey) paste();
  };
  NAMES.forEach((name) => model.on(`change:${name}`, draw));
  model.on("msg:custom", heard);
  const timer = setInterval(tick, TICK);
  el.append(parts.card);
  tell({ kind: "hello" });

  // the card's own listeners go with it; these would keep it alive
  return () => {
    clearInterval(timer);
    NAMES.forEach((name) => model.off(`change:${name}`, draw));
    model.off("msg:custom", heard);
    parts.card.remove();
  };
}

export default { render };
