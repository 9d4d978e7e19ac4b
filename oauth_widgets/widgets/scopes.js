// The scope picker.

import { follow, freshId, shell, tellKernel, writePill, writeStatus } from "./card.js";
import { button, fold, icon, make, set, write } from "./parts.js";
import { SAY } from "./words.js";
import { lacking } from "./words_needs.js";
import { PICK } from "./words_scopes.js";

/**
 * @typedef {{
 *   name: string, gives: string, needed_by: string[], default: boolean, registered: boolean,
 * }} Option
 * @typedef {{name: string, gives: string, scopes: string[], open: boolean}} Service
 * @typedef {keyof typeof PICK.ways} Way
 *
 * What the kernel syncs. `requested` is what the latest sign-in asked for, null without one;
 * `marks` says what became of each scope, and `granted` that there is a session.
 * @typedef {{
 *   server: string, services: Service[], scopes: Option[], picks: string[],
 *   requested: string[] | null, marks: Record<string, Way[]>, granted: boolean, ended: boolean,
 * }} Traits
 *
 * A line to tick. `marks` are short remarks: their words say it all, their look underlines it.
 * `needs` are the columns of the matrix that have a dot in this line.
 * @typedef {{
 *   name: string, gives: string, remark: string, ticked: boolean, open: boolean, needs: string[],
 *   marks: {look: string, words: string}[],
 * }} Line
 *
 * @typedef {{name: string, look: "yes" | "no" | "", words: string}} Outcome
 */

/** With more columns the matrix becomes a list, since it would not fit. */
const COLUMNS = 6;
const LONG = 40; // characters of a name that no column has room for
const NAMES = /** @type {const} */ (
  ["server", "services", "scopes", "picks", "requested", "marks", "granted", "ended"]
);

/**
 * The picks after a service was ticked or not: its scopes are added, or removed if no other
 * ticked service needs them.
 * @param {Pick<Traits, "services" | "picks">} traits
 * @param {string} name
 */
export function withService({ services, picks }, name) {
  const service = services.find((one) => one.name === name);
  if (!service) return picks;
  if (!isTicked(service, picks)) return [...new Set([...picks, ...service.scopes])];
  const others = services.filter((one) => one !== service && isTicked(one, picks));
  const kept = new Set(others.flatMap((one) => one.scopes));
  return picks.filter((one) => kept.has(one) || !service.scopes.includes(one));
}

/** @param {string[]} picks @param {string} name */
export function withScope(picks, name) {
  return picks.includes(name) ? picks.filter((one) => one !== name) : [...picks, name];
}

/**
 * Whether all that a service needs is picked.
 * @param {Service} service
 * @param {string[]} picks
 */
const isTicked = ({ scopes }, picks) => scopes.every((one) => picks.includes(one));

/**
 * What the picker shows, in words and switches.
 * @param {Traits} traits
 */
export function plan({ server, services, scopes, picks, requested, marks, granted, ended }) {
  const anyway = scopes.some((one) => one.default);
  const refused = Object.entries(marks).filter(([, ways]) => ways.includes("refused")).map(([name]) => name);
  const session = granted && !ended;
  const further = picks.filter((one) => !marks[one]?.some((way) => way !== "refused"));
  const changed = requested !== null && !granted && requested.join(" ") !== inOrder(scopes, picks).join(" ");
  const columns = scopes.filter((one) => one.needed_by.length);
  return {
    title: PICK.title(server),
    pill: /** @type {[string, string]} */ (
      ended ? [SAY.signedOut, ""] : session ? [SAY.signedIn, "good"] : ["", ""]
    ),
    columns: columns.map((one) => outcomeOf(one, picks, marks[one.name] ?? [], session)),
    // What is asked for, or was granted, in no column.
    others: scopes.filter((one) => !columns.includes(one) && (session ? marks[one.name]?.includes("granted") : picks.includes(one.name)))
      .map(({ name }) => name),
    services: services.map((one) => ({
      name: one.name,
      gives: one.gives,
      remark: PICK.needs(one.scopes) + (one.open ? "" : ` ${PICK.serviceOff}`),
      ticked: isTicked(one, picks),
      open: one.open,
      needs: one.scopes,
      marks: [],
    })),
    scopes: scopes.map((one) => ({
      name: one.name,
      gives: one.gives || PICK.unsaid,
      remark: "",
      ticked: picks.includes(one.name),
      open: one.registered,
      needs: [],
      marks: marksOf(one, marks[one.name] ?? []),
    })),
    status: ended ? SAY.ended
      : refused.length ? lacking(refused, refused.filter((name) => marks[name].includes("missing")))
      : changed ? PICK.changed
      : session && !further.length ? PICK.answered
      : picks.length ? ""
      : PICK.nothing(anyway),
    needs: !ended && refused.length > 0,
    note: !services.length ? (session ? "" : PICK.before) : session ? PICK.legend : PICK.matrix,
    ask: session ? PICK.more(inOrder(scopes, further)) : PICK.ask(inOrder(scopes, picks)),
    // A session that has every scope has nothing to ask for.
    asks: !session || further.length > 0,
  };
}

/** @param {Option[]} scopes @param {string[]} picks */
function inOrder(scopes, picks) {
  return scopes.map((one) => one.name).filter((name) => picks.includes(name));
}

/**
 * How one column of the matrix comes out: what will be granted, or what was.
 * @param {Option} option
 * @param {string[]} picks
 * @param {Way[]} ways
 * @param {boolean} session
 * @returns {Outcome}
 */
function outcomeOf({ name, ...option }, picks, ways, session) {
  const way = session ? ways.find((one) => one !== "used") : undefined;
  if (way) return { name, look: way === "granted" || way === "extra" ? "yes" : "no", words: PICK.cells[way] };
  if (picks.includes(name)) return { name, look: session ? "" : "yes", words: PICK.cells[session ? "later" : "picked"] };
  if (option.default && !session) return { name, look: "yes", words: PICK.cells.default };
  return { name, look: "", words: PICK.cells[session ? "unasked" : "none"] };
}

/** @param {Option} option @param {Way[]} ways */
function marksOf(option, ways) {
  const marks = ways.map((way) => ({ look: String(way), words: PICK.ways[way] }));
  if (!option.registered) marks.unshift({ look: "off", words: PICK.off });
  if (option.default) marks.unshift({ look: "default", words: PICK.default });
  if (option.needed_by.length) {
    marks.unshift({ look: "needed", words: PICK.neededFor(option.needed_by) });
  }
  return marks;
}

/** @param {string} name @param {(name: string) => void} tick */
function buildLine(name, tick) {
  const box = make("input", "");
  const gives = make("span", "");
  const marks = make("span", "ow-marks");
  // What it lets a person do comes first: its name says little to most of them.
  const label = make("label", "", gives, " ", make("span", "ow-code", name));
  const line = make("div", "ow-check", box, label, marks);
  box.type = "checkbox";
  box.id = label.htmlFor = freshId();
  marks.id = freshId();
  set(box, { "aria-describedby": marks.id });
  box.onchange = () => tick(name);
  return { line, box, gives, marks };
}

/**
 * One group of lines, made anew only if its names change, so that the keyboard keeps its place.
 * @param {string} legend
 * @param {(name: string) => void} tick
 */
function buildGroup(legend, tick) {
  const group = make("fieldset", "ow-group", make("legend", "", legend));
  /** @type {Map<string, ReturnType<typeof buildLine>>} */
  let lines = new Map();

  /** @param {Line[]} entries */
  function draw(entries) {
    group.hidden = !entries.length;
    if ([...lines.keys()].join(" ") !== entries.map((one) => one.name).join(" ")) {
      for (const { line } of lines.values()) line.remove();
      lines = new Map(entries.map((one) => [one.name, buildLine(one.name, tick)]));
      group.append(...[...lines.values()].map(({ line }) => line));
    }
    for (const { name, gives, ticked, open, marks } of entries) {
      const parts = /** @type {ReturnType<typeof buildLine>} */ (lines.get(name));
      parts.box.checked = ticked;
      parts.box.disabled = !open;
      write(parts.gives, gives);
      const shown = marks.map(({ look, words }) => `${look} ${words}`).join("|");
      if (parts.marks.dataset.shown === shown) continue;
      parts.marks.dataset.shown = shown;
      parts.marks.replaceChildren(...marks.map(({ look, words }) => {
        const mark = make("span", "ow-mark", words);
        mark.dataset.look = look;
        return mark;
      }));
    }
  }
  return { group, draw };
}

/**
 * Services and the scopes they need; a list if there is no room for columns.
 * @param {(name: string) => void} tick
 */
function buildMatrix(tick) {
  const table = make("table", "ow-matrix");
  const id = freshId();
  let drawn = "";
  set(table, { "aria-label": PICK.service });

  /** @param {Line} line @param {string[]} columns */
  function service({ name, gives, remark, ticked, open, needs }, columns) {
    const box = make("input", "");
    const label = make("label", "", name);
    const about = make("span", "ow-help", gives);
    const says = make("span", "ow-help ow-needs", remark);
    box.type = "checkbox";
    box.checked = ticked;
    box.disabled = !open;
    box.id = label.htmlFor = `${id}-${name}`;
    says.id = `${id}-needs-${name}`;
    set(box, { "aria-describedby": says.id });
    box.onchange = () => tick(name);
    const head = make("th", "", box, label, about, says);
    set(head, { scope: "row" });
    const row = make("tr", "", head, ...columns.map((column) => {
      const dot = make("span", "ow-dot");
      set(dot, { role: "img", "aria-label": PICK.need(column) });
      return make("td", "", ...(needs.includes(column) ? [dot] : []));
    }));
    row.dataset.ticked = String(ticked);
    return row;
  }

  /** @param {ReturnType<typeof plan>} view @param {boolean} session */
  function draw({ services, columns, others }, session) {
    table.hidden = !services.length;
    table.dataset.list = String(columns.length > COLUMNS || columns.some(({ name }) => name.length > LONG));
    const source = JSON.stringify([services, columns, others, session]);
    if (drawn === source) return;
    drawn = source;
    // The keyboard stays on the box that was ticked, which is made anew.
    const root = /** @type {Document | ShadowRoot} */ (table.getRootNode());
    const held = table.contains(root.activeElement) ? root.activeElement?.id : "";
    const names = columns.map(({ name }) => name);
    const first = make("th", "", PICK.service);
    // A long name may break before each of its dots, and nowhere else.
    const heads = names.map((name) =>
      make("th", "ow-code", ...name.split(/(?=\.)/).flatMap((part) => [make("wbr", ""), part])));
    for (const one of [first, ...heads]) set(one, { scope: "col" });
    const get = make("th", "", session ? PICK.got : PICK.get, ...(others.length ? [" ", make("span", "ow-help", PICK.also(others))] : []));
    set(get, { scope: "row" });
    const outcomes = columns.map(({ name, look, words }) => {
      const cell = make("td", "", make("span", "ow-code", name), ...(look ? [icon(look), " "] : []), words);
      cell.dataset.look = look;
      return cell;
    });
    table.replaceChildren(
      make("thead", "", make("tr", "", first, ...heads)),
      make("tbody", "", ...services.map((line) => service(line, names))),
      make("tfoot", "", make("tr", "", get, ...outcomes)),
    );
    const again = held && table.querySelector(`#${CSS.escape(held)}`);
    if (again instanceof HTMLElement) again.focus();
  }
  return { table, draw };
}

/** @type {import("@anywidget/types").Render<Traits>} */
function render(props) {
  const { model } = props;
  const parts = shell("ow-scopes");
  /** @param {string[]} picks */
  const keep = (picks) => {
    model.set("picks", picks);
    model.save_changes();
  };
  const matrix = buildMatrix((name) =>
    keep(withService({ services: model.get("services"), picks: model.get("picks") }, name)));
  const scopes = buildGroup(PICK.scopes, (name) => keep(withScope(model.get("picks"), name)));
  const all = fold("ow-fold", PICK.all(0), scopes.group);
  const summary = /** @type {HTMLElement} */ (all.firstChild);
  const ask = button("");
  ask.classList.add("ow-primary");
  ask.onclick = () => tellKernel(model, parts, { kind: "ask" });
  const note = make("p", "ow-note");
  const actions = make("div", "ow-actions", ask);
  // Without services the list is all there is.
  all.open = summary.hidden = !model.get("services").length;
  parts.alert.after(note, matrix.table);
  parts.card.append(all, actions);

  const { end } = follow(props, parts, NAMES, (traits) => {
    const view = plan(traits);
    write(parts.title, view.title);
    writePill(parts, ...view.pill);
    matrix.draw(view, traits.granted && !traits.ended);
    scopes.draw(view.scopes);
    write(/** @type {HTMLElement} */ (summary.lastChild), PICK.all(traits.scopes.length));
    write(note, view.note);
    writeStatus(parts, traits.doing && PICK.asking, view.status);
    if (!traits.doing && view.needs) parts.status.dataset.look = "needs";
    write(ask, view.ask);
    actions.hidden = !view.asks;
  });
  return end;
}

export default { render };
