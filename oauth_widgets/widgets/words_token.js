// What people read in the view of a token.

export const TOKEN = {
  from: "Tokens from",
  /** @type {Record<string, string>} */
  names: { access: "Access token", refresh: "Refresh token", id: "ID token", pasted: "This token" },
  /** @type {Record<string, string>} */
  purposes: {
    access: "gives access to the API",
    refresh: "gets new tokens",
    id: "says who signed in",
    pasted: "",
  },
  /** @type {Record<string, string>} */
  forms: { opaque: "Opaque", signed: "Signed (JWT)", unsigned: "Unsigned (JWT)", encrypted: "Encrypted (JWE)" },
  /** @type {Record<string, string>} */
  explained: {
    opaque: "Opaque: only the server can tell what it means.",
    signed: "Signed (JWT): anyone who has it can read it.",
    unsigned: "Unsigned (JWT): anyone who has it can read it, and anyone could have written it.",
    encrypted: "Encrypted (JWE): only the party it is intended for can read it.",
  },
  kind: "Format",
  audience: "Audience",
  scope: "Scopes",
  expires: "Expires",
  says: "Contents",
  reveal: "Show",
  hide: "Hide",
  copy: "Copy",
  fetching: "Asking the notebook…",
  shown: "Anyone who sees this can use it.",
  hidden: "Hidden again.",
  copied: "Copied.",
  byHand: "This page can’t copy, so the token is shown and selected. Copy it with your keyboard.",
  ask: "Ask the server about it",
  asking: "Asking the server…",
  answered: "The server answered.",
  info: "What the server says about the access token (TokenInfo)",
  moment: "Asked at",
  passing: "This can change at any time.",
};
