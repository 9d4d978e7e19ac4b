// The scope picker.

import { follow, freshId, shell, tellKernel, writeStatus } from "./card.js";
import { button, make, set, write } from "./parts.js";
import { SAY } from "./words.js";
import { PICK } from "./words_scopes.js";

/**
 * @typedef {{
 *   name: string, gives: string, needed_by: string[], default: boolean, registered: boolean,
 * }} Option
 * @typedef {{name: string, gives: string, scopes: string[], open: boolean}} Service
 * @typedef {keyof typeof PICK.ways} Way
 *
 * What the kernel syncs. `asked` is what the latest sign-in asked for, null while there is none;
 * `marks` says how each scope came out, and `granted` that there is a session.
 * @typedef {{
 *   server: string, services: Service[], scopes: Option[], picks: string[],
 *   asked: string[] | null, marks: Record<string, Way[]>, granted: boolean, ended: boolean,
 * }} Traits
 *
 * A line to tick. `marks` are short remarks: their words say it all, their look underlines it.
 * @typedef {{
 *   name: string, gives: string, remark: string, ticked: boolean, open: boolean,
 *   marks: {look: string, words: string}[],
 * }} Line
 */

const NAMES = /** @type {const} */ (
  ["server", "services", "scopes", "picks", "asked", "marks", "granted", "ended"]
);

/**
 * The picks after a service was ticked or not: its scopes come, or go where no other ticked
 * service needs them.
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
export function plan({ server, services, scopes, picks, asked, marks, granted, ended }) {
  const anyway = scopes.some((one) => one.default);
  const came = Object.entries(marks);
  const refused = came.filter(([, ways]) => ways.includes("refused")).map(([name]) => name);
  const session = granted && !ended;
  const further = picks.filter((one) => !marks[one]?.some((way) => way !== "refused"));
  const changed = asked !== null && !granted && asked.join(" ") !== inOrder(scopes, picks).join(" ");
  return {
    title: PICK.title(server),
    services: services.map((one) => ({
      name: one.name,
      gives: one.gives,
      remark: PICK.needs(one.scopes) + (one.open ? "" : ` ${PICK.serviceOff}`),
      ticked: isTicked(one, picks),
      open: one.open,
      marks: [],
    })),
    scopes: scopes.map((one) => ({
      name: one.name,
      gives: one.gives || PICK.unsaid,
      remark: "",
      ticked: picks.includes(one.name),
      open: one.registered,
      marks: marksOf(one, marks[one.name] ?? []),
    })),
    status: ended ? SAY.ended
      : refused.length ? PICK.refused(refused)
      : changed ? PICK.changed
      : session && !further.length ? PICK.came
      : picks.length ? PICK.picked(inOrder(scopes, picks))
      : PICK.nothing(anyway),
    note: session ? "" : PICK.before,
    ask: session ? PICK.more : PICK.ask,
    // a session that has it all already has nothing to ask for
    asks: !session || further.length > 0,
  };
}

/** @param {Option[]} scopes @param {string[]} picks */
function inOrder(scopes, picks) {
  return scopes.map((one) => one.name).filter((name) => picks.includes(name));
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

/** @param {string} text */
const sentence = (text) => (/[.!?…]$/.test(text) ? text : `${text}.`);

/** @param {string} name @param {(name: string) => void} tick */
function buildLine(name, tick) {
  const box = make("input", "");
  const gives = make("span", "ow-gives");
  const marks = make("span", "ow-marks");
  const label = make("label", "", name);
  const line = make("div", "ow-check", box, label, gives, marks);
  box.type = "checkbox";
  box.id = label.htmlFor = freshId();
  gives.id = freshId();
  marks.id = freshId();
  set(box, { "aria-describedby": `${gives.id} ${marks.id}` });
  box.onchange = () => tick(name);
  return { line, box, gives, marks };
}

/**
 * One group of lines, made anew only where its names change, so that the keyboard keeps its place.
 * @param {string} legend
 * @param {(name: string) => void} tick
 */
function buildGroup(legend, tick) {
  const group = make("fieldset", "ow-group", make("legend", "", legend));
  /** @type {Map<string, ReturnType<typeof buildLine>>} */
  let lines = new Map();

  /** @param {Line[]} wanted */
  function draw(wanted) {
    group.hidden = !wanted.length;
    if ([...lines.keys()].join(" ") !== wanted.map((one) => one.name).join(" ")) {
      for (const { line } of lines.values()) line.remove();
      lines = new Map(wanted.map((one) => [one.name, buildLine(one.name, tick)]));
      group.append(...[...lines.values()].map(({ line }) => line));
    }
    for (const { name, gives, remark, ticked, open, marks } of wanted) {
      const parts = /** @type {ReturnType<typeof buildLine>} */ (lines.get(name));
      parts.box.checked = ticked;
      parts.box.disabled = !open;
      write(parts.gives, [gives && sentence(gives), remark].filter(Boolean).join(" "));
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

/** @type {import("@anywidget/types").Render<Traits>} */
function render(props) {
  const { model } = props;
  const parts = shell("ow-scopes");
  /** @param {string[]} picks */
  const keep = (picks) => {
    model.set("picks", picks);
    model.save_changes();
  };
  const services = buildGroup(PICK.services, (name) =>
    keep(withService({ services: model.get("services"), picks: model.get("picks") }, name)));
  const scopes = buildGroup(PICK.scopes, (name) => keep(withScope(model.get("picks"), name)));
  const ask = button("");
  ask.classList.add("ow-primary");
  ask.onclick = () => tellKernel(model, parts, { kind: "ask" });
  const note = make("p", "ow-note");
  const actions = make("div", "ow-actions", ask);
  parts.title.after(note, services.group, scopes.group);
  parts.card.append(actions);

  const { end } = follow(props, parts, NAMES, (traits) => {
    const wanted = plan(traits);
    write(parts.title, wanted.title);
    services.draw(wanted.services);
    scopes.draw(wanted.scopes);
    write(note, wanted.note);
    writeStatus(parts, traits.doing && PICK.asking, wanted.status);
    write(ask, wanted.ask);
    actions.hidden = !wanted.asks;
  });
  return end;
}

export default { render };
