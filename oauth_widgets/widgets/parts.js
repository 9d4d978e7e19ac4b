// The parts that every card is made of.

import { SAY } from "./words.js";

const LINES = {
  yes: "M3 9l4 4 8-10",
  no: "M4 4l10 10M14 4L4 14",
  out: "M7 3h8v8M15 3L4 14",
  fold: "M6 3l6 6-6 6",
};

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {string} className
 * @param {(Node | string)[]} children strings become text, never HTML
 */
export function make(tag, className, ...children) {
  const node = document.createElement(tag);
  node.className = className;
  node.append(...children);
  return node;
}

/** @param {Element} node @param {Record<string, string>} attributes */
export function set(node, attributes) {
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
}

/** A small drawing that only underlines what words say. @param {keyof typeof LINES} name */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const node = document.createElementNS(space, "svg");
  const line = document.createElementNS(space, "path");
  set(node, { class: "ow-icon", viewBox: "0 0 18 18", "aria-hidden": "true" });
  set(line, { d: LINES[name] });
  node.append(line);
  return node;
}

/** @param {string} text */
export function button(text) {
  const node = make("button", "ow-button", text);
  node.type = "button";
  return node;
}

/** A link that opens a new window. @param {string} text */
export function linkOut(text) {
  const words = make("span", "", text);
  const node = make("a", "ow-button", words, icon("out"));
  set(node, { target: "_blank", rel: "noopener noreferrer" });
  return { node, words };
}

/** @param {string} look @param {string} words @param {(Node | string)[]} children */
export function fold(look, words, ...children) {
  return make("details", look, make("summary", "", icon("fold"), make("span", "", words)), ...children);
}

/**
 * A button that copies what `text` returns; if the page may not, the person sees it selected.
 * @param {() => string} text
 */
export function copyButton(text) {
  const node = button(SAY.copy);
  node.onclick = async () => {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      // An address without https has no such clipboard.
      copyByHand(node, text());
    }
    node.textContent = SAY.copied;
  };
  return node;
}

/** @param {HTMLElement} button @param {string} text */
function copyByHand(button, text) {
  const area = make("textarea", "", text);
  button.after(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  button.focus();
}

/** @param {string} label @param {Node | string} value */
export function row(label, value) {
  return make("div", "ow-row", make("dt", "", label), make("dd", "", value));
}

/** Safari forgets that a list without bullets is one. @param {string} look @param {Node[]} items */
export function list(look, items) {
  const node = make("ul", look, ...items);
  set(node, { role: "list" });
  return node;
}

/** @param {string[]} names @param {string} [look] */
export function chips(names, look = "") {
  return list(`ow-chips ${look}`, names.map((name) => make("li", "", name)));
}

/** @param {string} label @param {string[]} names @param {string} [look] */
export function chipRow(label, names, look = "") {
  return names.length ? [row(label, chips(names, look))] : [];
}

/**
 * Scopes as sentences, with their names at the right.
 * @param {string[]} names
 * @param {Record<string, string>} meanings
 */
export function scopeList(names, meanings) {
  return list("ow-list", names.map((name) => make(
    "li", "", make("span", "", meanings[name] || name), make("span", "", meanings[name] ? name : ""),
  )));
}

/**
 * Only if it differs: a live region that is written again is read again.
 * @param {HTMLElement} node
 * @param {string} text
 */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
