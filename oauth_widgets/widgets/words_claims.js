// What people read in the view of an ID token's claims.

export const CLAIMS = {
  signIn: "ID token from",
  ownToken: "ID token",
  held: "A token, held against your sign-in at",
  checking: "Checking it against your sign-in…",
  allPassed: "Every check passed when this token came.",
  wouldPass: "Every check passed: this could be the answer to your sign-in.",
  oneFailed: "One check failed: as the answer to your sign-in, this token would be refused.",
  failed: "checks failed: as the answer to your sign-in, this token would be refused.",
  unsure: "The signature could not be checked, so nothing here is to be trusted.",
  blotted: "What may be about a person is not saved with the notebook; run the cell again to see it.",
  passed: "Passed:",
  refused: "Failed:",
  unchecked: "Not checked:",
  nothing: "nothing was asked of it.",
  why: "Why is the person called that?",
  /** @type {Record<string, string>} */
  subjects: {
    "": "Some servers call a person the same at every client; others give each client, or group of clients, a name of its own (pairwise), so that they cannot compare notes. This server did not say which it does. Only issuer and subject together name a person.",
    public:
      "This server calls a person the same at every client. It does so for itself alone: only issuer and subject together name a person.",
    pairwise:
      "This server gives each client, or group of clients, a name of its own for the same person (pairwise), so that they cannot compare notes: another client sees another name here. Only issuer and subject together name a person.",
  },
  /** @type {Record<string, string>} */
  good: {
    signature: "a key of this server made it.",
    iss: "it is exactly the server that was asked.",
    aud: "it is this client, and no other.",
    azp: "it is this client.",
    sub: "it names somebody.",
    exp: "it was still to come.",
    iat: "it was neither ahead nor long ago.",
    nbf: "it had begun.",
    auth_time: "it was as recent as was asked for.",
    acr: "it was as sure as was asked for.",
    nonce: "it is the one that this sign-in sent.",
    at_hash: "it fits the access token that came along.",
  },
};
