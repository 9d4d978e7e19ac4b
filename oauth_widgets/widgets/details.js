// What came of a sign-in: who, for what, until when, and which tokens.

import { claimList, claimRow } from "./claim_rows.js";
import { chipRow, make, row } from "./parts.js";
import { SAY } from "./words.js";

/**
 * What came of it: personal, so sent to the open page and kept in no trait. `expires` is ISO 8601.
 * @typedef {{
 *   who: [label: string, value: string][],
 *   granted: string[], extra: string[], missing: string[], expires: string | null,
 *   tokens: {name: string, about: string, claims: import("./claim_rows.js").Claim[]}[],
 * }} Details
 */

/** @param {Details["tokens"][number]} token */
export function tokenBlock({ name, about, claims }) {
  const rows = claims.map((claim) => claimRow(claim));
  const title = make("p", "", make("strong", "", name), about && ` – ${about}`);
  return make("div", "", title, ...(rows.length ? [claimList(rows)] : []));
}

/** @param {Details} details */
export function detailRows({ who, granted, extra, missing }) {
  const asked = granted.filter((name) => !extra.includes(name));
  return [
    ...who.map(([label, value]) => row(label, value)),
    ...chipRow(SAY.allowed, asked),
    ...chipRow(SAY.extra, extra),
    ...chipRow(SAY.missing, missing, "ow-missing"),
  ];
}
