// A bar for the life of a token: how much has passed.

import { make, set } from "./parts.js";

/** @param {string | null} iso */
export const moment = (iso) => (iso ? new Date(iso).getTime() : NaN);

/**
 * Where `at` is between two moments, in percent; 0 or 100 outside of them.
 * @param {number} from @param {number} to @param {number} at
 */
export function percent(from, to, at) {
  const part = Math.min(Math.max((at - from) / (to - from), 0), 1);
  return Math.round(part * 1000) / 10;
}

/** The bar is decoration: the words next to it say the same. @param {Node[]} more */
export function lifeBar(...more) {
  const passed = make("i", "");
  const node = make("div", "ow-life", passed, ...more);
  set(node, { "aria-hidden": "true" });
  /** @param {number} now in percent */
  const draw = (now) => {
    passed.style.width = `${now}%`;
  };
  return { node, draw };
}
