"""Zitadel. Source: "OpenID Connect endpoints" in Zitadel's documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import ANY_METHOD, Preset, domain
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

zitadel = Preset(
    name="zitadel",
    title="Zitadel",
    source="https://zitadel.com/docs/apis/openidoauth/endpoints",
    register="https://zitadel.com/docs/guides/manage/console/applications-overview",
    parts=(domain("acme.zitadel.cloud"),),
    describes={
        "issuer": "https://{domain}",
        "authorization_endpoint": "https://{domain}/oauth/v2/authorize",
        "token_endpoint": "https://{domain}/oauth/v2/token",
        "device_authorization_endpoint": "https://{domain}/oauth/v2/device_authorization",
        "revocation_endpoint": "https://{domain}/oauth/v2/revoke",
        "introspection_endpoint": "https://{domain}/oauth/v2/introspect",
        "userinfo_endpoint": "https://{domain}/oidc/v1/userinfo",
        "end_session_endpoint": "https://{domain}/oidc/v1/end_session",
        "jwks_uri": "https://{domain}/oauth/v2/keys",
        "token_endpoint_auth_methods_supported": ANY_METHOD,
        "id_token_signing_alg_values_supported": ("RS256",),
    },
    scopes={
        **standard("openid", "profile", "email", "phone", "offline_access"),
        "urn:zitadel:iam:user:metadata": "See the metadata of your account.",
        "urn:zitadel:iam:org:project:id:zitadel:aud": "Use Zitadel's own API.",
    },
    refresh="with offline_access; a new one with each refresh",
    redirects=Redirects(
        any_port=True,
        note="Register a native app; other types need development mode for http.",
    ),
    client=True,
    notes=(
        (
            "Its ID tokens name the project as an audience too: describe the client with "
            '`additional_audiences=["PROJECT-ID"]`.'
        ),
    ),
)
