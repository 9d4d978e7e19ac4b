"""OneWelcome. Source: "Setup" in OneWelcome's documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import Part, Preset, address
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_ENDPOINTS = (
    "authorization_endpoint",
    "token_endpoint",
    "introspection_endpoint",
    "jwks_uri",
    "userinfo_endpoint",
    "revocation_endpoint",
    "end_session_endpoint",
    "api",
)

onewelcome = Preset(
    name="onewelcome",
    title="OneWelcome",
    source='"Setup" in OneWelcome\'s documentation',
    register="by the operator of your tenant; `ow.ClientForm()` writes the request",
    parts=(
        # The issuer stays as it is written: a slash at its end may be a part of it.
        Part(
            name="issuer",
            what="the address of a tenant",
            example="https://tenant.example",
            form=r"https?://[^\s?#]+",
        ),
        *(
            address(name, "an address", f"https://tenant.example/{name}", optional=True)
            for name in _ENDPOINTS
        ),
    ),
    describes={
        "issuer": "{issuer}",
        **{name: f"{{{name}}}" for name in _ENDPOINTS},
        "token_endpoint_auth_methods_supported": ("client_secret_basic", "client_secret_post"),
        "redirect_uri_ignores_query": True,
    },
    scopes=standard("openid"),
    refresh="if the client is registered for refresh tokens",
    redirects=Redirects(note="It ignores the query of a redirect URI."),
    client=True,
    notes=(
        "Every tenant has different addresses: pass `ow.discover(issuer)`, or each address.",
        "It calls `introspection_endpoint` TokenInfo.",
        "More scopes may come back than you asked for: the client's default ones.",
        "You cannot leave out a scope on the server's page, so choose before you sign in.",
    ),
)
