"""The sandbox as a notebook sees it: `ow.sandbox`."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.signing_in.callback import front_channel

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
        with pytest.raises(errors.ConfigurationError, match="different options"):
            ow.sandbox.start("playground", seed=8)
        other = ow.sandbox.start("playground", seed=8, restart=True)
        assert other.has(seed=8, token_lifetime=3600, opener_policy=False)
        assert not other.has(seed=7)
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


def test_its_pages_and_no_other_addresses_may_be_shown_elsewhere(sandbox: Any) -> None:
    server = sandbox.server
    channel = front_channel.of(f"{server.authorization_endpoint}?state=x")
    assert channel is not None
    assert channel.addresses == {server.authorization_endpoint, server.end_session_endpoint}
    assert front_channel.of(server.end_session_endpoint) is channel
    assert server.issuer == f"http://127.0.0.1:{channel.port}"
    for address in (server.issuer, server.token_endpoint, server.userinfo_endpoint, sandbox.api):
        assert front_channel.of(address) is None


def test_the_page_for_a_devices_code_may_be_shown_elsewhere() -> None:
    sandbox = ow.sandbox.start("playground")
    asked = ow.device_login(sandbox.server, sandbox.clients["terminal"], scope="openid")
    for page in (asked.verification_uri, asked.verification_uri_complete):
        channel = front_channel.of(page)
        assert channel is front_channel.of(sandbox.server.authorization_endpoint)
    sandbox.stop()


def test_nothing_is_shown_of_a_sandbox_that_is_over(sandbox: Any) -> None:
    page = sandbox.server.authorization_endpoint
    again = ow.sandbox.start("onewelcome", restart=True)
    assert front_channel.of(page) is None
    assert front_channel.of(again.server.authorization_endpoint) is not None
    again.stop()
    assert front_channel.of(again.server.authorization_endpoint) is None


def test_nothing_is_shown_of_a_sandbox_that_another_process_may_have_started() -> None:
    bare = ow.sandbox.serve("wgtwo")
    assert [front_channel.of(page) for page in bare.pages] == [None, None]
    bare.stop()


@pytest.mark.parametrize("client_id", ["notebook", "browser-app", "operator-api"])
def test_a_way_back_found_later_is_registered_once_and_stays_after_a_reset(
    sandbox: Any, client_id: str
) -> None:
    channel = front_channel.of(sandbox.server.authorization_endpoint)
    assert channel is not None
    before = sandbox.clients[client_id]
    uris = ["https://hub.example/user/a/callback", "http://binder.example:8888/x/callback"]
    for uri in (*uris, *uris):
        channel.register(client_id, uri)
    after = sandbox.clients[client_id]
    assert after == replace(before, redirect_uris=(*before.redirect_uris, *uris))
    sandbox.reset()
    assert sandbox.clients[client_id] == after


def test_ways_back_registered_at_once_are_all_kept(sandbox: Any) -> None:
    channel = front_channel.of(sandbox.server.authorization_endpoint)
    assert channel is not None
    uris = [f"https://hub.example/user/{n}/callback" for n in range(40)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda uri: channel.register("notebook", uri), uris))
    assert set(uris) <= set(sandbox.client.redirect_uris)


@pytest.mark.parametrize(
    ("client_id", "uri", "reason"),
    [
        ("nobody", "https://hub.example/callback", "client_id is not registered here"),
        ("notebook", "https://hub.example/callback#x", "has a fragment"),
        ("notebook", "javascript:alert(1)", "has the scheme javascript"),
        ("notebook", "https://*.example/callback", "has a wildcard"),
    ],
)
def test_a_way_back_that_cannot_be_is_refused_with_its_reason(
    sandbox: Any, client_id: str, uri: str, reason: str
) -> None:
    channel = front_channel.of(sandbox.server.authorization_endpoint)
    assert channel is not None
    before = sandbox.clients
    with pytest.raises(errors.ConfigurationError, match=reason):
        channel.register(client_id, uri)
    assert sandbox.clients == before


def test_a_refused_registration_names_field_and_reason(sandbox: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match="redirect_uris has a fragment"):
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
    with pytest.raises(errors.ConfigurationError, match="no switch with that name"):
        sandbox.misbehave("x")


def test_the_repr_shows_no_secret(sandbox: Any) -> None:
    assert re.fullmatch(
        r"<Sandbox onewelcome at http://[\d.:]+, with alice and bob>", repr(sandbox)
    )
    sandbox.stop()
    assert repr(sandbox) == "<Sandbox onewelcome: stopped>"


def test_a_notebook_shows_who_can_sign_in_and_where_each_endpoint_is() -> None:
    sandbox = ow.sandbox.start("playground")
    html = sandbox._repr_html_()
    for person in sandbox.users:
        assert f">{person['username']}</bdi>" in html
        assert f">{person['password']}</bdi>" in html
    assert f'href="{sandbox.server.issuer}/"' in html
    for address in (sandbox.server.authorization_endpoint, sandbox.server.token_endpoint):
        assert f">{address}</bdi>" in html
    assert sandbox.api in html
