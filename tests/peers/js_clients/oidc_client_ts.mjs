// npm's oidc-client-ts, made for browsers, signs in, renews, revokes and signs out.
import { InMemoryWebStorage, UserManager, WebStorageStateStore } from "oidc-client-ts";
import { ask, done, settings } from "./dialogue.mjs";

const { issuer, api, scope, redirect_uri, post_logout_redirect_uri } = settings;

async function status(token) {
  const headers = { authorization: `Bearer ${token}` };
  return (await fetch(`${api}/events`, { headers })).status;
}

async function drive(client_id) {
  const { client_secret, method } = settings.clients[client_id];
  let opened;
  // In place of the browser's window: keeps the address that it would have gone to.
  const navigator = {
    prepare: async () => ({
      navigate: async ({ url }) => {
        opened = url;
        return { url };
      },
      close: () => {},
    }),
  };
  const store = new WebStorageStateStore({ store: new InMemoryWebStorage() });
  const manager = new UserManager(
    {
      authority: issuer,
      client_id,
      ...(method === "none" ? {} : { client_secret, client_authentication: method }),
      redirect_uri,
      post_logout_redirect_uri,
      scope,
      loadUserInfo: true,
      automaticSilentRenew: false,
      userStore: store,
      stateStore: new WebStorageStateStore({ store: new InMemoryWebStorage() }),
    },
    navigator,
    navigator,
    navigator,
  );
  await manager.signinRedirect({ nonce: "once" });
  const user = await manager.signinRedirectCallback(await ask({ sign_in: opened }));
  const before = user.access_token;
  const renewed = await manager.signinSilent();
  const results = {
    scope: user.scope,
    phone_number: user.profile.phone_number,
    nonce: user.profile.nonce ?? null,
    renewed: renewed.access_token !== before,
    same_subject: renewed.profile.sub === user.profile.sub,
    events: await status(renewed.access_token),
  };
  if (settings.revokes) {
    await manager.revokeTokens(["refresh_token"]);
    results.after_revocation = await status(renewed.access_token);
  }
  await manager.signoutRedirect({ id_token_hint: renewed.id_token, state: "out" });
  results.left_to = await ask({ leave: opened });
  await manager.signoutRedirectCallback(results.left_to);
  results.forgotten = (await manager.getUser()) === null;
  return results;
}

const results = {};
for (const client_id of Object.keys(settings.clients)) results[client_id] = await drive(client_id);
done(results);
