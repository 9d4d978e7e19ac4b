// What people read in the card of a sign-in on another device, and in no other.

export const CODE = {
  /** @param {string} server */
  title: (server) => `Sign in to ${server} with a code`,
  signedIn: "Signed in.",
  expired: "The code has expired.",
  runAgain: "Run the cell again for a new code.",
};
