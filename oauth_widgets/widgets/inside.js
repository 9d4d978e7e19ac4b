// The widgets in a login card, each drawn by its own script.

import { freshId } from "./card.js";
import { make, set, write } from "./parts.js";
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
 *
 * @typedef {keyof typeof SAY.views} View
 */

/**
 * The places of the widgets in a card: the session's own, and tabs for what a person may open.
 * @param {unknown} manager
 * @param {(name: View) => void} open asks for the widget of that name
 * @param {() => void} onDrawn called when a widget has been drawn
 */
export function insideOf(manager, open, onDrawn = () => {}) {
  const maker = /** @type {Maker} */ (manager);
  /** @type {Record<string, HTMLElement>} */
  const places = { session: make("div", "ow-inside") };
  /** @type {Set<string>} */
  const mounted = new Set();
  /** @type {{remove(): void}[]} */
  const drawn = [];
  /** @type {Record<string, ReturnType<typeof tabOf>>} */
  const made = {};
  const tabs = make("div", "ow-tabs");
  const panels = make("div", "", tabs);
  set(tabs, { role: "tablist", "aria-label": SAY.details });
  let shown = "";
  let ended = false;

  /** @param {string} name @param {string} reference */
  async function mount(name, reference) {
    mounted.add(name);
    try {
      const model = await maker.get_model(reference.replace("IPY_MODEL_", ""));
      const view = await maker.create_view(model);
      // The card may have gone while it was made.
      if (ended) return view.remove();
      drawn.push(view);
      places[name].replaceChildren(view.el);
      onDrawn();
    } catch {
      write(places[name], SAY.notSaved);
    }
  }

  /** Show the panel of this tab alone, or none if it is shown already. @param {HTMLElement} chosen */
  function select(chosen) {
    for (const [name, { tab, panel }] of Object.entries(made)) {
      const on = tab === chosen && panel.hidden;
      set(tab, { "aria-selected": String(on) });
      panel.hidden = !on;
      if (on) open(/** @type {View} */ (name));
    }
  }

  /** @param {View} name */
  function tabOf(name) {
    const tab = make("button", "ow-tab", SAY.views[name]);
    const panel = make("div", "ow-inside", make("p", "ow-note ow-late", SAY.slow));
    places[name] = panel;
    panel.hidden = true;
    tab.type = "button";
    tab.id = freshId();
    panel.id = freshId();
    set(tab, { role: "tab", "aria-selected": "false", "aria-controls": panel.id });
    set(panel, { role: "tabpanel", "aria-labelledby": tab.id });
    tab.onclick = () => select(tab);
    tab.onkeydown = ({ key }) => {
      /** @type {Record<string, any>} */
      const next = { ArrowRight: tab.nextSibling, ArrowLeft: tab.previousSibling };
      next[key]?.focus();
    };
    return { tab, panel };
  }

  /** Take away what was about another session. */
  function forget() {
    drawn.splice(0).forEach((view) => view.remove());
    mounted.clear();
    for (const name of Object.keys(made)) delete made[name];
    places.session.replaceChildren();
    shown = "";
  }

  /** @param {View[]} names */
  function offer(names) {
    shown = names.join(" ");
    const offered = names.map((name) => (made[name] ??= tabOf(name)));
    tabs.replaceChildren(...offered.map(({ tab }) => tab));
    panels.replaceChildren(tabs, ...offered.map(({ panel }) => panel));
  }

  return {
    session: places.session,
    panels,
    /** Whether the session's own card is there. */
    has: () => drawn.length > 0 && places.session.hasChildNodes(),
    /** @param {View[]} names @param {Inside} inside */
    draw(names, inside) {
      // marimo draws no widget within another.
      if (!maker?.create_view) return;
      if (mounted.size && !Object.keys(inside).length) forget();
      if (shown !== names.join(" ")) offer(names);
      panels.hidden = !names.length;
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
