"""Keycloak. Source: "Securing applications and services" in Keycloak's documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import Part, Preset, address
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

_REALM = "{base_url}/realms/{realm}"
_OIDC = f"{_REALM}/protocol/openid-connect"

keycloak = Preset(
    name="keycloak",
    title="Keycloak",
    source="https://www.keycloak.org/securing-apps/oidc-layers",
    register="https://www.keycloak.org/docs/latest/server_admin/#_oidc_clients",
    parts=(
        address(
            "base_url",
            "the address of a Keycloak server",
            "https://sso.example.org",
            unlike="/realms/",
            advice="Pass the part before /realms/ in the address of the sign-in page.",
        ),
        Part(
            name="realm",
            what="the name of a realm",
            example="research",
            form=r"[^\s/?#{}]+",
            advice="Pass the word after /realms/ in the address of the sign-in page.",
        ),
    ),
    describes={
        "issuer": _REALM,
        "authorization_endpoint": f"{_OIDC}/auth",
        "token_endpoint": f"{_OIDC}/token",
        "device_authorization_endpoint": f"{_OIDC}/auth/device",
        "revocation_endpoint": f"{_OIDC}/revoke",
        "introspection_endpoint": f"{_OIDC}/token/introspect",
        "userinfo_endpoint": f"{_OIDC}/userinfo",
        "end_session_endpoint": f"{_OIDC}/logout",
        "jwks_uri": f"{_OIDC}/certs",
        "token_endpoint_auth_methods_supported": (
            "client_secret_basic",
            "client_secret_post",
            "none",
        ),
    },
    scopes={
        **standard("openid", "profile", "email", "address", "phone"),
        "offline_access": "Keep access after you sign out on the server's own page.",
        "roles": "See your roles.",
    },
    refresh="always; it lasts half an hour after its last use, or as long as the realm allows; "
    "longer with offline_access",
    redirects=Redirects(any_port=True),
    client=True,
    pkce="supported, and required if the realm says so",
    notes=(
        'Pass your API when you sign in: `ow.login(server, client, api="https://…")`.',
        "Before Keycloak 17 the address ends with `/auth`.",
    ),
)
