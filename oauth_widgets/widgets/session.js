// The session card.

import { follow, shell, tellKernel, writePill, writeStatus } from "./card.js";
import { lifeBar, moment, percent } from "./life.js";
import { button, chipRow, linkOut, make, row, set, write } from "./parts.js";
import { clock, timeLeft } from "./times.js";
import { webAddress } from "./window.js";
import { SAY } from "./words.js";
import { SESSION } from "./words_session.js";

/**
 * What the kernel syncs: never personal. Times are ISO 8601: when the tokens arrived, when they
 * are due for renewal, when they expire. `refused` is what the API said it needs in addition;
 * `outcome` is what the latest click led to.
 * @typedef {{
 *   server: string, client: string, granted: string[], extra: string[], missing: string[],
 *   refused: string[], received: string, renews: string | null, expires: string | null,
 *   renewable: boolean, ended: boolean,
 *   outcome: "" | "refreshed" | "widened" | "confirmed" | "unconfirmed" | "untold",
 * }} Traits
 *
 * What only the open page is told: who it is, null until told, and the server's own sign-out page.
 * @typedef {{who: [label: string, value: string][] | null, leave: string}} Told
 */

const TICK = 30_000;
const BUSY = { refreshing: SESSION.refreshing, signing_out: SESSION.signingOut, asking: SESSION.asking };
const LAST = ["confirmed", "unconfirmed", "untold"];
const NAMES = /** @type {const} */ ([
  "server", "client", "granted", "extra", "missing", "refused", "received", "renews", "expires",
  "renewable", "ended", "outcome",
]);

/**
 * The life of the access token: how far it has run, in percent, and its moments in words.
 * @param {Pick<Traits, "received" | "renews" | "expires" | "renewable">} traits
 * @param {number} now
 */
export function lifeOf({ received, renews, expires, renewable }, now) {
  const [from, due, to] = [received, renews, expires].map(moment);
  const known = to > from;
  return {
    known,
    now: known ? percent(from, to, now) : 0,
    due: known && due > from ? percent(from, to, due) : null,
    from: known ? clock(new Date(from), now) : "",
    how: renewable && due ? SESSION.renews(clock(new Date(due), now)) : renewable ? "" : SESSION.stays,
    to: `${SESSION.expires} ${known ? `${clock(new Date(to), now)} (${timeLeft(to - now)})` : SAY.unknown}`,
    over: known && now >= to,
  };
}

/**
 * What the card shows, in words and switches.
 * @param {Traits} traits
 * @param {Told} told
 */
export function plan(traits, { who, leave }) {
  const { server, granted, extra, missing, refused, renewable, ended, outcome } = traits;
  const said = outcome && SESSION[outcome];
  const known = ended ? [] : who ?? [];
  // The first thing that is known of a person is the best name for them.
  const email = known.slice(1).find(([label]) => label === "Email")?.[1] ?? "";
  return {
    name: known[0]?.[1] ?? "",
    title: known[0]?.[1] ?? (ended ? server : SESSION.title(server)),
    about: known.length ? [email, server].filter(Boolean) : ended ? [] : [who ? SESSION.nobody : SESSION.notTold],
    rows: known.slice(1).filter(([label]) => label !== "Email"),
    status: ended ? (LAST.includes(outcome) && said) || SAY.endedHow
      : refused.length ? SESSION.refused(refused)
      : said,
    granted: granted.filter((name) => !extra.includes(name)),
    extra,
    missing: ended ? [] : missing,
    more: !ended && refused.length > 0,
    refresh: !ended && renewable,
    signOut: !ended,
    again: ended,
    leave: ended ? webAddress(leave) : "",
  };
}

/** The parts of the card, made once. */
function build() {
  const parts = shell("ow-session");
  const face = make("span", "ow-face");
  const name = make("bdi", "ow-name");
  const about = make("span", "ow-help");
  const rows = make("dl", "ow-rows");
  const now = make("b", "", SESSION.now);
  const bar = lifeBar(now);
  const [from, how, to] = [make("span", ""), make("span", ""), make("span", "")];
  const life = make("div", "", bar.node, make("p", "ow-times", from, how, to));
  const more = button(SESSION.more);
  const again = button(SAY.signInAgain);
  const refresh = button(SESSION.refresh);
  const signOut = button(SESSION.signOut);
  const { node: leave } = linkOut(SESSION.leave);
  const actions = make("div", "ow-actions", more, again, refresh, signOut, leave);
  set(face, { "aria-hidden": "true" });
  more.classList.add("ow-primary");
  again.classList.add("ow-primary", "ow-again");
  leave.classList.add("ow-quiet");
  parts.title.append(name, about);
  parts.head.prepend(face);
  parts.alert.after(life, rows, actions);
  return {
    ...parts, face, name, about, rows, life, now, bar, from, how, to, more, again,
    refresh, signOut, leave, actions,
  };
}

/**
 * @param {ReturnType<typeof build>} parts
 * @param {Traits} traits
 */
function drawLife(parts, traits) {
  const life = lifeOf(traits, Date.now());
  parts.life.hidden = traits.ended;
  parts.bar.node.hidden = !life.known;
  parts.bar.draw(life.now, life.due);
  // The word must not leave the card at either end.
  parts.now.style.left = `${Math.min(Math.max(life.now, 3), 97)}%`;
  for (const name of /** @type {const} */ (["from", "how", "to"])) write(parts[name], life[name]);
  if (traits.ended) writePill(parts, SAY.signedOut);
  else if (life.over && !traits.renewable) writePill(parts, SAY.over, "bad");
  else writePill(parts, SAY.signedIn, "good");
}

/** @type {import("@anywidget/types").Render<Traits>} */
function render(props) {
  const { model } = props;
  const parts = build();
  /** @type {Told} */
  const told = { who: null, leave: "" };
  let filled = "";

  /** @param {ReturnType<typeof plan>} wanted @param {Traits} traits */
  function fill(wanted, traits) {
    const source = JSON.stringify([wanted, traits.client]);
    if (source === filled) return;
    filled = source;
    const names = traits.ended ? SESSION.past : SESSION.granted;
    parts.about.replaceChildren(...wanted.about.flatMap((text, place) => [place ? " · " : "", make("bdi", "", text)]));
    parts.rows.replaceChildren(
      ...wanted.rows.map(([label, value]) => row(label, value)),
      ...(traits.ended ? [] : [row(SESSION.client, traits.client)]),
      ...chipRow(names, wanted.granted, traits.ended ? "ow-past" : ""),
      ...chipRow(SESSION.extra, wanted.extra, traits.ended ? "ow-past" : ""),
      ...chipRow(SESSION.missing, wanted.missing, "ow-missing"),
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
  parts.again.onclick = tell("again");
  parts.refresh.onclick = tell("refresh");
  parts.signOut.onclick = tell("sign_out");

  const { redraw, end } = follow(props, parts, NAMES, (traits) => {
    // Who it was goes with the session.
    if (traits.ended) told.who = null;
    const wanted = plan(traits, told);
    const busy = traits.doing ? BUSY[/** @type {keyof typeof BUSY} */ (traits.doing)] : "";
    write(parts.name, wanted.title);
    write(parts.face, wanted.name ? [...wanted.name][0].toUpperCase() : "");
    parts.face.hidden = !wanted.name;
    writeStatus(parts, busy, wanted.status);
    fill(wanted, traits);
    drawLife(parts, traits);
    for (const name of /** @type {const} */ (["more", "again", "refresh", "signOut"])) {
      parts[name].hidden = !wanted[name];
    }
    parts.leave.hidden = !wanted.leave;
    if (wanted.leave) parts.leave.href = wanted.leave;
  }, heard);
  const timer = setInterval(redraw, TICK);
  return () => {
    clearInterval(timer);
    end();
  };
}

export default { render };
