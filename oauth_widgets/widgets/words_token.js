// What people read in the view of a token.

export const TOKEN = {
  from: "Tokens from",
  /** @type {Record<string, string>} */
  names: { access: "Access token", refresh: "Refresh token", id: "ID token", pasted: "This token" },
  /** @type {Record<string, string>} */
  purposes: {
    access: "gives access to the API: sent with each request for data",
    refresh: "gets the next access token, so you don't have to sign in again",
    id: "tells this notebook who signed in",
    pasted: "",
  },
  /** @type {Record<string, string>} */
  forms: { opaque: "Opaque", signed: "Signed (JWT)", unsigned: "Unsigned (JWT)", encrypted: "Encrypted (JWE)" },
  /** @type {Record<string, string>} */
  explained: {
    opaque: "Opaque: only the server can tell what it means.",
    signed: "Signed (JWT): readable without a key.",
    unsigned: "Unsigned (JWT): readable without a key, and anyone could have written it.",
    encrypted: "Encrypted (JWE): only the intended recipient can read it.",
  },
  kind: "Format",
  audience: "Intended for",
  scope: "Scopes",
  safe: "The notebook uses these for you; you rarely need to see one. Never share one: with an access or refresh token, anyone can act as you.",
  expires: "Expires",
  noExpiry: "The server didn't say when it expires",
  says: "Contents",
  reveal: "Show",
  hide: "Hide",
  copy: "Copy",
  fetching: "Asking the notebook…",
  shown: "Anyone who sees this can use it.",
  hidden: "Hidden again: a token is shown for one minute.",
  copied: "Copied.",
  byHand: "This page can't copy, so the token is shown and selected. Copy it with your keyboard.",
  ask: "Ask the server what it means",
  asking: "Asking the server…",
  answered: "The server's answer is below.",
  info: "What the server says about the access token (TokenInfo)",
  moment: "Asked at",
  passing: "The server can revoke the token at any time.",
};
