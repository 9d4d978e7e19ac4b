// The widgets that stand in a card, each drawn by a script of its own.

import { make, write } from "./parts.js";
import { SAY } from "./words.js";

/**
 * What a page can make of a widget's model; the types of anywidget leave the second out.
 * @typedef {{
 *   get_model(id: string): Promise<object>,
 *   create_view(model: object): Promise<{el: HTMLElement, remove(): void}>,
 * }} Maker
 *
 * Which there are, by name, as widgets are synced.
 * @typedef {Record<string, string>} Inside
 */

/**
 * The places of the widgets in a card: the session's own, and folds for what a person may open.
 * @param {unknown} manager
 * @param {(name: keyof typeof SAY.views) => void} open asks for the widget of that name
 */
export function insideOf(manager, open) {
  const maker = /** @type {Maker} */ (manager);
  /** @type {Record<string, HTMLElement>} */
  const places = { session: make("div", "ow-inside") };
  /** @type {Set<string>} */
  const mounted = new Set();
  /** @type {{remove(): void}[]} */
  const drawn = [];
  /** @type {Record<string, HTMLElement>} */
  const made = {};
  const folds = make("div", "");
  let shown = "";
  let ended = false;

  /** @param {string} name @param {string} reference */
  async function mount(name, reference) {
    mounted.add(name);
    try {
      const model = await maker.get_model(reference.replace("IPY_MODEL_", ""));
      const view = await maker.create_view(model);
      // the card went while it was made
      if (ended) return view.remove();
      drawn.push(view);
      places[name].replaceChildren(view.el);
    } catch {
      write(places[name], SAY.notSaved);
    }
  }

  /** @param {keyof typeof SAY.views} name */
  function fold(name) {
    places[name] = make("div", "ow-inside", make("p", "ow-note ow-late", SAY.slow));
    const node = make("details", "ow-fold", make("summary", "", SAY.views[name]), places[name]);
    node.ontoggle = () => node.open && open(name);
    return node;
  }

  /** What stood here was about another session. */
  function forget() {
    drawn.splice(0).forEach((view) => view.remove());
    mounted.clear();
    for (const name of Object.keys(made)) delete made[/** @type {keyof typeof SAY.views} */ (name)];
    places.session.replaceChildren();
    shown = "";
  }

  return {
    session: places.session,
    folds,
    /** @param {(keyof typeof SAY.views)[]} names @param {Inside} inside */
    draw(names, inside) {
      // marimo draws no widget within another
      if (!maker?.create_view) return;
      if (mounted.size && !Object.keys(inside).length) forget();
      if (shown !== names.join(" ")) {
        shown = names.join(" ");
        folds.replaceChildren(...names.map((name) => (made[name] ??= fold(name))));
      }
      for (const [name, reference] of Object.entries(inside)) {
        if (places[name] && !mounted.has(name)) mount(name, reference);
      }
    },
    end() {
      ended = true;
      drawn.forEach((view) => view.remove());
    },
  };
}
