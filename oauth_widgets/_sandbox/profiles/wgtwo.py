"""The profile `wgtwo`: a mobile operator's authorization server (seeds.md, rows W1 to W9)."""

from __future__ import annotations

from oauth_widgets._sandbox.client import Client, toy_secret
from oauth_widgets._sandbox.profile import Paths, Profile, ScopeMeaning

_LOOPBACK = ("http://127.0.0.1", "http://localhost")
_SERVICES = ("events.read", "subscribers.read", "usage.read")


def _client(client_id: str, name: str, sector: str, seed: int) -> Client:
    return Client(
        client_id=client_id,
        name=name,
        sector=sector,
        scope=("openid", "phone", "offline_access", *_SERVICES),
        client_secret=toy_secret(client_id, seed),
        redirect_uris=tuple(f"{host}/callback" for host in _LOOPBACK),
        post_logout_redirect_uris=tuple(f"{host}/signed-out" for host in _LOOPBACK),
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
    scopes=(
        ScopeMeaning(
            name="openid",
            gives="Know you again, by an identifier that only this company gets",
            personal=True,
            claims=("sub",),
        ),
        ScopeMeaning(
            name="phone",
            gives="See your phone number, and phone numbers in the data it reads",
            personal=True,
            claims=("phone_number", "phone_number_verified"),
        ),
        ScopeMeaning(
            name="offline_access",
            gives="Keep this access while you are away",
            personal=True,
        ),
        ScopeMeaning(name="events.read", gives="Read network events: calls, messages, data use"),
        ScopeMeaning(name="subscribers.read", gives="Read the list of subscribers"),
        ScopeMeaning(name="usage.read", gives="Read how much the subscribers use"),
    ),
    clients=_clients,
)
