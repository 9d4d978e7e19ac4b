"""The profile `wgtwo`: a mobile operator's authorization server (W1 to W9 in docs/documents.md)."""

from __future__ import annotations

from dataclasses import replace

from oauth_widgets.sandbox.server.profiles.client import Client, confidential
from oauth_widgets.sandbox.server.profiles.network import SERVICES
from oauth_widgets.sandbox.server.profiles.policy import Policy
from oauth_widgets.sandbox.server.profiles.profile import Paths, Profile
from oauth_widgets.sandbox.server.profiles.scopes import OFFLINE_ACCESS, OPENID, PHONE


def _clients(profile: Profile, seed: int) -> tuple[Client, ...]:
    scope, grant_types = profile.scope_names, profile.policy.grant_types
    notebook = confidential("notebook", "Acme Notebook", seed, scope, grant_types)
    dashboard = confidential("dashboard", "Acme Dashboard", seed, scope, grant_types)
    partner = confidential("partner", "Partner Reports", seed, scope, grant_types)
    return notebook, dashboard, replace(partner, sector="partner")


WGTWO = Profile(
    name="wgtwo",
    paths=Paths(
        authorization="/oauth2/auth",
        token="/oauth2/token",
        userinfo="/userinfo",
        end_session="/oauth2/sessions/logout",
        revocation="/oauth2/revoke",
        jwks="/.well-known/jwks.json",
    ),
    policy=Policy(
        auth_methods=("client_secret_basic",),
        grant_types=("authorization_code", "refresh_token", "client_credentials"),
        pairwise=True,
    ),
    personal_scopes=(
        replace(
            OPENID, gives="Recognize you when you come back, by an ID that only this company gets"
        ),
        PHONE,
        OFFLINE_ACCESS,
    ),
    services=SERVICES,
    clients=_clients,
)
