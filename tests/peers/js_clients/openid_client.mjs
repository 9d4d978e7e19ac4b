// npm's openid-client does all that the server says it can.
import * as client from "openid-client";
import { ask, done, settings } from "./dialogue.mjs";

const { issuer, api, scope, redirect_uri, post_logout_redirect_uri } = settings;
const authentication = {
  client_secret_basic: client.ClientSecretBasic,
  client_secret_post: client.ClientSecretPost,
  none: client.None,
};

async function known(client_id) {
  const { client_secret, method } = settings.clients[client_id];
  const config = await client.discovery(
    new URL(issuer),
    client_id,
    undefined,
    authentication[method](client_secret),
    { execute: [client.allowInsecureRequests] },
  );
  client.enableNonRepudiationChecks(config);
  return config;
}

async function signIn(config) {
  const pkceCodeVerifier = client.randomPKCECodeVerifier();
  const expectedState = client.randomState();
  const expectedNonce = client.randomNonce();
  const url = client.buildAuthorizationUrl(config, {
    redirect_uri,
    scope,
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await client.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  const back = new URL(await ask({ sign_in: url.href }));
  return client.authorizationCodeGrant(config, back, {
    pkceCodeVerifier,
    expectedState,
    expectedNonce,
    idTokenExpected: true,
  });
}

async function status(config, token, service) {
  try {
    const url = new URL(`${api}/${service}`);
    return (await client.fetchProtectedResource(config, token, url, "GET")).status;
  } catch (error) {
    return error.cause?.status ?? error.status ?? String(error);
  }
}

// A public client may not ask (RFC 7662 2.1).
const mayIntrospect = (config) =>
  "introspection_endpoint" in config.serverMetadata() &&
  settings.clients[config.clientMetadata().client_id].method !== "none";

async function asPerson(config) {
  const tokens = await signIn(config);
  const subject = tokens.claims().sub;
  const userinfo = await client.fetchUserInfo(config, tokens.access_token, subject);
  const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
  const results = {
    scope: tokens.scope,
    phone_number: userinfo.phone_number,
    renewed: renewed.access_token !== tokens.access_token,
    same_subject: renewed.claims().sub === subject,
    events: await status(config, renewed.access_token, "events"),
  };
  if (mayIntrospect(config)) {
    const told = await client.tokenIntrospection(config, renewed.access_token);
    results.introspected = [told.active, told.client_id];
  }
  const out = client.buildEndSessionUrl(config, {
    id_token_hint: renewed.id_token,
    post_logout_redirect_uri,
    state: "out",
  });
  results.left_to = await ask({ leave: out.href });
  await client.tokenRevocation(config, renewed.refresh_token);
  results.after_revocation = await status(config, renewed.access_token, "events");
  if (mayIntrospect(config)) {
    results.then = await client.tokenIntrospection(config, renewed.access_token);
  }
  return results;
}

async function asProgram(config) {
  const tokens = await client.clientCredentialsGrant(config, { scope: "cells.read" });
  return {
    cells: await status(config, tokens.access_token, "cells"),
    events: await status(config, tokens.access_token, "events"),
    refresh_token: tokens.refresh_token ?? null,
  };
}

async function asDevice(config) {
  const asked = await client.initiateDeviceAuthorization(config, { scope });
  const page = await ask({ device: asked.verification_uri, user_code: asked.user_code });
  const tokens = await client.pollDeviceAuthorizationGrant(config, asked);
  return { page, events: await status(config, tokens.access_token, "events") };
}

const results = {};
for (const [client_id, { method }] of Object.entries(settings.clients)) {
  const config = await known(client_id);
  results[client_id] = { person: await asPerson(config) };
  if (method !== "none") results[client_id].program = await asProgram(config);
  if (config.serverMetadata().device_authorization_endpoint) {
    results[client_id].device = await asDevice(config);
  }
}
done(results);
