// A sign-in on another device.

import { follow, shell, writeHint, writePill, writeStatus } from "./card.js";
import { deviceBox } from "./device.js";
import { probed, whereAmI } from "./page.js";
import { button, make, write } from "./parts.js";
import { SAY } from "./words.js";
import { CODE } from "./words_device_code.js";

/**
 * What the kernel syncs; the code and its link only for as long as they are good.
 * @typedef {{
 *   phase: "waiting" | "signed_in" | "failed" | "cancelled" | "expired", server: string,
 *   requested: string[],
 * } & import("./device.js").Device} Traits
 */

/**
 * The status line, and the mark at the title's right.
 * @param {Traits["phase"]} phase
 * @param {boolean} telling the kernel was told to stop and hasn't yet
 * @returns {{busy: string, said: string, pill: [words: string, look: string]}}
 */
export function devicePlan(phase, telling) {
  if (phase === "waiting") {
    return telling ? { busy: SAY.telling, said: "", pill: ["", ""] }
      : { busy: SAY.elsewhere, said: "", pill: [SAY.pills.turn, "turn"] };
  }
  if (phase === "signed_in") return { busy: "", said: CODE.signedIn, pill: [SAY.signedIn, "good"] };
  const what = phase === "expired" ? CODE.expired : phase === "failed" ? `${SAY.failed}.` : SAY.cancelled;
  const pill = /** @type {[string, string]} */ (phase === "failed" ? [SAY.pills.failed, "bad"] : ["", ""]);
  return { busy: "", said: `${what} ${CODE.runAgain}`, pill };
}

/** @type {import("@anywidget/types").Render<Traits>} */
function render(props) {
  const { model } = props;
  const parts = shell("ow-device-code");
  const place = make("div", "");
  const cancel = button(SAY.cancel);
  const actions = make("div", "ow-actions");
  cancel.classList.add("ow-quiet", "ow-end");
  parts.card.append(place, actions);
  /** @type {ReturnType<typeof deviceBox> | null} */
  let box = null;
  let telling = false;
  let filled = "";

  cancel.onclick = () => {
    telling = true;
    model.send({ kind: "cancel" });
    redraw();
  };

  /** @param {Traits} traits */
  function draw(traits) {
    const { phase, server } = traits;
    const waits = phase === "waiting";
    const { busy, said, pill } = devicePlan(phase, telling);
    write(parts.title, CODE.title(server));
    writePill(parts, ...pill);
    writeStatus(parts, busy, said);
    // The person is at work here, and not the kernel.
    if (!telling) parts.status.dataset.look = "";
    if (!telling) writeHint(parts.hint, busy ? SAY.waitingHint : "");
    const shown = waits ? JSON.stringify(traits) : "";
    if (waits && filled !== shown) {
      box = deviceBox(traits, traits.requested);
      place.replaceChildren(box.node);
      actions.replaceChildren(box.open, cancel);
    } else if (!waits && box) {
      box = null;
      place.replaceChildren();
    }
    filled = shown;
    actions.hidden = !waits;
  }

  /** @param {any} message */
  async function heard(message) {
    if (message?.kind !== "where") return;
    const page = await probed(whereAmI(window), message);
    model.send({ kind: "page", ...page });
  }

  const timer = setInterval(() => box?.tick(), 1000);
  const names = /** @type {const} */ (
    [
      "phase", "server", "requested",
      "user_code", "verification_uri", "verification_uri_complete", "expires_at",
    ]
  );
  const { redraw, end } = follow(props, parts, names, draw, heard);
  return () => {
    clearInterval(timer);
    end();
  };
}

export default { render };
