// The login card.

import { comesHere, listen } from "./answers.js";
import { detailRows, tokenBlock } from "./details.js";
import { deviceBox } from "./device.js";
import { watchKernel } from "./kernel.js";
import { isFramed, probed, whereAmI } from "./page.js";
import { button, chipRow, copyButton, make, row, set, write } from "./parts.js";
import { expiry } from "./times.js";
import { isPlain, openWindow, webAddress } from "./window.js";
import { SAY } from "./words.js";

/**
 * What the kernel syncs: never personal, never secret. `pastes`: no other way leads back.
 * `devices`: the server lets people sign in on another device. `restarts`: no cell waits for this
 * card, so a new start needs none. `deaf`: what is clicked here is not heard as long as a cell waits.
 * @typedef {{
 *   phase: "ready" | "finishing" | "signed_in" | "signed_out" | "failed" | "blocked" |
 *     "cancelled" | "expired",
 *   url: string, server: string, asked: string[], way: string, pastes: boolean,
 *   devices: boolean, problem: string, next_step: string, restarts: boolean, deaf: boolean,
 * }} Traits
 *
 * What only this view knows: the window was opened; the kernel was told something and has not
 * acted yet, or has ended; the details have come; what the server said of a failure; a device waits.
 * @typedef {{
 *   waiting: boolean, telling: boolean, gone: boolean, known: boolean, said: string, device: boolean,
 * }} Local
 *
 * What is told to the open page and kept in no trait, of the state with this `url`.
 * @typedef {{
 *   url: string, said: string, register: string, device: import("./device.js").Device | null,
 * }} Aside
 */

const TICK = 1000;
const OVER = new Set(["signed_in", "signed_out", "cancelled", "expired"]);
const SAID = /** @type {const} */ (["title", "status", "hint", "link", "note"]);
const NAMES = /** @type {const} */ (
  ["phase", "url", "server", "asked", "way", "pastes", "devices", "problem", "next_step", "restarts", "deaf"]
);

/**
 * What the card shows, in words and switches.
 * @param {Traits} traits
 * @param {Local} local
 */
export function plan(traits, { waiting, telling, gone, known, said, device }) {
  const { phase, url, server } = traits;
  const alive = !gone && phase !== "signed_in" && phase !== "signed_out";
  const open = alive && (phase === "ready" || phase === "failed");
  const href = open && !device ? webAddress(url) : "";
  const out = waiting && href !== "";
  const failed = phase === "failed" && !out;
  const blocked = phase === "blocked" && alive;
  const over = phase === "cancelled" || phase === "expired";
  const again = over && traits.restarts && alive;
  const preparing = open && url === "";
  const busy = !alive ? ""
    : telling ? SAY.telling
    : device ? SAY.elsewhere
    : out ? SAY.waiting
    : preparing ? SAY.preparing
    : phase === "finishing" ? SAY.finishing
    : "";
  return {
    ...outcome(traits, { known, again, gone }),
    ...(busy && { status: busy, look: "busy", hint: telling || preparing ? SAY.slow : "" }),
    alert: open && url && !webAddress(url) ? [SAY.refused]
      : failed && alive ? [SAY.failed, traits.problem, said && `${SAY.said} “${said}”`, traits.next_step].filter(Boolean)
      : blocked ? [traits.problem, traits.next_step]
      : [],
    asked: phase === "ready" && alive && !device ? traits.asked : [],
    href,
    link: out ? SAY.openAgain : failed ? SAY.tryAgain : SAY.signIn,
    out,
    open: open || blocked,
    again,
    cancel: (open || blocked) && !traits.deaf,
    paste: href !== "" && !traits.deaf,
    device: open && device,
    devices: open && traits.devices && !device && !traits.deaf,
    note: href
      ? [out ? "" : SAY.opens, traits.way, traits.deaf && (traits.pastes ? SAY.below : SAY.stop)].filter(Boolean).join(" ")
      : "",
    details: phase === "signed_in" && known,
    title: phase === "signed_in" || phase === "signed_out" ? server
      : server ? `${SAY.title} ${server}`
      : SAY.signIn,
  };
}

/**
 * How it stands where nothing is under way.
 * @param {Traits} traits
 * @param {{known: boolean, again: boolean, gone: boolean}} local
 */
function outcome({ phase }, { known, again, gone }) {
  if (phase === "signed_in") {
    return { status: SAY.signedIn, look: "done", hint: known || gone ? "" : SAY.notSaved };
  }
  if (phase === "signed_out") return { status: SAY.signedOut, look: "", hint: "" };
  if (gone) return { status: SAY.gone, look: "", hint: "" };
  if (phase !== "cancelled" && phase !== "expired") return { status: "", look: "", hint: "" };
  return { status: again ? SAY[phase] : `${SAY[phase]} ${SAY.runAgain}`, look: "", hint: "" };
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
  const elsewhere = button(SAY.useDevice);
  const cancel = button(SAY.cancel);
  const actions = make("div", "ow-actions", link, again, elsewhere, cancel);
  const note = make("p", "ow-note");
  const device = make("div", "ow-device");
  const address = make("code", "ow-address");
  const copy = copyButton(() => address.textContent ?? "");
  const register = make("div", "ow-register", make("p", "ow-help", SAY.register), address, copy);
  const help = make("p", "ow-help");
  const input = make("input", "ow-input");
  const label = make("label", "", make("span", "ow-label", SAY.pasteLabel), input);
  const use = button(SAY.pasteButton);
  const fold = make("summary", "", SAY.pasteSummary);
  const paste = make("details", "ow-fold", fold, make("div", "ow-box", help, label, use));
  const tokens = make("div", "ow-tokens");
  const came = make("details", "ow-fold", make("summary", "", SAY.cameBack), tokens);
  card.append(title, status, hint, alert, rows, device, actions, note, paste, register, came);

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
    card, title, status, hint, alert, rows, device, actions, link, again, elsewhere, cancel, note,
    paste, fold, help, input, use, register, address, came, tokens,
  };
}

/**
 * @param {ReturnType<typeof build>} parts
 * @param {ReturnType<typeof plan>} wanted
 * @param {boolean} pastes
 */
function apply(parts, wanted, pastes) {
  const { status, alert, link, paste } = parts;
  const { href, out, again } = wanted;
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
  if (parts.fold.hidden !== pastes) {
    parts.fold.hidden = pastes;
    // the kernel learns only from the page that another way is there, and somebody may paste already
    paste.open = pastes || parts.input.value !== "";
  }
  write(parts.help, pastes ? SAY.pasteNow : SAY.pasteHelp);
  link.hidden = !href;
  paste.hidden = !wanted.paste;
  parts.cancel.hidden = !wanted.cancel;
  parts.elsewhere.hidden = !wanted.devices;
  parts.device.hidden = !wanted.device;
  parts.again.hidden = !again;
  parts.actions.hidden = [link, parts.again, parts.elsewhere, parts.cancel].every((part) => part.hidden);
  parts.came.hidden = !wanted.details;
}

/** @type {import("@anywidget/types").Render<Traits>} */
function render(props) {
  const { model, el } = props;
  const parts = build();
  const left = make("span", "");
  const local = { waiting: false, telling: false };
  let last = "";
  /** @type {import("./details.js").Details | null} */
  let details = null;
  /** @type {Aside} */
  let aside = { url: "", said: "", register: "", device: null };
  /** @type {Window | null} */
  let opened = null;
  /** @type {Record<string, () => void>} each address that may have been opened, and how to forget it */
  let listening = {};
  /** @type {unknown} what the rows were last made from */
  let filled;

  /** @type {ReturnType<typeof deviceBox> | null} */
  let box = null;

  function tick() {
    box?.tick();
    if (details) write(left, expiry(details.expires, Date.now()));
  }

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
    const { phase, url, deaf } = traits;
    // a kernel that is busy has not been told yet where this page is
    if (traits.pastes && !deaf && comesHere(url, location.origin) && !isFramed(window)) {
      Object.assign(traits, { pastes: false, way: SAY.through });
    }
    if (last !== phase + url + deaf) {
      last = phase + url + deaf;
      attend(traits);
      local.waiting = local.telling = false;
      if (phase !== "finishing" && phase !== "signed_in") details = null;
    }
    const inside = held instanceof HTMLElement && parts.card.contains(held) ? held : null;
    const said = aside.url === url ? aside.said : "";
    const device = aside.device !== null;
    const wanted = plan(traits, { ...local, gone: gone(), known: details !== null, said, device });
    apply(parts, wanted, traits.pastes);
    if (box) box.open.hidden = !wanted.device || !box.open.href;
    write(parts.address, aside.register);
    parts.register.hidden = !aside.register || !wanted.href;
    fill(wanted);
    if (inside && !inside.getClientRects().length) parts.title.focus({ preventScroll: true });
  }

  const kernel = watchKernel(props, draw);
  const gone = kernel.gone;

  /** @param {{kind: string, url?: string} | import("./page.js").Page & {kind: "page"}} message */
  function tell(message) {
    model.send(message);
    local.telling = message.kind !== "hello" && message.kind !== "page";
    draw();
  }

  /** @param {string} url */
  const take = (url) => tell({ kind: "answer", url });

  /**
   * Listen for this answer as well: somebody may sign in where an earlier address led. What could
   * not be passed on must not be acknowledged.
   * @param {Traits} traits
   */
  function attend({ url, phase, deaf }) {
    if (OVER.has(phase) || deaf) forget();
    else listening[url] ??= listen(url, { location, handle: () => opened, gone, take });
  }

  function forget() {
    for (const stop of Object.values(listening)) stop();
    listening = {};
  }

  function paste() {
    const url = parts.input.value.trim();
    // the address holds the code, so it stays here no longer than it takes to hand it on
    parts.input.value = "";
    if (url) tell({ kind: "pasted", url });
    else parts.input.focus();
  }

  /** @param {any} message */
  function heard(message) {
    if (message?.kind === "details") details = message;
    else if (message?.kind === "aside") show(message);
    else if (message?.kind === "where") look(message);
    draw();
  }

  /** @param {Aside} message */
  function show(message) {
    if (JSON.stringify(message.device) !== JSON.stringify(aside.device)) {
      local.telling = false;
      box?.open.remove();
      box = message.device && deviceBox(message.device, model.get("asked"));
      parts.device.replaceChildren(...(box ? [box.node] : []));
      if (box) parts.cancel.before(box.open);
    }
    aside = message;
  }

  /** @param {import("./page.js").Beacon} beacon */
  async function look(beacon) {
    const page = await probed(whereAmI(window), beacon);
    tell({ kind: "page", ...page });
  }

  /** @param {MouseEvent} click */
  function open(click) {
    if (isPlain(click)) {
      opened = openWindow(model.get("url"), window.open.bind(window));
      if (opened) click.preventDefault();
    }
    // the right button opens a menu and Alt downloads: neither has opened anything yet
    if (click.button > 1 || click.altKey) return;
    local.waiting = true;
    draw();
  }

  parts.link.onclick = parts.link.onauxclick = open;
  parts.cancel.onclick = () => tell({ kind: "cancel" });
  parts.elsewhere.onclick = () => tell({ kind: "device" });
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
    kernel.end();
    forget();
    NAMES.forEach((name) => model.off(`change:${name}`, draw));
    model.off("msg:custom", heard);
    parts.card.remove();
  };
}

export default { render };
