// npm's oidc-provider on a free loopback port, for tests.
//
// Prints one JSON line when it listens: {issuer, port, redirect_uri, clients}. Then reads one JSON
// command a line from standard input and answers each with a line: {"rotate_keys": "keep"} adds a
// new signing key before the old ones, {"rotate_keys": "drop"} forgets the old ones; both answer
// {kids}. It ends when standard input closes, so that it never outlives the test run.

import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

// The library prints notices about development settings, also while it loads; standard output is
// for our JSON lines only.
console.info = () => {};
console.warn = () => {};
const { Provider } = await import('oidc-provider');

const redirectUri = 'http://127.0.0.1/callback'; // a native client may add any port (RFC 8252, 7.3)
const deviceCode = 'urn:ietf:params:oauth:grant-type:device_code';

const common = {
  application_type: 'native',
  redirect_uris: [redirectUri],
  post_logout_redirect_uris: ['http://127.0.0.1/signed-out'],
  response_types: ['code'],
  scope: 'openid offline_access profile email phone events.read',
};
const confidential = {
  ...common,
  grant_types: ['authorization_code', 'refresh_token', 'client_credentials', deviceCode],
};
// Ids and secrets have characters that HTTP Basic must form-encode first (RFC 6749, 2.3.1).
const clients = {
  basic: {
    ...confidential,
    client_id: 'note book:1',
    client_secret: 's3cr%t+/= &:~',
    token_endpoint_auth_method: 'client_secret_basic',
  },
  post: {
    ...confidential,
    client_id: 'notebook-post',
    client_secret: 'p0st%s+/= &:~',
    token_endpoint_auth_method: 'client_secret_post',
  },
  public: {
    ...common,
    client_id: 'notebook-public',
    token_endpoint_auth_method: 'none',
    grant_types: ['authorization_code', 'refresh_token', deviceCode],
  },
  pairwise: {
    ...confidential,
    grant_types: ['authorization_code', 'refresh_token'], // devices would need a separate sector
    client_id: 'notebook-pairwise',
    client_secret: 'pairwise secret',
    token_endpoint_auth_method: 'client_secret_basic',
    subject_type: 'pairwise',
  },
  implicit: {
    ...common,
    client_id: 'notebook-implicit',
    token_endpoint_auth_method: 'none',
    grant_types: ['implicit'],
    response_types: ['id_token token'],
  },
  signed_userinfo: {
    ...confidential,
    client_id: 'notebook-signed-userinfo',
    client_secret: 'signed userinfo secret',
    token_endpoint_auth_method: 'client_secret_basic',
    userinfo_signed_response_alg: 'RS256',
  },
};

const people = {
  alice: { name: 'Alice Ålund', given_name: 'Alice', family_name: 'Ålund', phone_number: '+4790000001' },
  bob: { name: 'Bob Berg', given_name: 'Bob', family_name: 'Berg', phone_number: '+4790000002' },
};

function findAccount(_ctx, accountId) {
  const person = people[accountId];
  return person && {
    accountId,
    claims: () => ({
      sub: accountId,
      ...person,
      phone_number_verified: true,
      email: `${accountId}@example.com`,
      email_verified: true,
    }),
  };
}

// Our own store rather than the library's: it outlives a Provider, and rotating keys needs a new one.
const stored = new Map();
class Store {
  constructor(model) { this.model = model; }
  async upsert(id, payload) { stored.set(`${this.model}:${id}`, payload); }
  async find(id) { return stored.get(`${this.model}:${id}`); }
  async findByUid(uid) { return this.#first((payload) => payload.uid === uid); }
  async findByUserCode(code) { return this.#first((payload) => payload.userCode === code); }
  async destroy(id) { stored.delete(`${this.model}:${id}`); }
  async consume(id) { stored.get(`${this.model}:${id}`).consumed = Math.floor(Date.now() / 1000); }
  async revokeByGrantId(grantId) {
    for (const [key, payload] of stored) {
      if (payload.grantId === grantId && key.startsWith(`${this.model}:`)) stored.delete(key);
    }
  }
  #first(matches) {
    for (const [key, payload] of stored) {
      if (key.startsWith(`${this.model}:`) && matches(payload)) return payload;
    }
    return undefined;
  }
}

// Pages are plain forms: the first button says yes, the last one no. Nothing is loaded from
// elsewhere, as the library's own pages do (fonts).
const page = (title, form) => `<!doctype html><html lang="en"><meta charset="utf-8">
<title>${title}</title><h1>${title}</h1>${form}</html>`;
const withButtons = (form, ...buttons) => form.replace('</form>', `${buttons.join('')}</form>`);

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

function newProvider(issuer, keys) {
  const provider = new Provider(issuer, {
    adapter: Store,
    clients: Object.values(clients),
    jwks: { keys },
    findAccount,
    cookies: { keys: ['for tests only'] },
    scopes: ['openid', 'offline_access', 'events.read'],
    claims: {
      openid: ['sub'],
      profile: ['name', 'given_name', 'family_name'],
      email: ['email', 'email_verified'],
      phone: ['phone_number', 'phone_number_verified'],
    },
    responseTypes: ['code', 'id_token token'],
    subjectTypes: ['public', 'pairwise'],
    pairwiseIdentifier: (_ctx, accountId, client) => `pairwise-${accountId}-${client.clientId}`,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    renderError: (ctx, out) => { ctx.type = 'json'; ctx.body = out; },
    ttl: { AccessToken: 600, AuthorizationCode: 60, ClientCredentials: 600, DeviceCode: 600, Grant: 3600, IdToken: 600, Interaction: 600, RefreshToken: 3600, Session: 3600 },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        successSource: (ctx) => { ctx.body = page('Signed in on the device', ''); },
        userCodeInputSource: (ctx, form) => {
          ctx.body = page('Enter the code', withButtons(form, '<button>Continue</button>'));
        },
        userCodeConfirmSource: (ctx, form) => {
          ctx.body = page('Confirm the code', withButtons(
            form, '<button>Continue</button>', '<button name="abort" value="yes">Refuse</button>',
          ));
        },
      },
      introspection: { enabled: true, allowedPolicy: () => true },
      jwtUserinfo: { enabled: true },
      pushedAuthorizationRequests: { enabled: false },
      revocation: { enabled: true, allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId },
      rpInitiatedLogout: {
        enabled: true,
        postLogoutSuccessSource: (ctx) => { ctx.body = page('Signed out', ''); },
        logoutSource: (ctx, form) => {
          ctx.body = page('Sign out?', withButtons(
            form, '<button name="logout" value="yes">Sign out</button>', '<button>Stay</button>',
          ));
        },
      },
      userinfo: { enabled: true },
    },
  });
  provider.on('server_error', (_ctx, error) => console.error(error));
  return provider;
}

async function formOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return new URLSearchParams(Buffer.concat(chunks).toString());
}

// One page asks who signs in and whether the client may have what it asks for.
async function interact(provider, request, response) {
  const { params, prompt, session, grantId } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    const who = session?.accountId ?? '';
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.end(page('Sign in', `<form method="post"><input name="login" value="${who}" autofocus>
<button name="answer" value="approve">Sign in and approve</button>
<button name="answer" value="refuse">Refuse</button></form>`));
    return;
  }
  const form = await formOf(request);
  const accountId = form.get('login');
  let result;
  if (form.get('answer') === 'refuse') {
    result = { error: 'access_denied', error_description: 'the person refused' };
  } else if (!people[accountId]) {
    result = { error: 'access_denied', error_description: 'no such person' };
  } else {
    const grant = (grantId && await provider.Grant.find(grantId))
      || new provider.Grant({ accountId, clientId: params.client_id });
    grant.addOIDCScope(params.scope ?? 'openid');
    if (prompt.details.missingOIDCClaims) grant.addOIDCClaims(prompt.details.missingOIDCClaims);
    result = { login: { accountId }, consent: { grantId: await grant.save() } };
  }
  await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
}

let keys = [newKey()];
let provider;
const server = createServer((request, response) => {
  const answered = request.url.startsWith('/interaction/')
    ? interact(provider, request, response)
    : provider.callback()(request, response);
  answered.catch((error) => {
    console.error(error);
    if (!response.headersSent) response.statusCode = 500;
    response.end(`${error.name}: ${error.message}`);
  });
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address();
  const issuer = `http://127.0.0.1:${port}`;
  provider = newProvider(issuer, keys);
  console.log(JSON.stringify({ issuer, port, redirect_uri: redirectUri, clients }));

  const commands = createInterface({ input: process.stdin });
  commands.on('line', (line) => {
    const { rotate_keys: old } = JSON.parse(line);
    keys = old === 'drop' ? [newKey()] : [newKey(), ...keys];
    provider = newProvider(issuer, keys);
    console.log(JSON.stringify({ kids: keys.map(({ kid }) => kid) }));
  });
  commands.on('close', () => process.exit(0));
});
