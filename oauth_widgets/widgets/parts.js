// The parts that every card is made of.

import { SAY } from "./words.js";

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

/** @param {string} text */
export function button(text) {
  const node = make("button", "ow-button", text);
  node.type = "button";
  return node;
}

/**
 * A button that copies what `text` returns; where the page may not, the person sees it selected.
 * @param {() => string} text
 */
export function copyButton(text) {
  const node = button(SAY.copy);
  node.onclick = async () => {
    try {
      await navigator.clipboard.writeText(text());
    } catch {
      // an address without https has no such clipboard
      copyByHand(node, text());
    }
    node.textContent = SAY.copied;
  };
  return node;
}

/** @param {HTMLElement} beside @param {string} text */
function copyByHand(beside, text) {
  const area = make("textarea", "", text);
  beside.after(area);
  area.select();
  document.execCommand("copy");
  area.remove();
  beside.focus();
}

/** @param {string} label @param {Node | string} value */
export function row(label, value) {
  return make("div", "ow-row", make("dt", "", label), make("dd", "", value));
}

/** @param {string} label @param {string[]} names @param {string} [look] */
export function chipRow(label, names, look = "") {
  const list = make("ul", `ow-chips ${look}`, ...names.map((name) => make("li", "", name)));
  // Safari forgets that a list without bullets is one
  set(list, { role: "list" });
  return names.length ? [row(label, list)] : [];
}

/**
 * Only where it differs: a live region that is written again is read again.
 * @param {HTMLElement} node
 * @param {string} text
 */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}
