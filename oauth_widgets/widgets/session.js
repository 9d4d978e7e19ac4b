// The session card.

import { follow, shell, tellKernel, writePill, writeStatus } from "./card.js";
import { lifeBar, moment, percent } from "./life.js";
import { button, chipRow, icon, linkOut, make, row, set, write } from "./parts.js";
import { clock, expiry, timeLeft } from "./times.js";
import { webAddress } from "./window.js";
import { SAY } from "./words.js";
import { lacking } from "./words_needs.js";
import { SESSION } from "./words_session.js";

/**
 * What the kernel syncs: never personal. Times are ISO 8601: when the tokens arrived and
 * when they expire. `refused` is what the API said it needs in addition;
 * `outcome` is what the latest click led to.
 * @typedef {{
 *   server: string, client: string, granted: string[], extra: string[], missing: string[],
 *   refused: string[], received: string, expires: string | null,
 *   renewable: boolean, ended: boolean,
 *   outcome: "" | "refreshed" | "widened" | "forgotten" | "confirmed" | "unconfirmed" | "untold",
 * }} Traits
 *
 * A saved sign-in: since when, where, and until when, if that is known; else `lasts` says so.
 * @typedef {{since: string, place: string, until: string | null, lasts: string}} Kept
 *
 * What only the open page gets: who it is, null until that arrives; what is saved; and the server's
 * own sign-out page.
 * @typedef {{who: [label: string, value: string][] | null, kept: Kept | null, leave: string}} PageOnly
 */

const TICK = 30_000;
const BUSY = {
  refreshing: SESSION.refreshing, signing_out: SESSION.signingOut, asking: SESSION.asking,
  forgetting: SESSION.forgetting,
};
// Drawn as the other icons are.
const PERSON = "M9 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6M3 16a6 6 0 0 1 12 0";
const LAST = ["confirmed", "unconfirmed", "untold"];
const NAMES = /** @type {const} */ ([
  "server", "client", "granted", "extra", "missing", "refused", "received", "expires",
  "renewable", "ended", "outcome",
]);

/**
 * The life of the access token: how far it has run, in percent, and its moments in words.
 * @param {Pick<Traits, "received" | "expires" | "renewable">} traits
 * @param {number} now
 */
export function lifeOf({ received, expires, renewable }, now) {
  const [from, to] = [received, expires].map(moment);
  const known = to > from;
  return {
    known,
    now: known ? percent(from, to, now) : 0,
    from: known ? clock(new Date(from), now) : "",
    how: renewable ? SESSION.renews : SESSION.stays,
    to: known ? `${renewable ? SESSION.current : SESSION.expires} ${clock(new Date(to), now)} (${timeLeft(to - now)})` : SESSION.noExpiry,
    over: known && now >= to,
  };
}

/**
 * What the card shows, in words and switches.
 * @param {Traits} traits
 * @param {PageOnly} pageOnly
 */
export function plan(traits, { who, kept, leave }) {
  const { server, granted, extra, missing, refused, renewable, ended, outcome } = traits;
  const said = outcome && SESSION[outcome];
  const known = ended ? [] : who ?? [];
  // The first thing that is known of a person is the best name for them; an identifier is none.
  const named = known.length > 0 && known[0][0] !== "Subject";
  const page = ended ? webAddress(leave) : "";
  const email = known.slice(1).find(([label]) => label === "Email")?.[1] ?? "";
  return {
    name: named ? known[0][1] : "",
    title: named ? known[0][1] : ended ? server : SESSION.title(server),
    about: named ? [email, server].filter(Boolean) : ended || known.length ? [] : [who ? SESSION.nobody : SESSION.notTold],
    rows: known.slice(named ? 1 : 0).filter(([label]) => label !== "Email"),
    kept: ended ? null : kept,
    forget: !ended && kept !== null,
    another: !ended && known.length > 0,
    status: ended ? [(LAST.includes(outcome) && said) || SESSION.ended, page && SESSION.browser].filter(Boolean).join(" ")
      : refused.length ? lacking(refused, missing)
      : said,
    granted: granted.filter((name) => !extra.includes(name)),
    extra,
    missing: ended ? [] : missing,
    more: !ended && refused.length > 0,
    refresh: !ended && renewable,
    signOut: !ended,
    again: ended,
    leave: page,
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
  const forget = button(SESSION.forget);
  const another = button(SAY.another);
  const { node: leave } = linkOut(SESSION.leave);
  const actions = make("div", "ow-actions", more, again, refresh, signOut, forget, another, leave);
  const ends = make("p", "ow-note", SESSION.ends);
  set(face, { "aria-hidden": "true" });
  more.classList.add("ow-primary");
  again.classList.add("ow-again");
  forget.classList.add("ow-quiet");
  // A login card has its own.
  another.classList.add("ow-quiet", "ow-again");
  parts.title.append(name, about);
  parts.head.prepend(face);
  parts.alert.after(life, rows, actions, ends);
  return {
    ...parts, face, name, about, rows, life, now, bar, from, how, to, more, again,
    refresh, signOut, forget, another, leave, actions, ends,
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
  parts.bar.draw(life.now);
  // The word must not leave the card at either end.
  parts.now.style.left = `${Math.min(Math.max(life.now, 3), 97)}%`;
  for (const name of /** @type {const} */ (["from", "how", "to"])) write(parts[name], life[name]);
  if (traits.ended) writePill(parts, SAY.signedOut);
  else if (life.over && !traits.renewable) writePill(parts, SAY.over, "bad");
  else writePill(parts, SAY.signedIn, "good");
}

/** The first letter of a name; a phone number has none. @param {HTMLElement} face @param {string} name */
function drawFace(face, name) {
  const letter = name.match(/[^\s\d+().-]/u)?.[0].toUpperCase() ?? "";
  if (face.dataset.letter === letter) return;
  face.dataset.letter = letter;
  if (letter) return face.replaceChildren(letter);
  const person = icon("yes");
  set(/** @type {Element} */ (person.firstElementChild), { d: PERSON });
  face.replaceChildren(person);
}

/** @param {Kept | null} kept @returns {[label: string, value: string][]} */
function keptRows(kept) {
  if (!kept) return [];
  const { since, place, until, lasts } = kept;
  const now = Date.now();
  return [
    [SESSION.since, clock(new Date(since), now)],
    [SESSION.keptIn, place],
    [SESSION.keptUntil, until ? expiry(until, now) : lasts.replace(/\.$/, "")],
  ];
}

/** @type {import("@anywidget/types").Render<Traits>} */
function render(props) {
  const { model } = props;
  const parts = build();
  /** @type {PageOnly} */
  const pageOnly = { who: null, kept: null, leave: "" };
  let filled = "";

  /** @param {ReturnType<typeof plan>} view @param {Traits} traits */
  function fill(view, traits) {
    const rows = [...view.rows, ...keptRows(view.kept)];
    if (!traits.ended) rows.push([SESSION.client, traits.client]);
    // The rows hold times that pass, such as "in 5 minutes".
    const source = JSON.stringify([view, rows]);
    if (source === filled) return;
    filled = source;
    const names = traits.ended ? SESSION.past : SESSION.granted;
    parts.about.replaceChildren(...view.about.flatMap((text, place) => [place ? " · " : "", make("bdi", "", text)]));
    parts.rows.replaceChildren(
      ...rows.map(([label, value]) => row(label, value)),
      ...chipRow(names, view.granted, traits.ended ? "ow-past" : ""),
      ...chipRow(SESSION.extra, view.extra, traits.ended ? "ow-past" : ""),
      ...chipRow(SESSION.missing, view.missing, "ow-missing"),
    );
  }

  /** @param {any} message */
  function heard(message) {
    if (message?.kind === "who") pageOnly.who = message.who;
    if (message?.kind === "kept") pageOnly.kept = message.kept;
    if (message?.kind === "leave") pageOnly.leave = message.url;
  }

  /** @param {string} kind */
  const tell = (kind) => () => tellKernel(model, parts, { kind });
  parts.more.onclick = tell("ask");
  parts.again.onclick = tell("again");
  parts.refresh.onclick = tell("refresh");
  parts.signOut.onclick = tell("sign_out");
  parts.forget.onclick = tell("forget");
  parts.another.onclick = tell("another");

  const { redraw, end } = follow(props, parts, NAMES, (traits) => {
    // Who it was goes with the session.
    if (traits.ended) pageOnly.who = null;
    const view = plan(traits, pageOnly);
    const busy = traits.doing ? BUSY[/** @type {keyof typeof BUSY} */ (traits.doing)] : "";
    write(parts.name, view.title);
    drawFace(parts.face, view.name);
    parts.face.hidden = !view.name;
    writeStatus(parts, busy, view.status);
    if (!busy && view.more) parts.status.dataset.look = "needs";
    fill(view, traits);
    parts.about.classList.toggle("ow-late", !traits.ended && !pageOnly.who);
    drawLife(parts, traits);
    for (const name of /** @type {const} */ (["more", "again", "refresh", "signOut", "forget", "another"])) {
      parts[name].hidden = !view[name];
    }
    parts.ends.hidden = !view.forget;
    parts.leave.hidden = !view.leave;
    if (view.leave) parts.leave.href = view.leave;
  }, heard);
  const timer = setInterval(redraw, TICK);
  return () => {
    clearInterval(timer);
    end();
  };
}

export default { render };
