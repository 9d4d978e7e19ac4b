// An ID token, claim by claim.

import { follow, shell, writeStatus } from "./card.js";
import { claimList, claimRow } from "./claim_rows.js";
import { make, write } from "./parts.js";
import { SAY } from "./words.js";
import { CLAIMS } from "./words_claims.js";
import { READING } from "./words_reading.js";

/** @typedef {import("./claim_rows.js").Claim} Claim */
/**
 * What the kernel syncs. `rows` are blotted out where they may be about a person; whole ones come
 * by message. `basis`: whether this token signed in here, is held against a sign-in, or neither.
 * @typedef {{
 *   server: string, subjects: string, basis: "sign-in" | "held" | "unverified",
 *   rows: Claim[], ended: boolean,
 * }} Traits
 */

/** @param {Pick<Traits, "basis" | "server">} traits */
export function claimsTitle({ basis, server }) {
  if (basis === "unverified") return READING.title;
  if (basis === "held") return `${CLAIMS.held} ${server}`;
  return server ? `${CLAIMS.signIn} ${server}` : CLAIMS.ownToken;
}

/**
 * What came of all checks together, and how that looks.
 * @param {Traits["basis"]} basis
 * @param {Claim[]} rows
 * @returns {[words: string, look: string]}
 */
export function verdictOf(basis, rows) {
  const failed = rows.filter(({ passed }) => passed === false).length;
  const signature = rows.find(({ name }) => name === "signature");
  if (failed) return [failed === 1 ? CLAIMS.oneFailed : `${failed} ${CLAIMS.failed}`, "warn"];
  if (basis === "sign-in") return [CLAIMS.allPassed, "done"];
  if (basis === "unverified") return [READING.warning, "warn"];
  if (signature?.passed === undefined) return ["", ""];
  return signature.passed ? [CLAIMS.wouldPass, "done"] : [CLAIMS.unsure, "warn"];
}

/**
 * What the check of one claim came to.
 * @param {Claim} claim
 * @returns {[look: "yes" | "no" | "none", word: string, why: string] | null}
 */
export function checkOf({ name, passed, reason }) {
  if (passed === undefined) return null;
  if (passed) return ["yes", CLAIMS.passed, CLAIMS.good[name] ?? ""];
  if (passed === false) return ["no", CLAIMS.refused, reason ?? ""];
  return ["none", CLAIMS.unchecked, reason || CLAIMS.nothing];
}

/** @param {Claim} claim */
function checkLine(claim) {
  const check = checkOf(claim);
  if (!check) return [];
  const [look, word, why] = check;
  const line = make("span", "ow-verdict", make("strong", "", word), ` ${why}`);
  line.dataset.passed = look;
  return [line];
}

/** @param {string} subjects */
function whyThisName(subjects) {
  const text = make("p", "ow-help", CLAIMS.subjects[subjects] ?? CLAIMS.subjects[""]);
  return make("details", "ow-why", make("summary", "", CLAIMS.why), text);
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
    const { basis, ended, doing, subjects } = traits;
    const rows = ended ? [] : whole ?? traits.rows;
    const [words, look] = ended ? [SAY.ended, ""] : verdictOf(basis, rows);
    write(parts.title, claimsTitle(traits));
    writeStatus(parts, doing === "checking" ? CLAIMS.checking : "", words, look);
    const first = basis === "unverified" ? READING.note : "";
    write(note, [first, whole || ended ? "" : CLAIMS.blotted].filter(Boolean).join(" "));
    if (filled === JSON.stringify(rows)) return;
    filled = JSON.stringify(rows);
    const made = rows.map((claim) => {
      const why = claim.name === "sub" && claim.value ? [whyThisName(subjects)] : [];
      return claimRow(claim, ...checkLine(claim), ...why);
    });
    list.replaceChildren(...(made.length ? [claimList(made)] : []));
  }

  const names = /** @type {const} */ (["server", "subjects", "basis", "rows", "ended"]);
  const { end } = follow(props, parts, names, draw, (message) => {
    if (message?.kind === "claims") whole = message.rows;
  });
  return end;
}

export default { render };
