// Claims as rows: the name and what it means, then the value.

import { make } from "./parts.js";
import { clock } from "./times.js";

/**
 * One claim. If it was checked, `passed` says how that ended: null if there was nothing to check.
 * @typedef {{name: string, value: string, meaning: string, passed?: boolean | null, reason?: string}} Claim
 */

const LONG = 200;
const MOMENT_CLAIMS = new Set(["exp", "iat", "nbf", "auth_time"]);

/**
 * The value as people read it: a moment as a time.
 * @param {Pick<Claim, "name" | "value">} claim
 * @param {number} now
 */
export function claimText({ name, value }, now) {
  const date = new Date(MOMENT_CLAIMS.has(name) ? Number(value || NaN) * 1000 : NaN);
  if (Number.isNaN(date.getTime())) return value;
  return clock(date, now);
}

/** The value, which scrolls if it is long, also with the keyboard. @param {Claim} claim */
export function claimValue(claim) {
  const text = claimText(claim, Date.now());
  const node = make("span", text === claim.value ? "ow-said" : "ow-said ow-moment", text);
  if (text.length > LONG) node.tabIndex = 0;
  return node;
}

/**
 * @param {Claim} claim
 * @param {(Node | string)[]} more follows the value
 */
export function claimRow(claim, ...more) {
  const name = make("span", "ow-claim", claim.name);
  const meaning = make("span", "ow-meaning", claim.meaning);
  const term = make("dt", "", name, ...(claim.meaning ? [" ", meaning] : []));
  const value = claim.value ? [claimValue(claim)] : [];
  return make("div", "ow-row", term, make("dd", "", ...value, ...more));
}

/** @param {Node[]} rows */
export const claimList = (rows) => make("dl", "ow-rows ow-claim-rows", ...rows);
