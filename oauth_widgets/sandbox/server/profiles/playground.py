"""The profile `playground`: what lessons and tests need and neither source document describes."""

from __future__ import annotations

from dataclasses import replace

from oauth_widgets.sandbox.server.profiles.client import Client, confidential, resource_server
from oauth_widgets.sandbox.server.profiles.network import SERVICES
from oauth_widgets.sandbox.server.profiles.policy import DEVICE_GRANT, Policy
from oauth_widgets.sandbox.server.profiles.profile import Paths, Profile
from oauth_widgets.sandbox.server.profiles.scopes import (
    EMAIL,
    NAME,
    OFFLINE_ACCESS,
    OPENID,
    PHONE,
)


def _clients(profile: Profile, seed: int) -> tuple[Client, ...]:
    scope, grant_types = profile.scope_names, profile.policy.grant_types
    notebook = confidential("notebook", "Acme Notebook", seed, scope, grant_types)
    dashboard = replace(
        confidential("dashboard", "Acme Dashboard", seed, scope, grant_types),
        token_endpoint_auth_method="client_secret_post",
    )
    terminal = replace(
        notebook,
        client_id="terminal",
        name="Acme Terminal",
        client_secret=None,
        token_endpoint_auth_method="none",
        grant_types=("authorization_code", "refresh_token", DEVICE_GRANT),
    )
    signed = replace(
        confidential("signed-userinfo", "Acme Archive", seed, scope, grant_types),
        userinfo_signed_response_alg="RS256",
    )
    return notebook, dashboard, terminal, signed, resource_server(seed, profile.services)


PLAYGROUND = Profile(
    name="playground",
    paths=Paths(
        authorization="/authorize",
        token="/token",
        userinfo="/userinfo",
        end_session="/logout",
        revocation="/revoke",
        jwks="/jwks.json",
        introspection="/introspect",
        device_authorization="/device-authorization",
        device="/device",
    ),
    policy=Policy(
        auth_methods=("client_secret_basic", "client_secret_post", "none"),
        grant_types=("authorization_code", "refresh_token", "client_credentials", DEVICE_GRANT),
        public_clients_need_pkce=True,
        issuer_in_answers=True,
        claims_parameter=True,
        signed_userinfo=True,
        acr="urn:sandbox:password",
    ),
    personal_scopes=(OPENID, NAME, EMAIL, PHONE, OFFLINE_ACCESS),
    services=SERVICES,
    clients=_clients,
)
