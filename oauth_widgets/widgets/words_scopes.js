// What people read in the scope picker, in one place and in plain words.

export const PICK = {
  /** @param {string} server */
  title: (server) => `What to ask ${server} for`,
  before:
    "Choose here, before you sign in: on most servers’ own pages people can only allow or refuse the whole.",
  services: "Services",
  scopes: "Scopes",
  /** @param {string[]} names */
  needs: (names) => `Needs ${names.join(" and ")}.`,
  /** @param {string[]} names */
  neededFor: (names) => `needed for ${names.join(", ")}`,
  serviceOff: "This client is not registered for all that it needs.",
  default: "comes with every sign-in, picked or not",
  off: "this client is not registered for it",
  unsaid: "The server does not say what it gives.",
  ask: "Sign in for these",
  more: "Ask for more",
  asking: "Beginning the sign-in…",
  /** @param {string[]} names */
  picked: (names) => `Picked: ${names.join(", ")}.`,
  /** @param {boolean} anyway */
  nothing: (anyway) => anyway
    ? "Nothing is picked: only what comes with every sign-in is given."
    : "Nothing is picked. Most servers refuse a sign-in that asks for nothing.",
  /** @param {string[]} names */
  refused: (names) => `A service said no: it needs ${names.join(" and ")} as well.`,
  came: "Signed in. Beside each scope stands how it came out.",
  changed: "The sign-in that was begun asks for something else: begin another one for these.",
  ways: {
    granted: "allowed",
    extra: "allowed, though not asked for",
    missing: "asked for, but not allowed",
    used: "used",
    refused: "a service said no without it",
  },
};
