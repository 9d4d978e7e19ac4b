// What people read in the scope picker.

/** @param {string[]} names */
const and = (names) => names.length < 3 ? names.join(" and ") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

export const PICK = {
  /** @param {string} server */
  title: (server) => `What do you want from ${server}?`,
  before: "Tick what this notebook may do; the documentation of your API says what it needs. Choose now: later, most servers only let you allow or refuse all of it.",
  matrix: "Tick the data you want. A dot shows which permissions (scopes) it needs.",
  service: "Service",
  get: "You'll ask for",
  got: "You got",
  scopes: "Scopes",
  /** @param {number} count */
  all: (count) => `Choose scopes one by one (${count})`,
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
    ? "Nothing picked: you get only the scopes that are always included."
    : "Nothing picked. Most servers refuse a sign-in without scopes.",
  /** @param {string[]} names */
  refused: (names) => `The API also needs ${and(names)}, which this sign-in doesn't have.`,
  answered: "Signed in. Each scope shows whether it was granted.",
  changed: "Your choice has changed since the sign-in below was prepared. Prepare it again.",
  ways: {
    granted: "granted",
    extra: "granted by default",
    missing: "not granted",
    used: "used",
    refused: "missing: the API needs it",
  },
  cells: {
    picked: "yes", default: "always", none: "–", later: "not yet", unasked: "not asked", granted: "granted", extra: "by default",
    missing: "not granted", used: "used", refused: "missing",
  },
};
