"""Okta. Source: "OpenID Connect & OAuth 2.0" in Okta's API reference."""

from __future__ import annotations

from oauth_widgets.servers.preset import ANY_METHOD, Part, Preset, domain
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_ISSUER = "https://{domain}/oauth2/{authorization_server}"

okta = Preset(
    name="okta",
    title="Okta",
    source="https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/",
    register="https://developer.okta.com/docs/guides/find-your-app-credentials/",
    parts=(
        domain(
            "acme.okta.com",
            unlike=r"[a-z0-9-]+-admin[.]",
            advice='That is the host of the admin console. Pass domain="acme.okta.com".',
        ),
        Part(
            name="authorization_server",
            what="the ID of a custom authorization server",
            example="default",
            form=r"[\w-]+",
            default="default",
        ),
    ),
    describes={
        "issuer": _ISSUER,
        "authorization_endpoint": f"{_ISSUER}/v1/authorize",
        "token_endpoint": f"{_ISSUER}/v1/token",
        "device_authorization_endpoint": f"{_ISSUER}/v1/device/authorize",
        "revocation_endpoint": f"{_ISSUER}/v1/revoke",
        "introspection_endpoint": f"{_ISSUER}/v1/introspect",
        "userinfo_endpoint": f"{_ISSUER}/v1/userinfo",
        "end_session_endpoint": f"{_ISSUER}/v1/logout",
        "jwks_uri": f"{_ISSUER}/v1/keys",
        "token_endpoint_auth_methods_supported": ANY_METHOD,
        "id_token_signing_alg_values_supported": ("RS256",),
    },
    scopes={
        **standard("openid", "profile", "email", "address", "phone", "offline_access"),
        "groups": "See which groups you are in.",
    },
    refresh="with offline_access, if the app allows it",
    redirects=Redirects(hosts=("localhost", "127.0.0.1")),
    client=True,
    pkce="required for public clients",
    notes=(
        (
            "For Okta's own API use the server of the organization: "
            '`ow.discover("https://acme.okta.com")`.'
        ),
    ),
)
