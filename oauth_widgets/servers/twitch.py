"""Twitch. Source: "Getting OAuth access tokens" in Twitch's documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset
from oauth_widgets.servers.redirects import Redirects

_ID = "https://id.twitch.tv/oauth2"

twitch = Preset(
    name="twitch",
    title="Twitch",
    owner=("twitch.tv",),
    source="https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/",
    register="https://dev.twitch.tv/console/apps/create",
    describes={
        "issuer": _ID,
        "authorization_endpoint": f"{_ID}/authorize",
        "token_endpoint": f"{_ID}/token",
        "device_authorization_endpoint": f"{_ID}/device",
        "revocation_endpoint": f"{_ID}/revoke",
        "userinfo_endpoint": f"{_ID}/userinfo",
        "jwks_uri": f"{_ID}/keys",
        "token_endpoint_auth_methods_supported": ("client_secret_post", "none"),
        "id_token_signing_alg_values_supported": ("RS256",),
        "api": "https://api.twitch.tv/helix",
    },
    scopes={
        "openid": "Recognize you next time. Adds an ID token.",
        "user:read:email": "Read your email address.",
        "user:read:follows": "See which channels you follow.",
        "channel:read:subscriptions": "See who subscribes to your channel.",
        "analytics:read:games": "Read reports on your games.",
        "moderator:read:followers": "See who follows a channel that you moderate.",
    },
    refresh="always; for a public client, a new one with each refresh",
    redirects=Redirects(hosts=("localhost",)),
    client=True,
    pkce="ignored",
    notes=(
        'Each API request needs the client id too: `headers={"Client-Id": client.client_id}`.',
        'For a device code, repeat the scopes: `extra={"scopes": "user:read:email"}`.',
    ),
)
