// What people read in the view of a token.

export const TOKEN = {
  from: "Tokens from",
  /** @type {Record<string, string>} */
  names: {
    access: "Access token",
    refresh: "Refresh token",
    id: "ID token",
    pasted: "This token",
  },
  /** @type {Record<string, string>} */
  purposes: {
    access: "what the API takes as proof",
    refresh: "fetches fresh tokens",
    id: "says who signed in; ow.ClaimsView(session) explains it",
    pasted: "",
  },
  /** @type {Record<string, string>} */
  forms: {
    opaque: "Opaque: it says nothing by itself, and only its server knows what it stands for.",
    signed: "A signed token (JWT): whoever holds it can read it.",
    unsigned: "A token with no signature (JWT): whoever holds it can read it, and could have written it.",
    encrypted: "An encrypted token (JWE): only whom it is for can read it.",
  },
  kind: "Kind",
  until: "Holds until",
  audience: "Made for",
  scope: "Opens",
  says: "What it says",
  reveal: "Show",
  hide: "Hide",
  copy: "Copy",
  fetching: "Asking the notebook for it…",
  shown: "Whoever sees it can use it, so it is hidden again in a minute.",
  hidden: "Hidden again.",
  copied: "Copied.",
  byHand: "This page may not copy, so it is shown and selected: copy it with your keyboard.",
  ask: "Ask the server about it",
  asking: "Asking the server…",
  answered: "The server has answered.",
  info: "What the server says of the access token",
  moment: "Asked at",
  passing: "It holds for that moment.",
};
