// Whether signing in works here: the answer on top, everything that was checked below it.

import { follow, shell, writePill, writeStatus } from "./card.js";
import { probed, whereAmI } from "./page.js";
import { copyButton, fold, icon, make, set } from "./parts.js";
import { DOCTOR } from "./words_doctor.js";

/** @typedef {[sign: "✓" | "✗" | "·", what: string, said: string[], register: string]} Row */

const MARKS = { "✓": icon.bind(null, "yes"), "✗": icon.bind(null, "no"), "·": () => "·" };

/** @param {string} address @param {string} words */
function registered(address, words) {
  const code = make("code", "ow-address", address);
  return make("div", "ow-register", make("p", "ow-note", words), code, copyButton(() => address));
}

/** @param {Row} row */
function line([sign, what, said, register]) {
  const mark = make("td", "ow-sign", MARKS[sign](), make("span", "ow-unseen", DOCTOR.signs[sign]));
  set(mark, { "data-sign": sign });
  const name = make("th", "", what);
  set(name, { scope: "row" });
  const cell = make("td", "", ...said.map((text) => make("p", "", text)));
  if (register) cell.append(registered(register, DOCTOR.other));
  return make("tr", "", mark, name, cell);
}

/** @param {Row} row */
function answer([, , said, register]) {
  const lines = said.slice(1).map((text) => make("p", "ow-note", text));
  return [...lines, ...(register ? [registered(register, DOCTOR.register)] : [])];
}

/** @type {import("@anywidget/types").Render<{}>} */
function render(props) {
  const parts = shell("ow-doctor");
  const verdict = make("div", "");
  const body = make("tbody", "");
  const details = fold("ow-fold", DOCTOR.details, make("table", "ow-table", body));
  parts.title.textContent = DOCTOR.title;
  parts.card.append(verdict, details);
  let complete = false;
  let answered = "";

  /** @param {any} message */
  async function heard(message) {
    if (message?.kind === "rows") {
      complete ||= message.complete;
      const [first, ...rows] = /** @type {Row[]} */ (message.rows);
      writePill(parts, DOCTOR.pills[first[0]], first[0] === "✗" ? "bad" : "good");
      verdict.replaceChildren(...answer(first));
      answered = first[2][0];
      body.replaceChildren(...rows.map(line));
    } else if (message?.kind === "where") {
      props.model.send({ kind: "page", ...(await probed(whereAmI(window), message, true)) });
      complete = true;
    }
  }

  const draw = () => writeStatus(parts, complete ? "" : DOCTOR.looking, answered);
  return follow(props, parts, [], draw, heard).end;
}

export default { render };
