"""The profile `onewelcome`: scopes by whitelist and default (seeds.md, rows O1 to O14).

The source document names no addresses: these are our own.
"""

from __future__ import annotations

from dataclasses import replace

from oauth_widgets._sandbox.client import LOOPBACK, Client, toy_secret
from oauth_widgets._sandbox.policy import Policy
from oauth_widgets._sandbox.profile import Paths, Profile, ScopeMeaning
from oauth_widgets._sandbox.profiles.scopes import (
    EMAIL,
    NAME,
    OFFLINE_ACCESS,
    OPENID,
    PHONE,
    SERVICES,
)


def _clients(seed: int) -> tuple[Client, ...]:
    notebook = Client(
        client_id="notebook",
        name="Acme Notebook",
        sector="acme",
        scope=tuple(meaning.name for meaning in ONEWELCOME.scopes),
        default_scope=("usage.read",),
        client_secret=toy_secret("notebook", seed),
        grant_types=("authorization_code", "refresh_token", "client_credentials"),
        redirect_uris=tuple(f"{host}/callback" for host in LOOPBACK),
        post_logout_redirect_uris=tuple(f"{host}/signed-out" for host in LOOPBACK),
    )
    # One redirect URI and no default scope: what may be left out there, and what may not.
    dashboard = replace(
        notebook,
        client_id="dashboard",
        name="Acme Dashboard",
        default_scope=(),
        client_secret=toy_secret("dashboard", seed),
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
    # The resource server behind the API, which asks what its callers' tokens stand for.
    service = Client(
        client_id="operator-api",
        name="Operator API",
        sector="operator",
        scope=tuple(meaning.name for meaning in SERVICES),
        client_secret=toy_secret("operator-api", seed),
        grant_types=("client_credentials",),
        resource_server=True,
    )
    return notebook, dashboard, browser_app, service


ONEWELCOME = Profile(
    name="onewelcome",
    title="Identity provider",
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
    scopes=(
        OPENID,
        NAME,
        EMAIL,
        PHONE,
        ScopeMeaning(
            name="customer_number",
            gives="See your customer number",
            personal=True,
            identifier=True,
            claims=("customer_number",),
        ),
        OFFLINE_ACCESS,
        *SERVICES,
    ),
    clients=_clients,
)
