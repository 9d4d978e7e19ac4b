"""The profile `onewelcome`: scopes by whitelist and default (O1 to O14 in docs/documents.md).

The source document names no addresses, so these paths are our own.
"""

from __future__ import annotations

from dataclasses import replace

from oauth_widgets.sandbox.server.profiles.client import (
    LOOPBACK,
    Client,
    confidential,
    resource_server,
)
from oauth_widgets.sandbox.server.profiles.network import SERVICES
from oauth_widgets.sandbox.server.profiles.policy import Policy
from oauth_widgets.sandbox.server.profiles.profile import Paths, Profile
from oauth_widgets.sandbox.server.profiles.scopes import (
    EMAIL,
    NAME,
    OFFLINE_ACCESS,
    OPENID,
    PHONE,
    ScopeMeaning,
)

_GRANT_TYPES = ("authorization_code", "refresh_token", "client_credentials")


def _clients(profile: Profile, seed: int) -> tuple[Client, ...]:
    scope = profile.scope_names
    notebook = replace(
        confidential("notebook", "Acme Notebook", seed, scope, _GRANT_TYPES),
        default_scope=tuple(name for name in ("usage.read",) if name in scope),
    )
    # With one redirect URI a request may leave it out; without a default scope it must name one.
    dashboard = replace(
        confidential("dashboard", "Acme Dashboard", seed, scope, _GRANT_TYPES),
        token_endpoint_auth_method="client_secret_post",
        redirect_uris=(f"{LOOPBACK[0]}/callback",),
    )
    browser_app = replace(
        notebook,
        client_id="browser-app",
        name="Acme in the Browser",
        client_secret=None,
        token_endpoint_auth_method="none",
        grant_types=("authorization_code", "refresh_token", "implicit"),
    )
    return notebook, dashboard, browser_app, resource_server(seed, profile.services)


ONEWELCOME = Profile(
    name="onewelcome",
    paths=Paths(
        authorization="/oauth/authorize",
        token="/oauth/token",
        userinfo="/oauth/userinfo",
        end_session="/oauth/logout",
        revocation="/oauth/revoke",
        jwks="/oauth/jwks",
        introspection="/oauth/tokeninfo",
    ),
    policy=Policy(
        auth_methods=("client_secret_basic", "client_secret_post", "none"),
        grant_types=("authorization_code", "implicit", "refresh_token", "client_credentials"),
        response_types=("code", "token", "id_token token"),
        default_scopes=True,
        own_scopes=True,
        redirect_uri_optional=True,
        redirect_uri_ignores_query=True,
        machines_get_personal_scopes=True,
        identifiers_in_introspection=True,
    ),
    personal_scopes=(
        OPENID,
        NAME,
        EMAIL,
        PHONE,
        ScopeMeaning(
            name="customer_number",
            gives="See your customer number",
            identifier=True,
            claims=("customer_number",),
        ),
        OFFLINE_ACCESS,
    ),
    services=SERVICES,
    clients=_clients,
)
