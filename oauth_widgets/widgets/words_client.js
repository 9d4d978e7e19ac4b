// What people read in the client form.

export const FORM = {
  title: "Register a client",
  done: "Client registered",
  /** Once for a form that registers, once for one that writes a request. */
  intro: [
    "Before a notebook can sign people in, the server has to know it as an application (a client). Make up the answers yourself: each field has an example.",
    "Before a notebook can sign people in, the server has to know it as an application (a client). Make up the answers yourself, then send the request below to whoever runs the server.",
  ],
  required: "required",
  optional: "optional",
  /** @type {Record<string, [label: string, help: string, example?: string, need?: "required" | "optional"]>} */
  fields: {
    client_id: ["Client ID", "A name for the application at the server. It isn't a secret.", "my-notebook", "required"],
    type: ["Where will it run? (type)", ""],
    client_secret: [
      "Client secret", "A password of the application, which proves to the server that a request comes from it. Let Generate make one.",
      "", "required",
    ],
    token_endpoint_auth_method: ["How is the secret sent?", ""],
    standard: ["What is it for? (standards)", ""],
    redirect_uris: [
      "Redirect URIs",
      "Where the server may send your browser back to after signing in, one address per line, without # or *. Run ow.doctor() to see which one works here. Use a different one for each server. Leave it empty if no one signs in with a browser.",
      "http://127.0.0.1/callback/server-name", "optional",
    ],
    scope_whitelist: [
      "Scopes it may ask for (scope whitelist)",
      "The names of all permissions it may ever ask for, separated by spaces. The documentation of the API lists them.",
      "openid profile", "required",
    ],
    default_scopes: [
      "Scopes it always gets (default scopes)",
      "Granted with every sign-in, even if nobody asks for them. Each must be among those above.",
      "openid", "optional",
    ],
  },
  choices: {
    confidential: ["On a machine of yours", "confidential: only you can read its secret"],
    public: ["In browsers or on many machines", "public: it can't keep a secret, so it has none"],
    client_secret_basic: ["In a header", "HTTP Basic, which most servers take"],
    client_secret_post: ["In the body", "POST, with the client ID"],
    "OAuth 2.0": ["Access to data", "OAuth 2.0"],
    "OIDC 1.0": ["Knowing who signed in", "OIDC 1.0, with an ID token"],
  },
  secretKept: "The secret is kept in the kernel. It isn't shown or saved anywhere.",
  makeSecret: "Generate",
  forgetSecret: "Replace",
  register: "Register",
  registering: "Registering…",
  /** @param {string} client */
  registered: (client) => `Registered ${client}. Use it in the next cell:`,
  use: "client = form.client",
  next: "Then sign in with it: ow.login(server, client)",
  change: "Change it",
  pill: "Registered",
  /** @param {number} count */
  wrong: (count) => count === 1 ? "Fix one field:" : `Fix ${count} fields:`,
  ready: "Ready to register.",
  operator: "Send this to whoever runs the server. It doesn't contain the secret.",
  unready: "The request for the server's operator appears here once every field is valid.",
  request: "Request for the server's operator",
  download: "Download",
};
