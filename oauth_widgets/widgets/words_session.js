// What people read in the session card.

export const SESSION = {
  /** @param {string} server */
  title: (server) => `Signed in at ${server}`,
  client: "Client",
  nobody: "No person: the server sent no ID token",
  notTold: "Run the cell again to see who signed in",
  granted: "Granted",
  past: "Had access to",
  extra: "Granted by default",
  missing: "Not granted",
  expires: "expires",
  now: "now",
  /** @param {string} time */
  renews: (time) => `renews automatically at about ${time}`,
  stays: "Can’t be renewed. Sign in again when it expires.",
  asking: "Preparing the sign-in…",
  refresh: "Renew now",
  refreshing: "Renewing tokens…",
  refreshed: "Tokens renewed.",
  widened: "More access granted.",
  ended: "You’re signed out. Sign in again to continue.",
  since: "Signed in since",
  keptIn: "Kept in",
  keptUntil: "Kept until",
  forget: "Forget",
  forgetting: "Forgetting…",
  forgotten: "Forgotten: the next notebook has to sign in. This session stays usable.",
  signOut: "Sign out",
  signingOut: "Signing out…",
  confirmed: "Signed out, and the server confirmed it.",
  unconfirmed: "Signed out here. The server didn’t confirm it.",
  untold: "Signed out here. The server offers no way to tell it.",
  leave: "Also sign out at the server",
  more: "Ask for more",
  /** @param {string[]} names */
  refused: (names) => `The API needs ${names.join(" and ")} too.`,
};
