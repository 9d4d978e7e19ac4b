"""What a notebook sees of it: `ow.sandbox`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def sandbox() -> Iterator[Any]:
    running = ow.sandbox.start("onewelcome", restart=True)
    yield running
    running.stop()


def test_options_come_through_and_a_second_start_returns_the_running_one() -> None:
    one = ow.sandbox.start("playground", seed=7, token_lifetime=60, restart=True)
    try:
        assert ow.sandbox.start("playground") is one
        assert ow.sandbox.start("playground", seed=7) is one
        with pytest.raises(errors.ConfigurationError, match="other options"):
            ow.sandbox.start("playground", seed=8)
        other = ow.sandbox.start("playground", seed=8, restart=True)
        assert other.options == {"seed": 8, "token_lifetime": 3600, "opener_policy": False}
        other.stop()
    finally:
        one.stop()


def test_a_registered_client_can_be_used_at_once_and_is_gone_after_a_reset(sandbox: Any) -> None:
    client = sandbox.register({"client_id": "mine", "scope": "usage.read", "type": "confidential"})
    assert client == sandbox.clients["mine"]
    session = ow.client_credentials(sandbox.server, client, scope="usage.read")
    assert str(session.scope) == "usage.read"
    sandbox.reset()
    assert "mine" not in sandbox.clients
    with pytest.raises(errors.OAuthError):
        ow.client_credentials(sandbox.server, client, scope="usage.read")


@pytest.mark.parametrize("kind", ["confidential", "public"])
def test_the_clients_own_record_can_be_registered(sandbox: Any, kind: str) -> None:
    secret = {"client_secret": ow.Secret("a toy")} if kind == "confidential" else {}
    registration = ow.ClientRegistration(
        client_id="my client",
        type=kind,
        redirect_uris=["http://127.0.0.1/callback"],
        scope_whitelist="openid usage.read",
        default_scopes="usage.read",
        **secret,
    )
    client = sandbox.register(registration)
    assert registration.client_metadata() == client


def test_a_refused_registration_names_field_and_reason(sandbox: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match="redirect_uris: 'x#y' has a fragment"):
        sandbox.register({"scope": "openid", "redirect_uris": ["x#y"]})
    with pytest.raises(errors.ConfigurationError, match="or a mapping"):
        sandbox.register(None)


def test_public_clients_have_no_secret(sandbox: Any) -> None:
    client = sandbox.clients["browser-app"]
    assert (client.client_secret, client.token_endpoint_auth_method) == (None, "none")


def test_the_server_says_how_it_compares_redirect_uris(sandbox: Any) -> None:
    assert sandbox.server.redirect_uri_ignores_query is True
    assert ow.sandbox.start("wgtwo").server.redirect_uri_ignores_query is False


def test_switches_are_listed_and_turned(sandbox: Any) -> None:
    assert set(sandbox.misbehaviours) >= {"state", "nonce", "downtime"}
    with sandbox.misbehave("downtime"), pytest.raises(errors.OAuthError):
        ow.client_credentials(sandbox.server, sandbox.client, scope="usage.read")
    with pytest.raises(errors.ConfigurationError, match="no switch 'x'"):
        sandbox.misbehave("x")


def test_keys_rotate(sandbox: Any) -> None:
    sandbox.rotate_keys(keep_old=False)


def test_the_repr_shows_no_secret(sandbox: Any) -> None:
    assert re.fullmatch(
        r"<Sandbox onewelcome at http://[\d.:]+, with alice and bob>", repr(sandbox)
    )
