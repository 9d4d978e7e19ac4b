// What people read in the view of an ID token's claims.

export const CLAIMS = {
  signIn: "ID token from",
  ownToken: "ID token",
  /** @param {string} server */
  held: (server) => `Would this token be accepted as your sign-in at ${server}?`,
  checking: "Checking it against your sign-in…",
  allPassed: "The server's signed statement of who you are, for this notebook. You don't need to do anything with it.",
  wouldPass: "Yes, it would be accepted.",
  /** @param {number} count @param {boolean} foreign */
  failed: (count, foreign) =>
    `No: ${foreign ? "it was issued for a different sign-in, not yours" : `${count === 1 ? "one check" : `${count} checks`} failed`}. Don't use it. The ID token of your sign-in is session.id_token.`,
  unsure: "The signature couldn't be checked, so don't trust anything here.",
  blotted: "Personal details aren't saved with the notebook. Run the cell again to see them.",
  pills: {
    passed: "Verified",
    /** @param {number} count */
    failed: (count) => `${count} failed`,
    unsure: "Not verified",
  },
  parts: { header: "Header", claims: "Claims", signature: "Signature" },
  how: "how it's signed",
  /** @param {number} count */
  all: (count) => `${count} in all`,
  verified: "verified",
  unverified: "not verified",
  only: "valid, but that isn't enough",
  expected: "Expected",
  received: "Received",
  nothingReceived: "nothing",
  /** @param {number} count */
  passedList: (count) => `${count} ${count === 1 ? "check" : "checks"} passed:`,
  about: "About you",
  aboutThem: "What it says about a person",
  others: "Also in this token",
  why: "Why this identifier?",
  /** @type {Record<string, string>} */
  subjects: {
    "": "Some servers use one identifier for a person everywhere; others use a different one for each client (pairwise), so that clients can't compare notes. This server doesn't say which it does. Only issuer and subject together identify a person.",
    public:
      "This server uses the same identifier for you at every client. Only issuer and subject together identify a person.",
    pairwise:
      "This server uses a different identifier for you at each client or group of clients (pairwise), so that clients can't compare notes. Only issuer and subject together identify a person.",
  },
  /** @type {Record<string, string>} */
  good: {
    signature: "Signed with this server's key",
    iss: "Matches the server you asked",
    aud: "Intended for this notebook",
    azp: "Issued to this notebook",
    sub: "Identifies a person",
    exp: "Not expired when it was checked",
    iat: "Issued just now",
    nbf: "Already valid",
    auth_time: "As recent as requested",
    acr: "As strong as requested",
    nonce: "Matches this sign-in",
    at_hash: "Matches the access token",
  },
  /** In plain words, for a value that isn't the one expected. @type {Record<string, string>} */
  wrong: {
    nonce: "It has the one-time value of a different sign-in.",
    at_hash: "It belongs to a different access token.",
  },
  /** @type {Record<string, string>} */
  wants: {
    signature: "a signature by one of the server's keys",
    iss: "the server you asked",
    aud: "this client",
    azp: "this client",
    exp: "a time in the future",
    iat: "a time just before it arrived",
    nbf: "a time in the past",
    nonce: "the one-time value of your sign-in, which stays secret",
    at_hash: "the hash of your access token",
  },
};
