// What people read in the session card.

export const SESSION = {
  /** @param {string} server */
  title: (server) => `Signed in at ${server}`,
  client: "App (client ID)",
  nobody: "No person: the server sent no ID token",
  notTold: "Run the cell again to see who signed in",
  granted: "Access granted",
  past: "Had access to",
  extra: "Granted by default",
  missing: "Not granted",
  expires: "Expires",
  noExpiry: "No expiry date",
  now: "now",
  /** @param {string} time */
  renews: (time) => `Renews automatically at about ${time}`,
  stays: "Can't be renewed. Sign in again when it expires.",
  asking: "Preparing the sign-in…",
  refresh: "Renew now",
  refreshing: "Renewing tokens…",
  refreshed: "Tokens renewed.",
  widened: "More access granted.",
  ended: "You're signed out. Sign in again to continue.",
  since: "Signed in since",
  keptIn: "Sign-in saved in",
  keptUntil: "Saved until",
  forget: "Delete saved sign-in",
  forgetting: "Deleting the saved sign-in…",
  forgotten: "The saved sign-in was deleted. You're still signed in here; the next notebook has to sign in again.",
  signOut: "Sign out",
  signingOut: "Signing out…",
  confirmed: "Signed out here, and the server has ended the tokens.",
  unconfirmed: "Signed out here. The server didn't confirm it.",
  untold: "Signed out here. The server offers no way to tell it.",
  /** Follows the outcome if there is such a page. */
  browser: "Your browser may still be signed in there.",
  leave: "Sign out in the browser",
  more: "Ask for more access",
  /** @param {string[]} names */
  refused: (names) => `The API also needs ${names.join(" and ")}, which this sign-in doesn't have.`,
};
