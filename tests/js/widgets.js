// The widgets' modules, as Node.js of every age takes them: there is no package.json above them.

import { readFile } from "node:fs/promises";

const FOLDER = new URL("../../oauth_widgets/widgets/", import.meta.url);
const IMPORT = /from "\.\/([\w-]+\.js)"/g;

/** The file's text. @param {string} name */
export const textOf = (name) => readFile(new URL(name, FOLDER), "utf8");

/** @param {string} name @returns {Promise<string>} */
async function urlOf(name) {
  let text = await textOf(name);
  for (const [whole, other] of [...text.matchAll(IMPORT)]) {
    text = text.replace(whole, `from "${await urlOf(other)}"`);
  }
  return `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`;
}

/** The module of that name. @param {string} name */
export const moduleOf = async (name) => import(await urlOf(name));

/** A file and all that it imports, each once. @param {string} name @returns {Promise<string[]>} */
export async function withImports(name) {
  const found = new Set([name]);
  for (const one of found) {
    for (const [, other] of (await textOf(one)).matchAll(/"\.\/([\w-]+\.(?:js|css))"/g)) {
      found.add(other);
    }
  }
  return [...found];
}
