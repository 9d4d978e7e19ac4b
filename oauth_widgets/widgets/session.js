// The session card.

import { follow, shell, tellKernel, writeStatus } from "./card.js";
import { button, chipRow, make, row, set, write } from "./parts.js";
import { expiry } from "./times.js";
import { webAddress } from "./window.js";
import { SAY } from "./words.js";
import { SESSION } from "./words_session.js";

/**
 * What the kernel syncs: never personal. `expires` is ISO 8601; `refused` is what a service said
 * no without; `outcome` is what became of the latest click.
 * @typedef {{
 *   server: string, client: string, granted: string[], extra: string[], missing: string[],
 *   refused: string[], expires: string | null, renewable: boolean, ended: boolean,
 *   outcome: "" | "refreshed" | "widened" | "confirmed" | "unconfirmed" | "untold",
 * }} Traits
 *
 * What only the open page is told: who it is, null until told, and where the server's own sign-in ends.
 * @typedef {{who: [label: string, value: string][] | null, leave: string}} Told
 */

const TICK = 30_000;
const BUSY = { refreshing: SESSION.refreshing, signing_out: SESSION.signingOut, asking: SESSION.asking };
const DONE = ["confirmed", "refreshed", "widened"];
const LAST = ["confirmed", "unconfirmed", "untold"];
const NAMES = /** @type {const} */ ([
  "server", "client", "granted", "extra", "missing", "refused", "expires", "renewable", "ended",
  "outcome",
]);

/**
 * What the card shows, in words and switches.
 * @param {Traits} traits
 * @param {Told} told
 */
export function plan(traits, { who, leave }) {
  const { server, granted, extra, missing, refused, renewable, ended, outcome } = traits;
  const said = outcome && SESSION[outcome];
  const left = ended ? webAddress(leave) : "";
  return {
    title: ended ? SESSION.over(server) : SESSION.title(server),
    status: ended ? (LAST.includes(outcome) && said) || SAY.ended
      : refused.length ? SESSION.refused(refused)
      : said,
    who: ended ? [] : who?.length ? who
      : /** @type {[string, string][]} */ ([[SESSION.who, who ? SESSION.nobody : SESSION.notTold]]),
    granted: granted.filter((name) => !extra.includes(name)),
    extra,
    missing,
    until: !ended,
    note: left ? SESSION.leaveWhy : ended || renewable ? "" : SESSION.stays,
    more: !ended && refused.length > 0,
    refresh: !ended && renewable,
    signOut: !ended,
    leave: left,
  };
}

/** The parts of the card, made once. */
function build() {
  const parts = shell("ow-session");
  const rows = make("dl", "ow-rows");
  const until = make("span", "");
  const note = make("p", "ow-note");
  const more = button(SESSION.more);
  const refresh = button(SESSION.refresh);
  const signOut = button(SESSION.signOut);
  const leave = make("a", "ow-button", SESSION.leave);
  const actions = make("div", "ow-actions", more, refresh, signOut, leave);
  more.classList.add("ow-primary");
  set(leave, { target: "_blank", rel: "noopener noreferrer" });
  parts.card.append(rows, note, actions);
  return { ...parts, rows, until, note, more, refresh, signOut, leave, actions };
}

/** @type {import("@anywidget/types").Render<Traits>} */
function render(props) {
  const { model } = props;
  const parts = build();
  /** @type {Told} */
  const told = { who: null, leave: "" };
  let filled = "";

  const tick = () => write(parts.until, expiry(model.get("expires"), Date.now()));

  /** @param {ReturnType<typeof plan>} wanted @param {Traits} traits */
  function fill(wanted, traits) {
    const source = JSON.stringify([wanted, traits.client]);
    if (source === filled) return;
    filled = source;
    parts.rows.replaceChildren(
      ...wanted.who.map(([label, value]) => row(label, value)),
      row(SESSION.client, traits.client),
      ...chipRow(SAY.allowed, wanted.granted),
      ...chipRow(SAY.extra, wanted.extra),
      ...chipRow(SAY.missing, wanted.missing, "ow-missing"),
      ...(wanted.until ? [row(SAY.until, parts.until)] : []),
    );
  }

  /** @param {any} message */
  function heard(message) {
    if (message?.kind === "who") told.who = message.who;
    if (message?.kind === "leave") told.leave = message.url;
  }

  /** @param {string} kind */
  const tell = (kind) => () => tellKernel(model, parts, { kind });
  parts.more.onclick = tell("ask");
  parts.refresh.onclick = tell("refresh");
  parts.signOut.onclick = tell("sign_out");

  const { end } = follow(props, parts, NAMES, (traits) => {
    // who it was goes with the session
    if (traits.ended) told.who = null;
    const wanted = plan(traits, told);
    const busy = traits.doing ? BUSY[/** @type {keyof typeof BUSY} */ (traits.doing)] : "";
    write(parts.title, wanted.title);
    writeStatus(parts, busy, wanted.status, DONE.includes(traits.outcome) ? "done" : "");
    fill(wanted, traits);
    tick();
    write(parts.note, wanted.note);
    parts.more.hidden = !wanted.more;
    parts.refresh.hidden = !wanted.refresh;
    parts.signOut.hidden = !wanted.signOut;
    parts.leave.hidden = !wanted.leave;
    if (wanted.leave) parts.leave.href = wanted.leave;
    parts.actions.hidden = ![...parts.actions.children].some((one) => !(/** @type {HTMLElement} */ (one).hidden));
  }, heard);
  const timer = setInterval(tick, TICK);
  return () => {
    clearInterval(timer);
    end();
  };
}

export default { render };
