"""Auth0. Source: "Authentication API" in Auth0's documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import Part, Preset, domain
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

auth0 = Preset(
    name="auth0",
    title="Auth0",
    source="https://auth0.com/docs/api/authentication",
    register="https://manage.auth0.com/#/applications",
    parts=(
        domain("acme.eu.auth0.com"),
        Part(
            name="audience",
            what="the identifier of an API",
            example="https://api.example.com",
            form=r"\S+",
            optional=True,
        ),
    ),
    describes={
        "issuer": "https://{domain}/",
        "authorization_endpoint": "https://{domain}/authorize",
        "token_endpoint": "https://{domain}/oauth/token",
        "device_authorization_endpoint": "https://{domain}/oauth/device/code",
        "revocation_endpoint": "https://{domain}/oauth/revoke",
        "userinfo_endpoint": "https://{domain}/userinfo",
        "end_session_endpoint": "https://{domain}/oidc/logout",
        "jwks_uri": "https://{domain}/.well-known/jwks.json",
        "token_endpoint_auth_methods_supported": (
            "client_secret_post",
            "client_secret_basic",
            "none",
        ),
        "id_token_signing_alg_values_supported": ("RS256",),
        "authorization_parameters": {"audience": "{audience}"},
    },
    scopes=standard("openid", "profile", "email", "offline_access"),
    refresh="with offline_access, if the API allows it",
    redirects=Redirects(hosts=("localhost", "127.0.0.1")),
    client=True,
    notes=(
        "Without `audience`, the access token works only for userinfo.",
        'To `ow.device_login` and `ow.client_credentials`, pass `extra={"audience": "…"}`.',
        "Its issuer ends with a slash. You may have to set the client to use RS256.",
    ),
)
