"""The profile `playground`: what neither source document describes and teaching needs."""

from __future__ import annotations

from dataclasses import replace

from oauth_widgets._sandbox.client import LOOPBACK, Client, toy_secret
from oauth_widgets._sandbox.policy import DEVICE_GRANT, Policy
from oauth_widgets._sandbox.profile import Paths, Profile
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
        scope=tuple(meaning.name for meaning in PLAYGROUND.scopes),
        client_secret=toy_secret("notebook", seed),
        grant_types=PLAYGROUND.policy.grant_types,
        redirect_uris=tuple(f"{host}/callback" for host in LOOPBACK),
        post_logout_redirect_uris=tuple(f"{host}/signed-out" for host in LOOPBACK),
    )
    poster = replace(
        notebook,
        client_id="dashboard",
        name="Acme Dashboard",
        client_secret=toy_secret("dashboard", seed),
        token_endpoint_auth_method="client_secret_post",
    )
    public = replace(
        notebook,
        client_id="terminal",
        name="Acme Terminal",
        client_secret=None,
        token_endpoint_auth_method="none",
        grant_types=("authorization_code", "refresh_token", DEVICE_GRANT),
    )
    signed = replace(
        notebook,
        client_id="signed-userinfo",
        name="Acme Archive",
        client_secret=toy_secret("signed-userinfo", seed),
        userinfo_signed_response_alg="RS256",
    )
    service = Client(
        client_id="operator-api",
        name="Operator API",
        sector="operator",
        scope=tuple(meaning.name for meaning in SERVICES),
        client_secret=toy_secret("operator-api", seed),
        grant_types=("client_credentials",),
        resource_server=True,
    )
    return notebook, poster, public, signed, service


PLAYGROUND = Profile(
    name="playground",
    title="Playground",
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
    scopes=(OPENID, NAME, EMAIL, PHONE, OFFLINE_ACCESS, *SERVICES),
    clients=_clients,
)
