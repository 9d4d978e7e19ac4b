// What people read in the client form.

export const FORM = {
  title: "Register a client",
  intro: "A client is the application that signs people in: here, this notebook.",
  fields: {
    client_id: ["Client ID", "You choose this name. It isn’t a secret."],
    type: ["Type", ""],
    client_secret: ["Client secret", "Proves to the server that a request comes from this client."],
    token_endpoint_auth_method: ["How the secret is sent", ""],
    standard: ["Standards", ""],
    redirect_uris: [
      "Redirect URIs",
      "Addresses the server may send the browser back to, one per line, without # or *. Use a different one for each server, such as http://127.0.0.1/callback/server-name. Only sign-ins in a browser need one. OneWelcome ignores everything after ?.",
    ],
    scope_whitelist: [
      "Scope whitelist",
      "Every scope it may ask for, separated by spaces. The server refuses requests for any other.",
    ],
    default_scopes: [
      "Default scopes",
      "Granted with every token. If there are none, a request has to name its scopes.",
    ],
  },
  choices: {
    confidential: ["confidential", "runs where only you can read its secret"],
    public: ["public", "runs in browsers or on many machines, so it can’t keep a secret"],
    client_secret_basic: ["HTTP Basic", "in a header"],
    client_secret_post: ["POST", "client_id and secret in the body"],
    "OAuth 2.0": ["OAuth 2.0", "access to data"],
    "OIDC 1.0": ["OIDC 1.0", "an ID token that says who signed in"],
  },
  secretKept: "The secret is kept in the kernel. It isn’t shown or saved anywhere.",
  makeSecret: "Generate",
  forgetSecret: "Replace",
  register: "Register",
  registering: "Registering…",
  /** @param {string} client */
  registered: (client) => `Registered ${client}. Use it in the next cell:`,
  use: "client = form.client",
  pill: "Registered",
  /** @param {number} count */
  wrong: (count) => count === 1 ? "Fix one field:" : `Fix ${count} fields:`,
  ready: "Ready to register.",
  operator: "Send this to whoever runs the server. It doesn’t contain the secret.",
  unready: "The request for the server’s operator appears here once every field is valid.",
  request: "Request for the server’s operator",
  download: "Download",
};
