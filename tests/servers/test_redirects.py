"""Which addresses of one's own computer a server takes, and what to register at it."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

import pytest

import oauth_widgets as ow
from oauth_widgets.servers import redirect_advice, redirect_problem
from oauth_widgets.servers.redirects import Redirects, callback_path

from ..widgets.page import Page
from .twins.habits import HABITS
from .twins.twin import running

PRESETS = {one.name: one for one in ow.servers.PRESETS}


@pytest.mark.parametrize(
    ("rule", "register"),
    [
        (Redirects(any_port=True), "http://127.0.0.1/callback"),
        (Redirects(hosts=("localhost",)), "http://localhost:8765/callback"),
        (Redirects(hosts=()), ""),
    ],
)
def test_what_to_register_follows_from_the_rule(rule: Redirects, register: str) -> None:
    assert rule.register() == register


@pytest.mark.parametrize(
    ("rule", "uri", "reason"),
    [
        (Redirects(any_port=True), "http://127.0.0.1/callback", ""),
        (Redirects(any_port=True), "http://127.0.0.1:5000/callback", ""),
        (Redirects(), "http://127.0.0.1:5000/callback", ""),
        (Redirects(), "http://127.0.0.1/cb", "Register http://127.0.0.1:8765/cb."),
        (Redirects(hosts=("127.0.0.1",)), "http://localhost:1/cb", "127.0.0.1, not localhost"),
        (Redirects(hosts=()), "http://127.0.0.1/callback", "not https"),
        (Redirects(), "http://notebook.example/callback", "not https"),
        (Redirects(hosts=()), "https://notebook.example/callback", ""),
    ],
)
def test_an_address_that_the_server_would_refuse_has_a_reason(
    rule: Redirects, uri: str, reason: str
) -> None:
    said = rule.problem(uri, "This server")
    assert reason in said
    assert bool(said) == bool(reason)


@pytest.mark.parametrize("name", PRESETS)
def test_what_a_server_says_to_register_it_takes(name: str) -> None:
    preset = PRESETS[name]
    advice = redirect_advice(preset.example)
    assert advice is not None
    assert advice.why.startswith(preset.title)
    if advice.register:
        assert redirect_problem(preset.example, advice.register) == ""
        assert urlsplit(advice.register).path == callback_path(preset.example.issuer)
    else:
        assert redirect_problem(preset.example, "http://127.0.0.1/callback") != ""


ADDRESSES_OF_THEIR_OWN = {"fhir", "onewelcome"}


@pytest.mark.parametrize("name", sorted(PRESETS.keys() - ADDRESSES_OF_THEIR_OWN))
def test_a_server_that_was_discovered_is_known_by_its_addresses(name: str) -> None:
    discovered = replace(PRESETS[name].example, name=None)
    assert redirect_advice(discovered) == redirect_advice(PRESETS[name].example)


def test_a_server_like_none_of_them_gets_no_advice() -> None:
    server = ow.AuthorizationServer(
        issuer="https://id.example", token_endpoint="https://id.example/token"
    )
    assert redirect_advice(server) is None
    assert redirect_problem(server, "http://127.0.0.1/callback") == ""


# what shows it


@pytest.mark.parametrize(
    ("name", "register"),
    [("github", "http://127.0.0.1/callback"), ("auth0", "http://localhost:8765/callback")],
)
def test_doctor_says_what_to_register_at_a_server_that_you_describe(
    name: str, register: str
) -> None:
    with running(PRESETS[name], HABITS[name]) as twin:
        told = {one.title: one for one in ow.doctor(twin.server).findings}
    assert told["This computer"].register == register
    assert told["This computer"].advice == PRESETS[name].redirects.rule(PRESETS[name].title)
    assert told["On another device"].good is True
    assert PRESETS[name].title in told["Server"].found


def test_doctor_offers_no_address_of_this_computer_if_the_server_takes_none() -> None:
    with running(PRESETS["snowflake"], HABITS["snowflake"]) as twin:
        told = {one.title: one for one in ow.doctor(twin.server).findings}
    assert told["This computer"].good is False
    assert told["This computer"].register == ""
    assert "accepts only https" in told["This computer"].advice


def test_the_client_form_begins_with_the_address_to_register() -> None:
    card = ow.ClientForm(server=ow.servers.auth0(domain="acme.auth0.com"))
    assert card.record["redirect_uris"] == ["http://localhost:8765/callback/acme.auth0.com"]
    card.close()


def test_the_client_form_refuses_an_address_that_the_server_would_refuse() -> None:
    page = Page(ow.ClientForm(server=ow.servers.spotify()))
    record = {**page.card.record, "redirect_uris": ["http://localhost:8765/callback"]}
    page.tell("typed", record=record, secret=True)
    assert "accepts 127.0.0.1, not localhost" in page.card.reasons["redirect_uris"]
    page.card.close()
