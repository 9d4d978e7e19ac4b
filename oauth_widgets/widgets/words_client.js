// What people read in the client form, in one place and in plain words.

export const FORM = {
  title: "Register a client",
  intro:
    "A client is what signs people in: this notebook, to the server. The server keeps this record of it.",
  fields: {
    client_id: ["Client id", "Its name at the server; no secret."],
    type: ["Type", ""],
    client_secret: ["Client secret", "Proves to the server that it is this client who asks."],
    token_endpoint_auth_method: ["How it shows the secret", ""],
    standard: ["Standard", ""],
    redirect_uris: [
      "Redirect URIs",
      "Where the sign-in page may send the browser back to, one address a line: absolute, without # and without *. Give this server one that no other server has, such as http://127.0.0.1/callback/its-name. Only sign-ins in a browser need one, and each names the one it uses. OneWelcome compares them without what follows a ?.",
    ],
    scope_whitelist: [
      "Scope whitelist",
      "All that it may ever ask for, with spaces between the names. A request for anything else is refused as a whole.",
    ],
    default_scopes: [
      "Default scopes",
      "What comes with every token, asked for or not. Without any, a request that asks for nothing is refused.",
    ],
  },
  choices: {
    confidential: ["confidential", "can keep a secret: it runs where only its owner looks"],
    public: ["public", "cannot keep one: it runs in browsers or on many machines"],
    client_secret_basic: ["HTTP Basic", "in a header"],
    client_secret_post: ["POST", "client_id and secret in the body"],
    "OAuth 2.0": ["OAuth 2.0", "access to data"],
    "OIDC 1.0": ["OIDC 1.0", "who signed in, in an ID token"],
  },
  secretKept: "One is kept in the notebook’s kernel; it is shown and saved nowhere.",
  makeSecret: "Make one up",
  forgetSecret: "Use another one",
  register: "Register",
  registering: "Registering…",
  /** @param {string} client */
  registered: (client) => `Registered: ${client}.`,
  /** @param {number} count */
  wrong: (count) => count === 1 ? "One field needs another look." : `${count} fields need another look.`,
  ready: "Nothing is wrong with it.",
  operator:
    "There is no way to register it from here. Hand this to whoever runs the server; the secret is not in it.",
  unready: "The request to hand to the server’s operator stands here once nothing is wrong.",
  request: "Request for the server’s operator",
  download: "Download",
};
