// The login card.

import { comesHere, listener } from "./answers.js";
import { alertLines, follow, freshId, shell } from "./card.js";
import { deviceBox } from "./device.js";
import { insideOf } from "./inside.js";
import { isFramed, probed, whereAmI } from "./page.js";
import { button, chipRow, copyButton, make, set, write } from "./parts.js";
import { isPlain, openWindow, webAddress } from "./window.js";
import { SAY } from "./words.js";

/**
 * What the kernel syncs: never personal, never secret. `pastes`: no other way leads back.
 * `devices`: the server lets people sign in on another device. `restarts`: no cell waits for this
 * card, so a new start needs none. `deaf`: what is clicked here is not heard as long as a cell waits.
 * `views`: what may be opened once someone has signed in; `inside`: what stands here of it.
 * @typedef {{
 *   phase: "ready" | "finishing" | "signed_in" | "signed_out" | "failed" | "blocked" |
 *     "cancelled" | "expired",
 *   url: string, server: string, asked: string[], way: string, pastes: boolean,
 *   devices: boolean, restarts: boolean, deaf: boolean, views: (keyof typeof SAY.views)[],
 *   inside: import("./inside.js").Inside,
 * }} Traits
 *
 * What only this view knows: the window was opened; the kernel was told something and has not
 * acted yet, or has ended; what the server said of a failure; a device waits.
 * @typedef {{
 *   waiting: boolean, telling: boolean, gone: boolean, said: import("./card.js").Said, device: boolean,
 * }} Local
 *
 * What is told to the open page and kept in no trait, of the state with this `url`.
 * @typedef {{url: string, register: string, device: import("./device.js").Device | null}} Aside
 */

const TICK = 1000;
const OVER = new Set(["signed_in", "signed_out", "cancelled", "expired"]);
const NAMES = /** @type {const} */ ([
  "phase", "url", "server", "asked", "way", "pastes", "devices", "restarts", "deaf", "views", "inside",
]);

/**
 * What the card shows, in words and switches.
 * @param {Traits & import("./card.js").Common} traits
 * @param {Local} local
 */
export function plan(traits, { waiting, telling, gone, said, device }) {
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
    ...outcome(traits, { again, gone }),
    ...(busy && { status: busy, look: "busy", hint: telling || preparing ? SAY.slow : "" }),
    alert: open && url && !webAddress(url) ? [SAY.refused]
      : failed && alive ? [SAY.failed, ...alertLines(traits, said)]
      : blocked ? alertLines(traits, said)
      : [],
    asked: phase === "ready" && alive && !device ? traits.asked : [],
    href,
    link: out ? SAY.openAgain : failed ? SAY.tryAgain : SAY.signIn,
    out,
    again,
    cancel: (open || blocked) && !traits.deaf,
    another: !gone && (failed ? !traits.deaf : (phase === "signed_in" || phase === "signed_out") && traits.restarts),
    paste: href !== "" && !traits.deaf,
    device: open && device,
    devices: open && traits.devices && !device && !traits.deaf,
    note: href
      ? [out ? "" : SAY.opens, traits.way, traits.deaf && (traits.pastes ? SAY.below : SAY.stop)].filter(Boolean).join(" ")
      : "",
    views: phase === "signed_in" && !gone ? traits.views : [],
    session: phase === "signed_in" || phase === "signed_out",
    title: phase === "signed_in" || phase === "signed_out" ? server
      : server ? `${SAY.title} ${server}`
      : SAY.signIn,
  };
}

/**
 * How it stands where nothing is under way.
 * @param {Traits} traits
 * @param {{again: boolean, gone: boolean}} local
 */
function outcome({ phase, inside }, { again, gone }) {
  if (phase === "signed_in") {
    return { status: SAY.signedIn, look: "done", hint: inside.session || gone ? "" : SAY.notSaved };
  }
  // the session's own card says it better
  if (phase === "signed_out") return { status: inside.session ? "" : SAY.signedOut, look: "", hint: "" };
  if (gone) return { status: SAY.gone, look: "", hint: "" };
  if (phase !== "cancelled" && phase !== "expired") return { status: "", look: "", hint: "" };
  return { status: again ? SAY[phase] : `${SAY[phase]} ${SAY.runAgain}`, look: "", hint: "" };
}

/** The card's parts, made once, so that focus and a half pasted address outlive a redraw. */
function build() {
  const parts = shell("ow-login");
  const rows = make("dl", "ow-rows");
  const link = make("a", "ow-button");
  const again = button(SAY.startAgain);
  const elsewhere = button(SAY.useDevice);
  const another = button(SAY.another);
  const cancel = button(SAY.cancel);
  const actions = make("div", "ow-actions", link, again, elsewhere, another, cancel);
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
  parts.card.append(rows, device, actions, note, paste, register);

  note.id = freshId();
  help.id = freshId();
  again.classList.add("ow-primary");
  set(link, { target: "_blank", rel: "noopener noreferrer", "aria-describedby": note.id });
  set(input, { autocomplete: "off", spellcheck: "false", autocapitalize: "none" });
  set(input, { type: "text", "aria-describedby": help.id });
  return {
    ...parts, rows, device, actions, link, again, elsewhere, another, cancel, note, paste, fold, help, input,
    use, register, address,
  };
}

/**
 * @param {ReturnType<typeof build>} parts
 * @param {ReturnType<typeof plan>} wanted
 * @param {Traits} traits
 */
function apply(parts, wanted, { pastes }) {
  const { status, link, paste } = parts;
  const { href, out, again } = wanted;
  for (const name of /** @type {const} */ (["title", "status", "hint", "link", "note"])) {
    write(parts[name], wanted[name]);
  }
  status.dataset.look = wanted.look;
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
  parts.another.hidden = !wanted.another;
  parts.device.hidden = !wanted.device;
  parts.again.hidden = !again;
  parts.actions.hidden = [link, parts.again, parts.elsewhere, parts.another, parts.cancel].every((part) => part.hidden);
  const asked = wanted.asked.join(" ");
  if (parts.rows.dataset.asked !== asked) {
    parts.rows.dataset.asked = asked;
    parts.rows.replaceChildren(...chipRow(SAY.asks, wanted.asked));
  }
  parts.rows.hidden = !asked;
}

/** @type {import("@anywidget/types").Render<Traits>} */
function render(props) {
  const { model } = props;
  const parts = build();
  const local = { waiting: false, telling: false };
  const inside = insideOf(model.widget_manager, (view) => model.send({ kind: "open", view }));
  parts.status.after(inside.session);
  parts.card.append(inside.folds);
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
    // a kernel that is busy has not been told yet where this page is
    if (traits.pastes && !deaf && comesHere(url, location.origin) && !isFramed(window)) {
      Object.assign(traits, { pastes: false, way: SAY.through });
    }
    if (last !== phase + url + deaf) {
      last = phase + url + deaf;
      // what could not be passed on must not be acknowledged
      if (OVER.has(phase) || deaf) answers.forget();
      else answers.attend(url);
      local.waiting = local.telling = false;
    }
    const wanted = plan(traits, { ...local, gone, said, device: aside.device !== null });
    apply(parts, wanted, traits);
    if (box) box.open.hidden = !wanted.device || !box.open.href;
    write(parts.address, aside.register);
    parts.register.hidden = !aside.register || !wanted.href;
    inside.session.hidden = !wanted.session;
    inside.draw(wanted.views, traits.inside);
    return wanted.alert;
  }

  /** @param {{kind: string, url?: string}} message */
  function tell(message) {
    model.send(message);
    local.telling = true;
    line.redraw();
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
    if (message?.kind === "aside") show(message);
    else if (message?.kind === "where") look(message);
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
    model.send({ kind: "page", ...(await probed(whereAmI(window), beacon)) });
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
    line.redraw();
  }

  parts.link.onclick = parts.link.onauxclick = open;
  parts.cancel.onclick = () => tell({ kind: "cancel" });
  parts.elsewhere.onclick = () => tell({ kind: "device" });
  parts.another.onclick = () => tell({ kind: "another" });
  parts.again.onclick = () => tell({ kind: "again" });
  parts.use.onclick = paste;
  // no form: a frame without allow-forms would swallow its submit
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
  const timer = setInterval(() => box?.tick(), TICK);

  return () => {
    clearInterval(timer);
    answers.forget();
    inside.end();
    line.end();
  };
}

export default { render };
