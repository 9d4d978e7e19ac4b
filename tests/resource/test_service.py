from __future__ import annotations

from typing import Any

import pytest

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.resource.service import Service
from tests.protocol.builders import refuses

EVENTS = Service(name="events", scopes="events.read phone", address="https://api.example/events")


def test_a_service_names_the_scopes_that_it_requires() -> None:
    assert EVENTS.scopes == Scope("events.read phone")
    assert (
        Service(
            name="events", scopes=["events.read", "phone"], address="https://api.example/events"
        )
        == EVENTS
    )


@pytest.mark.parametrize(
    ("url", "its_own"),
    [
        ("https://api.example/events", True),
        ("https://api.example/events/", True),
        ("https://api.example/events/7/cell", True),
        ("https://api.example/eventsource", False),
        ("https://api.example/", False),
        ("https://other.example/events", False),
    ],
)
def test_what_is_below_its_address_is_its_own(url: str, its_own: bool) -> None:
    assert EVENTS.has(url) is its_own


def test_without_an_address_nothing_is_known_to_be_its_own() -> None:
    assert not Service(name="events", scopes="").has("https://api.example/events")


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"scopes": ['"']},
        {"name": 7},
        {"address": ""},
        {"address": 7},
        {"gives": None},
    ],
)
def test_what_can_be_no_service_is_refused(wrong: dict[str, Any]) -> None:
    with refuses(ConfigurationError):
        Service(**{"name": "events", "scopes": "events.read", **wrong})


def test_a_relative_address_belongs_to_the_api() -> None:
    for written in ("/events", "events", "/events/"):
        relative = Service(name="events", scopes="events.read", address=written)
        assert relative.at("https://api.example/v1/").has("https://api.example/v1/events/7")
        assert not relative.at("https://api.example/v1").has("https://api.example/events")
        assert relative.at(None) is relative
    assert EVENTS.at("https://other.example") is EVENTS


def test_names_of_scopes_may_have_commas_between_them() -> None:
    for written in ("events.read,phone", "events.read, phone", "events.read phone"):
        assert Service(name="events", scopes=written).scopes == Scope("events.read phone")


@pytest.mark.parametrize("wrong", ["adress", "scope", "url"])
def test_a_mistyped_argument_is_named(wrong: str) -> None:
    with refuses(ConfigurationError) as caught:
        Service(**{"name": "events", "scopes": "events.read", wrong: "/events"})
    assert f"A service has no {wrong}" in caught.value.message
