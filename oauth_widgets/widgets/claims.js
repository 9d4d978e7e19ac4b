// An ID token, claim by claim.

import { follow, shell, writePill, writeStatus } from "./card.js";
import { claimList, claimRow, claimValue } from "./claim_rows.js";
import { fold, icon, make, row, write } from "./parts.js";
import { SAY } from "./words.js";
import { CLAIMS } from "./words_claims.js";
import { READING } from "./words_reading.js";

/** @typedef {import("./claim_rows.js").Claim} Claim */
/**
 * What the kernel syncs. `rows` are blotted out if they may be about a person; whole ones arrive by
 * message. `basis`: whether this token signed in here, is held against a sign-in, or neither.
 * @typedef {{
 *   server: string, subjects: string, basis: "sign-in" | "held" | "unverified",
 *   rows: Claim[], ended: boolean,
 * }} Traits
 *
 * @typedef {"good" | "bad" | "turn" | ""} Look
 */

const PERSONAL = new Set([
  "sub", "name", "given_name", "middle_name", "family_name", "nickname", "preferred_username",
  "email", "email_verified", "phone_number", "phone_number_verified", "address", "birthdate",
  "gender", "picture", "profile", "website", "locale", "zoneinfo", "updated_at",
]);

/** @param {Pick<Traits, "basis" | "server">} traits */
export function claimsTitle({ basis, server }) {
  if (basis === "unverified") return READING.title;
  if (basis === "held") return CLAIMS.held(server);
  return server ? `${CLAIMS.signIn} ${server}` : CLAIMS.ownToken;
}

/** Whether it has the one-time value of another sign-in. @param {Claim} claim */
const isForeign = ({ name, value, passed }) => name === "nonce" && passed === false && value !== "";

/**
 * The result of all checks together: a sentence, and a short mark with its look.
 * @param {Traits["basis"]} basis
 * @param {Claim[]} rows
 * @returns {{words: string, pill: string, look: Look}}
 */
export function verdictOf(basis, rows) {
  const failed = rows.filter(({ passed }) => passed === false).length;
  const signature = rows.find(({ name }) => name === "signature");
  const good = { pill: CLAIMS.pills.passed, look: /** @type {Look} */ ("good") };
  const unsure = { pill: CLAIMS.pills.unsure, look: /** @type {Look} */ ("turn") };
  if (failed) return { words: CLAIMS.failed(failed, rows.some(isForeign)), pill: CLAIMS.pills.failed(failed), look: "bad" };
  if (basis === "unverified") return { words: READING.warning, ...unsure };
  if (basis === "sign-in") return { words: CLAIMS.allPassed, ...good };
  if (signature?.passed === undefined) return { words: "", pill: "", look: "" };
  return signature.passed ? { words: CLAIMS.wouldPass, ...good } : { words: CLAIMS.unsure, ...unsure };
}

/**
 * The rows by what a person looks for: what failed, what passed, what is about them, the rest.
 * @param {Claim[]} rows
 */
export function sorted(rows) {
  const rest = rows.filter(({ passed }) => !passed && passed !== false);
  return {
    failed: rows.filter(({ passed }) => passed === false),
    passed: rows.filter((one) => one.passed),
    personal: rows.filter((one) => PERSONAL.has(one.name) && one.passed !== false),
    others: rest.filter(({ name }) => !PERSONAL.has(name)),
  };
}

/** @param {Claim} claim */
function failure(claim) {
  const { name, reason } = claim;
  const expected = CLAIMS.wants[name];
  return make(
    "div", "ow-failed",
    make("p", "", icon("no"), ` ${(claim.value && CLAIMS.wrong[name]) || reason || ""} `, make("span", "ow-code", `(${name})`)),
    make(
      "dl", "ow-rows",
      ...(expected ? [row(CLAIMS.expected, expected)] : []),
      row(CLAIMS.received, claim.value ? claimValue(claim) : CLAIMS.nothingReceived),
    ),
  );
}

/** @param {Claim[]} rows */
function ticks(rows) {
  const node = fold("ow-fold ow-ticks", "", claimList(rows.map((claim) =>
    claimRow(claim, make("span", "ow-help", CLAIMS.good[claim.name] ?? "")))));
  node.firstElementChild?.append(
    CLAIMS.passedList(rows.length), ...rows.map(({ name }) => make("span", "ow-tick", icon("yes"), name)),
  );
  return node;
}

/** The three parts of every signed token. @param {Claim[]} rows */
function strip(rows) {
  const signature = rows.find(({ name }) => name === "signature");
  const count = rows.filter(({ name }) => name !== "signature").length;
  const sure = signature?.passed;
  // A good signature says nothing good about a token that is someone else's.
  const foreign = rows.some(({ passed }) => passed === false);
  const last = make("div", "ow-part", make("b", "", CLAIMS.parts.signature),
    make("span", "", !sure ? CLAIMS.unverified : foreign ? CLAIMS.only : CLAIMS.verified));
  if (!sure || foreign) last.dataset.look = sure ? "plain" : "bad";
  return make(
    "div", "ow-parts",
    make("div", "ow-part", make("b", "", CLAIMS.parts.header), make("span", "", signature?.value || CLAIMS.how)),
    make("div", "ow-part", make("b", "", CLAIMS.parts.claims), make("span", "", CLAIMS.all(count))),
    last,
  );
}

/** @param {string} subjects */
function whyThisName(subjects) {
  return fold("ow-why", CLAIMS.why, make("p", "ow-help", CLAIMS.subjects[subjects] ?? CLAIMS.subjects[""]));
}

/**
 * @param {Claim[]} rows
 * @param {Traits} traits
 */
function sections(rows, { subjects, basis }) {
  const { failed, passed, personal, others } = sorted(rows);
  /** @param {string} title @param {Claim[]} some */
  const titled = (title, some) => some.length ? [make("p", "ow-sub", title), claimList(some.map((claim) =>
    claimRow(claim, ...(claim.name === "sub" && claim.value ? [whyThisName(subjects)] : []))))] : [];
  return [
    ...(rows.length ? [strip(rows)] : []),
    ...failed.map(failure),
    ...(passed.length ? [ticks(passed)] : []),
    ...titled(basis === "sign-in" ? CLAIMS.about : CLAIMS.aboutThem, personal),
    ...titled(CLAIMS.others, others.filter(({ name }) => name !== "signature")),
  ];
}

/** @type {import("@anywidget/types").Render<Traits>} */
function render(props) {
  const parts = shell("ow-claims-view");
  const note = make("p", "ow-note");
  const list = make("div", "");
  parts.card.append(note, list);
  /** @type {Claim[] | null} */
  let whole = null;
  let filled = "";

  /** @param {Traits & import("./card.js").Common} traits */
  function draw(traits) {
    const { basis, ended, doing } = traits;
    const rows = ended ? [] : whole ?? traits.rows;
    const { words, pill, look } = verdictOf(basis, rows);
    write(parts.title, claimsTitle(traits));
    writePill(parts, ended ? SAY.signedOut : pill, ended ? "" : look);
    writeStatus(parts, doing === "checking" ? CLAIMS.checking : "", ended ? SAY.ended : words);
    const first = basis === "unverified" ? READING.note : "";
    write(note, [first, whole || ended ? "" : CLAIMS.blotted].filter(Boolean).join(" "));
    if (filled === JSON.stringify(rows)) return;
    filled = JSON.stringify(rows);
    list.replaceChildren(...sections(rows, traits));
  }

  const names = /** @type {const} */ (["server", "subjects", "basis", "rows", "ended"]);
  const { end } = follow(props, parts, names, draw, (message) => {
    if (message?.kind === "claims") whole = message.rows;
  });
  return end;
}

export default { render };
