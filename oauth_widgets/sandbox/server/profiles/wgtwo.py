"""The profile `wgtwo`: a mobile operator's authorization server (seeds.md, rows W1 to W9)."""

from __future__ import annotations

from dataclasses import replace

from oauth_widgets._sandbox.client import LOOPBACK, Client, toy_secret
from oauth_widgets._sandbox.policy import Policy
from oauth_widgets._sandbox.profile import Paths, Profile
from oauth_widgets._sandbox.profiles.scopes import OFFLINE_ACCESS, OPENID, PHONE, SERVICES


def _client(client_id: str, name: str, sector: str, seed: int) -> Client:
    return Client(
        client_id=client_id,
        name=name,
        sector=sector,
        scope=tuple(meaning.name for meaning in WGTWO.scopes),
        client_secret=toy_secret(client_id, seed),
        grant_types=WGTWO.policy.grant_types,
        redirect_uris=tuple(f"{host}/callback" for host in LOOPBACK),
        post_logout_redirect_uris=tuple(f"{host}/signed-out" for host in LOOPBACK),
    )


def _clients(seed: int) -> tuple[Client, ...]:
    return (
        _client("notebook", "Acme Notebook", "acme", seed),
        _client("dashboard", "Acme Dashboard", "acme", seed),
        _client("partner", "Partner Reports", "partner", seed),
    )


WGTWO = Profile(
    name="wgtwo",
    title="Mobile operator",
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
    scopes=(
        replace(OPENID, gives="Know you again, by an identifier that only this company gets"),
        PHONE,
        OFFLINE_ACCESS,
        *SERVICES,
    ),
    clients=_clients,
)
