"""Keycloak. Source: "Securing applications and services" in Keycloak's documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import Part, Preset, address, keycloak_realm
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

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
    describes=keycloak_realm("{base_url}/realms/{realm}"),
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
