// A code to enter on another device, for any card that offers that way.

import { isLoopback } from "./page.js";
import { chipRow, linkOut, make, row, write } from "./parts.js";
import { countdown } from "./times.js";
import { webAddress } from "./window.js";
import { DEVICE } from "./words_device.js";

/**
 * A sign-in that waits for another device, by the names of RFC 8628 3.2; `expires_at` is ISO 8601.
 * @typedef {{
 *   user_code: string, verification_uri: string, verification_uri_complete: string | null,
 *   expires_at: string,
 * }} Device
 */

/**
 * Its parts: `node` and the link `open` to put into a card, and `tick` to be called each second.
 * @param {Device} device
 * @param {string[]} requested the scope
 */
export function deviceBox(device, requested) {
  const { user_code, verification_uri, verification_uri_complete, expires_at } = device;
  const left = make("span", "");
  const page = webAddress(verification_uri);
  const rows = make(
    "dl", "ow-rows",
    row(page && isLoopback(new URL(page).hostname) ? DEVICE.here : DEVICE.address, make("span", "ow-device-page", verification_uri)),
    row(DEVICE.code, make("span", "ow-user-code", user_code)),
    row(DEVICE.until, left),
    ...chipRow(DEVICE.asks, requested),
  );
  const checks = make("ul", "ow-advice", ...DEVICE.checks.map((check) => make("li", "", check)));
  const before = make("strong", "", DEVICE.before);
  const advice = make("div", "ow-before", make("p", "", before), checks, make("p", "", DEVICE.differs));
  const { node: open } = linkOut(DEVICE.open);
  const href = webAddress(verification_uri_complete) || page;
  open.hidden = !href;
  if (href) open.href = href;
  const tick = () => write(left, countdown(expires_at, Date.now()));
  tick();
  return { node: make("div", "ow-device", rows, advice), open, tick };
}
