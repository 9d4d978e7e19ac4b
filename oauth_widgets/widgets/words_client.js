// What people read in the client form.

export const FORM = {
  /** @param {string} server */
  title: (server) => `Register a client${server && ` at ${server}`}`,
  done: "Client registered",
  /** @param {string} server @param {boolean} registers else the form writes a request */
  intro: (server, registers) => registers
    ? `Register adds this notebook to ${server || "the server"} as an application (a client). After that, you can sign in from here. You choose the ID, and Generate makes the secret.`
    : `This form writes a request. Send it to whoever runs ${server || "the server"}: they add this notebook there as an application (a client). After that, you can sign in from here.`,
  required: "required",
  optional: "optional",
  browser: "required to sign in with a browser",
  /** @type {Record<string, [label: string, help: string, example?: string, need?: "required" | "optional" | "browser"]>} */
  fields: {
    client_id: ["Client ID", "A short name for your application: letters, digits and hyphens. It isn't a secret.", "for example: my-notebook", "required"],
    type: ["Where will it run? (type)", ""],
    client_secret: [
      "Client secret", "The application's password. It proves to the server that a request comes from your application. Let Generate make one.",
      "", "required",
    ],
    token_endpoint_auth_method: ["How does your application send the secret?", ""],
    standard: ["What is it for? (standards)", ""],
    redirect_uris: [
      "Redirect URIs",
      "Where the server sends your browser after you sign in. If this is empty, run ow.doctor(server) and copy the address it shows. One address per line, without # or *.",
      "for example: http://127.0.0.1/callback", "browser",
    ],
    scope_whitelist: [
      "Scopes it may ask for (scope whitelist)",
      "Every permission it may ever ask for, separated by spaces. If you're unsure, list them all: each sign-in asks only for what you choose then.",
      "for example: openid profile", "required",
    ],
    default_scopes: [
      "Scopes it always gets (default scopes)",
      "Granted with every sign-in, even if a sign-in doesn't ask for them. Each must be among those above.",
      "for example: openid", "optional",
    ],
  },
  choices: {
    confidential: ["In your own notebook", "confidential: only you can read its secret"],
    public: ["In browsers or on many machines", "public: it can't keep a secret, so it has none"],
    client_secret_basic: ["In a header", "HTTP Basic: most servers accept it, so keep it if you're unsure"],
    client_secret_post: ["In the body", "POST, with the client ID"],
    "OAuth 2.0": ["Access to data", "OAuth 2.0"],
    "OIDC 1.0": ["Knowing who signed in", "OIDC 1.0, with an ID token"],
  },
  secretKept: "The secret is kept in the kernel. It isn't shown or saved anywhere.",
  makeSecret: "Generate",
  forgetSecret: "Replace",
  register: "Register",
  registering: "Registering…",
  /** Follows what scopes are. @param {string} server @param {string[]} known */
  scopes: (server, known) => known.length ? ` ${server} offers: ${known.join(" ")}`
    : " They're listed in the API's documentation.",
  /** @param {string} client */
  registered: (client) => `Client ${client} is registered. To sign in with it, run this in the next cell:`,
  /** @param {string} scope */
  use: (scope) => `client = form.client\nsession = await ow.login(server, client, scope=${JSON.stringify(scope)})`,
  next: "Replace form with the variable that holds this form, and server with your server, such as sandbox.server.",
  change: "Change the registration",
  pill: "Registered",
  /** @param {number} count */
  wrong: (count) => count === 1 ? "Fix one field:" : `Fix ${count} fields:`,
  ready: "Ready to register.",
  operator: "Send this to whoever runs the server. It doesn't contain the secret.",
  unready: "The request for the server's operator appears here once every field is valid.",
  request: "Request for the server's operator",
  download: "Download",
};
