// What people read in the card of a sign-in on another device, and in no other.

export const CODE = {
  /** @param {string} server */
  title: (server) => `Sign in to ${server} on another device`,
  signedIn: "Signed in on the other device.",
  expired: "The code has expired.",
  runAgain: "Run the cell again for a new code.",
};
