// What came of a sign-in: who, for what, until when, and which tokens.

import { chipRow, make, row } from "./parts.js";
import { clock } from "./times.js";
import { SAY } from "./words.js";

/**
 * What came of it: personal, so sent to the open page and kept in no trait. `expires` is ISO 8601.
 * @typedef {{
 *   who: [label: string, value: string][],
 *   granted: string[], extra: string[], missing: string[], expires: string | null,
 *   tokens: {name: string, about: string, claims: [string, string, meaning?: string][]}[],
 * }} Details
 */

const MOMENTS = new Set(["exp", "iat", "nbf", "auth_time"]);

/** @param {string} name @param {string} value */
function claim(name, value) {
  const seconds = MOMENTS.has(name) ? Number(value) : NaN;
  return seconds ? `${clock(new Date(seconds * 1000), 0)} (${value})` : value;
}

/** @param {Details["tokens"][number]} token */
export function tokenBlock({ name, about, claims }) {
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
export function detailRows({ who, granted, extra, missing }) {
  const asked = granted.filter((name) => !extra.includes(name));
  return [
    ...who.map(([label, value]) => row(label, value)),
    ...chipRow(SAY.allowed, asked),
    ...chipRow(SAY.extra, extra),
    ...chipRow(SAY.missing, missing, "ow-missing"),
  ];
}
