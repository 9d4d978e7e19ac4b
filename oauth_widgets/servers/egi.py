"""EGI Check-in. Source: "Guide for service providers" in EGI's documentation."""

from __future__ import annotations

from oauth_widgets.servers.preset import Preset, keycloak_realm
from oauth_widgets.servers.redirects import Redirects
from oauth_widgets.servers.scopes import standard

egi = Preset(
    name="egi",
    title="EGI Check-in",
    owner=("egi.eu",),
    source="https://docs.egi.eu/providers/check-in/sp/",
    register="https://aai.egi.eu/federation",
    describes=keycloak_realm("https://aai.egi.eu/auth/realms/egi"),
    scopes={
        **standard("openid", "profile", "email", "offline_access"),
        "voperson_id": "See your identifier, which is the same at every service.",
        "entitlements": "See your groups and roles.",
        "eduperson_scoped_affiliation": "See your role at your institution, such as student.",
    },
    refresh="with offline_access, if the client is registered for it",
    redirects=Redirects(hosts=("localhost", "127.0.0.1")),
    client=True,
    pkce="required, for device codes too",
    notes=("Register in the development instance first; EGI approves the move to production.",),
)
