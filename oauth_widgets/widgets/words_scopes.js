// What people read in the scope picker.

import { and } from "./words_needs.js";

export const PICK = {
  /** @param {string} server */
  title: (server) => `What do you want from ${server}?`,
  before: "Select what this notebook may do. The API's documentation says which scopes it needs. On the next page, most servers only let you allow all of it or none.",
  matrix: "Select the data you want. A dot shows which permissions (scopes) it needs.",
  legend: "A dot marks a scope that the data needs. To get more data, select it and ask again.",
  service: "Service",
  get: "You'll ask for",
  /** @param {string[]} names */
  also: (names) => `(plus ${and(names)})`,
  got: "You got",
  scopes: "Scopes",
  /** @param {number} count */
  all: (count) => `Choose scopes one by one (all ${count})`,
  /** @param {string[]} names */
  needs: (names) => `Needs ${and(names)}.`,
  /** @param {string} name */
  need: (name) => `needs ${name}`,
  /** @param {string[]} names */
  neededFor: (names) => `needed for ${names.join(", ")}`,
  serviceOff: "This client isn't registered for all of them.",
  default: "always included",
  off: "this client isn't registered for it",
  unsaid: "The server doesn't describe it.",
  /** @param {string[]} names */
  ask: (names) => !names.length ? "Sign in" : `Sign in ${names.length < 3 ? `for ${and(names)}` : `with ${names.length} scopes`}`,
  /** @param {string[]} names */
  more: (names) => `Ask for ${names.length < 3 ? and(names) : `${names.length} more scopes`}`,
  asking: "Preparing the sign-in…",
  /** @param {boolean} anyway */
  nothing: (anyway) => anyway
    ? "Nothing selected: you get only the scopes that are always included."
    : "Nothing selected. Most servers refuse a sign-in without scopes.",
  answered: "Signed in. Each scope shows whether it was granted.",
  changed: "Your choice has changed since the sign-in below was prepared. Prepare it again.",
  ways: {
    granted: "granted",
    extra: "granted by default",
    missing: "not granted",
    used: "used",
    refused: "the API needs it",
  },
  cells: {
    picked: "yes", default: "always", none: "–", later: "not yet", unasked: "not asked for", granted: "granted", extra: "by default",
    missing: "not granted", used: "used", refused: "needed",
  },
};
