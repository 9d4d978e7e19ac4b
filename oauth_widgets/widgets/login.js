// The login card.

import { comesHere, listener } from "./answers.js";
import { alertLines, follow, freshId, quoted, shell, writeHint, writePill } from "./card.js";
import { deviceBox } from "./device.js";
import { insideOf } from "./inside.js";
import { isFramed, probed, whereAmI } from "./page.js";
import { button, copyButton, fold, linkOut, make, scopeList, set, write } from "./parts.js";
import { isPlain, openWindow, webAddress } from "./window.js";
import { SAY } from "./words.js";

/**
 * What the kernel syncs: never personal, never secret. `meanings`: what each scope lets the
 * notebook do. `pastes`: no other way leads back. `devices`: the server lets people sign in on
 * another device. `restarts`: no cell waits for this card, so a new start needs none. `deaf`: a
 * cell waits, and what is clicked here isn't heard until it ends. `refused`: the person said no.
 * `suspect`: the answer may be an attack.
 * `views`: what may be opened now; `inside`: the widgets that were.
 * @typedef {{
 *   phase: "ready" | "finishing" | "signed_in" | "signed_out" | "failed" | "blocked" |
 *     "cancelled" | "expired",
 *   url: string, server: string, requested: string[], meanings: Record<string, string>, way: string,
 *   notes: string, pastes: boolean, refused: boolean, suspect: boolean,
 *   devices: boolean, restarts: boolean, deaf: boolean, views: (keyof typeof SAY.views)[],
 *   inside: import("./inside.js").Inside,
 * }} Traits
 *
 * What only this view knows: the window is open (`tried`: was opened at least once); the kernel was
 * told something and has not acted yet, or has ended; the link whose answer was pasted; the server's
 * words; a device waits.
 * @typedef {{
 *   waiting: boolean, tried: boolean, telling: boolean, pasted: string, gone: boolean, said: import("./card.js").Said, device: boolean,
 * }} Local
 *
 * What is sent to the open page and kept in no trait, for the state with this `url`.
 * @typedef {{url: string, register: string, device: import("./device.js").Device | null}} Aside
 */

const TICK = 1000;
const OVER = new Set(["signed_in", "signed_out", "cancelled", "expired"]);
const NAMES = /** @type {const} */ ([
  "phase", "url", "server", "requested", "meanings", "way", "notes", "pastes", "refused", "suspect", "devices",
  "restarts", "deaf", "views", "inside",
]);

const TEXTS = /** @type {const} */ (["title", "status", "words", "note"]);
const PARTS = /** @type {const} */ (["again", "cancel", "another", "paste", "device", "elsewhere"]);

/**
 * What the card shows, in words and switches.
 * @param {Traits & import("./card.js").Common} traits
 * @param {Local} local
 */
export function plan(traits, { waiting, tried, telling, pasted, gone, said, device }) {
  const { phase, url, server, restarts, deaf } = traits;
  const done = phase === "signed_in" || phase === "signed_out";
  const alive = !gone && !done;
  const open = alive && (phase === "ready" || phase === "failed");
  // After what may be an attack, another try is not what to do next.
  const stop = phase === "failed" && traits.suspect;
  const href = open && !device && !stop ? webAddress(url) : "";
  const out = waiting && href !== "";
  const failed = phase === "failed" && !out && alive;
  // A link that is still good needs only the right text.
  const repaste = failed && href !== "" && url === pasted;
  const blocked = phase === "blocked" && alive;
  const over = phase === "cancelled" || phase === "expired";
  const preparing = open && url === "";
  const busy = !alive ? ""
    : telling ? SAY.telling
    : device ? SAY.elsewhere
    : out ? SAY.waiting
    : preparing ? SAY.preparing
    : phase === "finishing" ? SAY.finishing
    : "";
  const slow = telling || preparing || phase === "finishing";
  return {
    ...outcome(traits, gone),
    ...(busy && { status: busy, busy: slow, hint: slow ? SAY.slow : SAY.waitingHint }),
    pill: /** @type {[words: string, look: string]} */ (
      open && !telling && (out || device || repaste) ? [SAY.pills.turn, "turn"]
      : failed && !telling ? [traits.refused ? SAY.pills.refused : SAY.pills.failed, "bad"]
      : phase === "signed_in" ? [SAY.signedIn, "good"]
      : phase === "signed_out" ? [SAY.signedOut, ""]
      : ["", ""]
    ),
    alert: open && url && !webAddress(url) ? [SAY.badAddress]
      : failed && !repaste ? failure(traits, said)
      : repaste || blocked || phase === "signed_in" ? alertLines(traits, said)
      : [],
    requested: phase === "ready" && alive && !device && !out ? traits.requested : [],
    href,
    stop,
    words: out || repaste ? SAY.openAgain : failed ? SAY.tryAgain : SAY.signIn,
    out,
    again: over && restarts && alive,
    // Before the first click there is something to cancel only if a cell waits.
    cancel: (blocked || (open && (tried || failed || device || preparing || !restarts))) && !deaf,
    another: !gone && !stop && (failed ? !deaf : done && restarts),
    anew: phase === "signed_out",
    // A person's own no came back: no window is stuck.
    paste: href !== "" && !deaf && (traits.pastes || (failed ? !traits.refused : tried)),
    device: open && device,
    elsewhere: open && !stop && traits.devices && !device && !out && !deaf,
    note: href && !out
      ? [!failed && traits.way, traits.notes, deaf && (traits.pastes ? SAY.below : SAY.stop)].filter(Boolean).join("\n")
      : "",
    views: gone ? [] : traits.views,
    session: done,
    title: done ? server : SAY.title(server),
  };
}

/**
 * How things are if nothing is under way.
 * @param {Traits} traits
 * @param {boolean} gone
 */
function outcome({ phase, inside, restarts }, gone) {
  const how = { status: "", busy: false, hint: "" };
  const anew = restarts ? "" : SAY.runAgain;
  if (phase === "signed_in") {
    return { ...how, status: SAY.signedIn, hint: inside.session || gone ? "" : SAY.notSaved };
  }
  if (phase === "signed_out") {
    // The session's own card says how.
    return { ...how, status: inside.session ? "" : SAY.ended, hint: gone ? SAY.gone : anew };
  }
  if (gone) return { ...how, status: SAY.gone };
  if (phase !== "cancelled" && phase !== "expired") return how;
  return { ...how, status: SAY[phase], hint: anew };
}

/**
 * A person's own no is no breakdown: the card states the fact, with the server's words small.
 * @param {Traits & import("./card.js").Common} traits
 * @param {import("./card.js").Said} said
 */
function failure(traits, said) {
  if (!traits.refused) return [traits.suspect ? SAY.suspect : SAY.failed, ...alertLines(traits, said)];
  return [SAY.refused, SAY.refusedWhat, quoted(traits.problem, said)].filter(Boolean);
}

/** The card's parts, made once, so that focus and a half pasted address outlive a redraw. */
function build() {
  const parts = shell("ow-login");
  const asks = make("div", "");
  const { node: link, words } = linkOut("");
  const again = button(SAY.tryAgain);
  const elsewhere = button(SAY.useDevice);
  const another = button(SAY.another);
  const cancel = button(SAY.cancel);
  const actions = make("div", "ow-actions", link, again, elsewhere, another, cancel);
  const note = make("p", "ow-note");
  const device = make("div", "ow-device");
  const address = make("code", "ow-address");
  const copy = copyButton(() => address.textContent ?? "");
  const register = make("div", "ow-register", make("p", "ow-note", SAY.register), address, copy);
  const help = make("p", "ow-note");
  const input = make("input", "ow-input");
  const label = make("label", "", make("span", "ow-label", SAY.pasteLabel), input);
  const use = button(SAY.pasteButton);
  const paste = fold("ow-fold", SAY.pasteSummary, make("div", "ow-box", help, label, use));
  const summary = /** @type {HTMLElement} */ (paste.firstChild);
  parts.card.append(asks, device, actions, note, paste, register);

  note.id = freshId();
  help.id = freshId();
  again.classList.add("ow-primary");
  elsewhere.classList.add("ow-quiet");
  cancel.classList.add("ow-end");
  set(link, { "aria-describedby": note.id });
  set(input, { autocomplete: "off", spellcheck: "false", autocapitalize: "none", "aria-describedby": help.id });
  return {
    ...parts, asks, device, actions, link, words, again, elsewhere, another, cancel, note, paste,
    summary, help, input, use, register, address,
  };
}

/**
 * @param {ReturnType<typeof build>} parts
 * @param {ReturnType<typeof plan>} view
 * @param {Traits} traits
 */
function apply(parts, view, { pastes, meanings }) {
  const { status, link, paste } = parts;
  const { href, out } = view;
  for (const name of TEXTS) write(parts[name], view[name]);
  writeHint(parts.hint, view.hint);
  writePill(parts, ...view.pill);
  status.dataset.look = view.busy ? "busy" : "";
  if (href) {
    link.href = href;
  } else {
    link.removeAttribute("href");
    parts.input.value = "";
  }
  const pasting = view.words === SAY.openAgain;
  link.classList.toggle("ow-primary", !pasting);
  parts.cancel.classList.toggle("ow-primary", view.stop);
  parts.cancel.classList.toggle("ow-quiet", !view.stop);
  parts.use.classList.toggle("ow-primary", pasting);
  if (parts.summary.hidden !== pastes) {
    parts.summary.hidden = pastes;
    // The page may find another way later, and a person may already be pasting.
    paste.open = pastes || parts.input.value !== "";
  }
  write(parts.help, pastes ? SAY.pasteNow : SAY.pasteHelp);
  write(parts.another, view.anew ? SAY.signInAgain : SAY.another);
  parts.another.classList.toggle("ow-quiet", !view.anew);
  for (const name of PARTS) parts[name].hidden = !view[name];
  parts.link.hidden = !href;
  parts.actions.hidden = [...parts.actions.children].every((one) => /** @type {HTMLElement} */ (one).hidden);
  const requested = view.requested.join(" ");
  if (parts.asks.dataset.requested !== requested) {
    parts.asks.dataset.requested = requested;
    parts.asks.replaceChildren(make("p", "ow-note", SAY.asks), scopeList(view.requested, meanings));
  }
  parts.asks.hidden = !requested;
}

/** @type {import("@anywidget/types").Render<Traits>} */
function render(props) {
  const { model } = props;
  const parts = build();
  const local = { waiting: false, tried: false, telling: false, pasted: "" };
  const inside = insideOf(
    model.widget_manager,
    (view) => model.send({ kind: "open", view }),
    () => line.redraw(),
  );
  parts.alert.after(inside.session);
  parts.card.append(inside.panels);
  let last = "";
  /** @type {Aside} */
  let aside = { url: "", register: "", device: null };
  /** @type {Window | null} */
  let opened = null;
  /** @type {ReturnType<typeof deviceBox> | null} */
  let box = null;

  /**
   * @param {Traits & import("./card.js").Common} traits
   * @param {import("./card.js").Said} said
   * @param {boolean} gone
   */
  function draw(traits, said, gone) {
    const { phase, url, deaf } = traits;
    // A busy kernel doesn't know this page's address yet.
    if (traits.pastes && !deaf && comesHere(url, location.origin) && !isFramed(window)) {
      Object.assign(traits, { pastes: false, way: SAY.through });
    }
    if (last !== phase + url + deaf) {
      last = phase + url + deaf;
      // What couldn't be passed on must not be acknowledged.
      if (OVER.has(phase) || deaf) answers.forget();
      else answers.attend(url);
      local.waiting = local.telling = false;
      if (OVER.has(phase)) local.tried = false;
    }
    const view = plan(traits, { ...local, gone, said, device: aside.device !== null });
    apply(parts, view, traits);
    if (box) box.open.hidden = !view.device || !box.open.href;
    write(parts.address, aside.register);
    parts.register.hidden = !aside.register || !view.href;
    inside.session.hidden = !view.session;
    gather();
    inside.draw(view.views, traits.inside);
    parts.card.dataset.inside = String(view.session && inside.has());
    return view.alert;
  }

  /** The session's card, once it is drawn, has all buttons in one line. */
  function gather() {
    const row = (!inside.session.hidden && inside.session.querySelector(".ow-actions")) || parts.actions;
    if (parts.another.parentNode !== row) row.insertBefore(parts.another, row.lastChild);
  }

  /** @param {{kind: string, url?: string}} message */
  function tell(message) {
    model.send(message);
    local.telling = true;
    line.redraw();
  }

  function paste() {
    const url = parts.input.value.trim();
    // The address holds the code, so it goes as soon as it is handed on.
    parts.input.value = "";
    local.pasted = model.get("url");
    if (url) tell({ kind: "pasted", url });
    else parts.input.focus();
  }

  /** @param {any} message */
  function heard(message) {
    if (message?.kind === "aside") show(message);
    else if (message?.kind === "where") look(message);
  }

  /** @param {Aside} message */
  function show(message) {
    if (JSON.stringify(message.device) !== JSON.stringify(aside.device)) {
      local.telling = false;
      box?.open.remove();
      box = message.device && deviceBox(message.device, model.get("requested"));
      parts.device.replaceChildren(...(box ? [box.node] : []));
      if (box) parts.cancel.before(box.open);
    }
    aside = message;
  }

  /** @param {import("./page.js").Beacon} beacon */
  async function look(beacon) {
    model.send({ kind: "page", ...(await probed(whereAmI(window), beacon)) });
  }

  /** @param {MouseEvent} click */
  function open(click) {
    if (isPlain(click)) {
      opened = openWindow(model.get("url"), window.open.bind(window));
      if (opened) click.preventDefault();
    }
    // The right button opens a menu and Alt downloads: neither has opened anything yet.
    if (click.button > 1 || click.altKey) return;
    local.waiting = local.tried = true;
    line.redraw();
  }

  parts.link.onclick = parts.link.onauxclick = open;
  parts.cancel.onclick = () => tell({ kind: "cancel" });
  parts.elsewhere.onclick = () => tell({ kind: "device" });
  parts.another.onclick = () => tell({ kind: "another" });
  parts.again.onclick = () => tell({ kind: "again" });
  parts.use.onclick = paste;
  // A frame without allow-forms would swallow the submit of a form.
  parts.input.onkeydown = (key) => {
    if (key.key === "Enter" && !key.isComposing && !key.shiftKey && !key.ctrlKey) paste();
  };
  const answers = listener({
    location,
    handle: () => opened,
    gone: () => line.gone(),
    take: (url) => tell({ kind: "answer", url }),
  });
  const line = follow(props, parts, NAMES, draw, heard, () => {});
  const timer = setInterval(() => {
    box?.tick();
    gather();
  }, TICK);

  return () => {
    clearInterval(timer);
    answers.forget();
    inside.end();
    line.end();
  };
}

export default { render };
