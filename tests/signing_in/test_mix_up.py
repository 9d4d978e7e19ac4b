"""One redirect address for several servers: a warning, once, if their answers look alike."""

from __future__ import annotations

import warnings

import pytest

import oauth_widgets as ow
from oauth_widgets.errors import MixUpWarning
from oauth_widgets.signing_in import mix_up

from .told import server_at

HUB = "https://hub.example/callback"


def begin(host: str, redirect_uri: str = HUB, *, names_itself: bool = False) -> ow.PendingLogin:
    server = server_at(host, authorization_response_iss_parameter_supported=names_itself)
    return ow.begin_login(server, ow.ClientMetadata(client_id="x", redirect_uris=[redirect_uri]))


@pytest.mark.parametrize("names_itself", [(False, False), (True, False), (False, True)])
def test_an_address_that_serves_two_servers_is_warned_of_once(
    names_itself: tuple[bool, bool],
) -> None:
    begin("one.example", names_itself=names_itself[0])
    assert mix_up.mix_up(HUB) == ""
    with pytest.warns(MixUpWarning, match=r"one\.example and two\.example.*different path") as told:
        begin("two.example", names_itself=names_itself[1])
    assert told[0].filename == __file__
    assert mix_up.mix_up(HUB) == str(told[0].message)
    begin("two.example")
    begin("three.example")
    assert "three.example" in mix_up.mix_up(HUB)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://127.0.0.1:8400/callback", "http://127.0.0.1:50123/callback"),
        ("http://127.0.0.1:8400/callback", "http://localhost:8400/callback"),
        ("https://hub.example/callback?server=one", "https://hub.example/callback?server=two"),
        ("https://hub.example", "https://HUB.example/"),
        ("https://hub.example/callback", "https://hub.example:443/callback"),
    ],
)
def test_what_servers_compare_as_one_address_is_one(one: str, other: str) -> None:
    begin("one.example", one)
    with pytest.warns(MixUpWarning):
        begin("two.example", other)


def test_servers_that_are_told_apart_are_not_warned_of() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        begin("one.example", f"{HUB}/one")
        begin("two.example", f"{HUB}/two")
        begin("one.example", f"{HUB}/one")
        for host in ("three.example", "four.example"):
            begin(host, f"{HUB}/both", names_itself=True)
        begin("five.example", f"{HUB}/own")
        sandbox = ow.sandbox.start()
        client = ow.ClientMetadata(
            client_id="x", client_secret="made-up", redirect_uris=[f"{HUB}/own"]
        )
        ow.begin_login(sandbox.server, client)


def test_a_danger_that_is_gone_is_no_longer_told() -> None:
    begin("one.example")
    with pytest.warns(MixUpWarning):
        begin("two.example")
    for host in ("one.example", "two.example"):
        begin(host, names_itself=True)
    assert mix_up.mix_up(HUB) == ""
