// What people read in the scope picker.

/** @param {string[]} names */
const and = (names) => names.length < 3 ? names.join(" and ") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;

export const PICK = {
  /** @param {string} server */
  title: (server) => `What do you want from ${server}?`,
  before: "Choose before you sign in: most servers’ own pages only let you allow or refuse everything.",
  matrix: "Tick a service. A dot marks a scope it needs.",
  service: "Service",
  get: "You will get",
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
  serviceOff: "This client isn’t registered for all of them.",
  default: "always included",
  off: "this client isn’t registered for it",
  unsaid: "The server doesn’t describe this scope.",
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
  refused: (names) => `The API needs ${and(names)} too.`,
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
    picked: "requested", default: "by default", none: "–", granted: "granted", extra: "by default",
    missing: "not granted", used: "used", refused: "missing",
  },
};
