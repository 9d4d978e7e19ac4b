// Moments and how far away they are, as people say them.

import { SAY } from "./words.js";

const HALF_A_DAY = 43_200_000;
const UNITS = /** @type {const} */ ([["day", 86_400_000], ["hour", 3_600_000], ["minute", 60_000]]);

/**
 * "in 59 minutes", rounded down so that it never promises too much.
 * @param {number} milliseconds
 */
export function timeLeft(milliseconds) {
  if (milliseconds <= 0) return SAY.over;
  // "in 1 hour" would hide up to 59 minutes
  const unit = UNITS.find(([, size]) => milliseconds >= 2 * size);
  if (!unit) return SAY.soon;
  const [name, size] = unit;
  return new Intl.RelativeTimeFormat("en").format(Math.floor(milliseconds / size), name);
}

/**
 * The reader's own time of day, with the date if that is not clear: today's, or twelve hours away.
 * @param {Date} date
 * @param {number} now
 */
export function clock(date, now) {
  const near = Math.abs(date.getTime() - now) < HALF_A_DAY;
  const today = date.toDateString() === new Date(now).toDateString();
  const dateStyle = near || today ? undefined : "medium";
  return date.toLocaleString([], { dateStyle, timeStyle: "short" });
}

/**
 * As `expiry`, but with the last two minutes counted down.
 * @param {string | null} iso
 * @param {number} now
 */
export function countdown(iso, now) {
  const date = new Date(iso ?? NaN);
  const left = date.getTime() - now;
  if (!(left > 0 && left < 120_000)) return expiry(iso, now);
  return `${clock(date, now)} (${new Intl.RelativeTimeFormat("en").format(Math.ceil(left / 1000), "second")})`;
}

/** @param {string | null} iso @param {number} now */
export function expiry(iso, now) {
  const date = new Date(iso ?? NaN);
  if (Number.isNaN(date.getTime())) return SAY.unknown;
  return `${clock(date, now)} (${timeLeft(date.getTime() - now)})`;
}
