// What works here: a table that asks the page as well.

import { follow, shell, writeStatus } from "./card.js";
import { probed, whereAmI } from "./page.js";
import { copyButton, make, set } from "./parts.js";
import { DOCTOR } from "./words_doctor.js";

/** @typedef {[sign: "✓" | "✗" | "·", what: string, said: string[], register: string]} Row */

/** @param {Row} row */
function line([sign, what, said, register]) {
  const mark = make("td", "ow-sign", sign);
  set(mark, { "aria-label": DOCTOR.signs[sign], "data-sign": sign });
  const name = make("th", "", what);
  set(name, { scope: "row" });
  const cell = make("td", "", ...said.map((text) => make("p", "", text)));
  if (register) {
    const address = make("code", "ow-address", register);
    const copy = copyButton(() => register);
    cell.append(make("div", "ow-register", make("p", "ow-help", DOCTOR.register), address, copy));
  }
  return make("tr", "", mark, name, cell);
}

/** @type {import("@anywidget/types").Render<{}>} */
function render(props) {
  const parts = shell("ow-doctor");
  const body = make("tbody", "");
  parts.title.textContent = DOCTOR.title;
  parts.card.append(make("table", "ow-table", body));
  let asked = false;

  /** @param {any} message */
  async function heard(message) {
    if (message?.kind === "rows") {
      asked ||= message.asked;
      body.replaceChildren(...message.rows.map(line));
    } else if (message?.kind === "where") {
      props.model.send({ kind: "page", ...(await probed(whereAmI(window), message, true)) });
      asked = true;
    }
  }

  const draw = () => writeStatus(parts, asked ? "" : DOCTOR.looking, asked ? DOCTOR.done : "");
  return follow(props, parts, [], draw, heard).end;
}

export default { render };
