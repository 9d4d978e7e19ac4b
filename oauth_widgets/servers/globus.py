"""Globus. Source: "Globus Auth API" and the Globus SDK's documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_AUTH = "https://auth.globus.org"

globus = Preset(
    name="globus",
    title="Globus",
    owner=("globus.org",),
    source="https://docs.globus.org/api/auth/",
    register="https://app.globus.org/settings/developers",
    describes={
        "issuer": _AUTH,
        "authorization_endpoint": f"{_AUTH}/v2/oauth2/authorize",
        "token_endpoint": f"{_AUTH}/v2/oauth2/token",
        "revocation_endpoint": f"{_AUTH}/v2/oauth2/token/revoke",
        "introspection_endpoint": f"{_AUTH}/v2/oauth2/token/introspect",
        "userinfo_endpoint": f"{_AUTH}/v2/oauth2/userinfo",
        "jwks_uri": f"{_AUTH}/jwk.json",
        "token_endpoint_auth_methods_supported": ("client_secret_basic", "none"),
        "id_token_signing_alg_values_supported": ("RS512",),
        "offline_access_parameters": {"access_type": "offline"},
        "api": "https://transfer.api.globus.org/v0.10",
    },
    scopes={
        **standard("openid", "profile", "email", "offline_access"),
        "urn:globus:auth:scope:transfer.api.globus.org:all": "Search and transfer your files.",
        "urn:globus:auth:scope:search.api.globus.org:search": "Search Globus indexes.",
        "urn:globus:auth:scope:auth.globus.org:view_identities": "Look up identities.",
    },
    refresh="with offline_access (sent as access_type=offline)",
    redirects=Redirects(hosts=("localhost",), any_port=True),
    client=True,
    pkce="required for public clients",
    notes=(
        'It signs with RS512: describe the client with `id_token_signed_response_alg="RS512"`.',
        "Ask for the scopes of one service at a time: tokens for any others aren't used.",
    ),
)
