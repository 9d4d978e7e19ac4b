// What people read in the session card, in one place and in plain words.

export const SESSION = {
  /** @param {string} server */
  title: (server) => `Signed in at ${server}`,
  /** @param {string} server */
  over: (server) => `Session at ${server}`,
  client: "As the client",
  nobody: "No person: the server sent no ID token.",
  who: "Who",
  notTold: "Not saved with the notebook. The kernel tells it once it is free.",
  asking: "Beginning the sign-in…",
  refresh: "Refresh",
  refreshing: "Getting fresh tokens…",
  refreshed: "Fresh tokens came.",
  widened: "Signed in for more.",
  signOut: "Sign out",
  signingOut: "Signing out…",
  confirmed: "Signed out here; the server confirmed it.",
  unconfirmed: "Signed out here; the server did not confirm it.",
  untold: "Signed out here; the server was not told, since it offers no way to.",
  leave: "Sign out on the server’s page too",
  leaveWhy: "The server may still know you: its own sign-in ends on a page of its own, in a new window.",
  more: "Ask for more",
  /** @param {string[]} names */
  refused: (names) => `A service said no: it needs ${names.join(" and ")} as well.`,
  stays: "Nothing renews it: sign in again when it is over.",
};
