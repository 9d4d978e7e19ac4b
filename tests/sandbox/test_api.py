from __future__ import annotations

from typing import Any

import pytest

from oauth_widgets.sandbox.server.profiles.network.events import EVENTS, event
from oauth_widgets.sandbox.server.profiles.network.network import Network
from oauth_widgets.sandbox.server.profiles.people import PEOPLE

ONE, TWO = Network(1, PEOPLE), Network(2, PEOPLE)


@pytest.fixture
def token(browser: Any) -> str:
    access_token: str = browser.tokens(scope="phone events.read")["access_token"]
    return access_token


def test_the_links_lead_through_every_event_once(browser: Any, token: str) -> None:
    address, seen = f"{browser.sandbox.api}/events", []
    while address:
        response = browser.get(address, token)
        seen += [row["id"] for row in response.json()]
        address = response.links.get("next", {}).get("url")
    assert len(seen) == len(set(seen)) == EVENTS.count == int(response.headers["x-total-count"])


def test_a_page_has_500_rows_unless_told_otherwise(browser: Any, token: str) -> None:
    assert len(browser.get("/api/events", token).json()) == 500
    page = browser.get("/api/events", token, per_page=7, page=2)
    assert page.json()[0]["id"] == "evt-000008"
    relations = {name: link["url"].partition("?")[2] for name, link in page.links.items()}
    assert relations == {
        "first": "page=1&per_page=7",
        "prev": "page=1&per_page=7",
        "next": "page=3&per_page=7",
        "last": "page=458&per_page=7",
    }


def test_beyond_the_last_page_there_is_nothing(browser: Any, token: str) -> None:
    response = browser.get("/api/events", token, page=99)
    assert response.json() == []
    assert "next" not in response.links


@pytest.mark.parametrize("params", [{"page": 0}, {"page": "x"}, {"per_page": 1001}, {"page": "٣"}])
def test_a_wrong_page_number_is_refused(browser: Any, token: str, params: dict[str, str]) -> None:
    response = browser.get("/api/events", token, **params)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_events_are_nested_ordered_and_sometimes_incomplete() -> None:
    rows = [event(ONE, number) for number in range(EVENTS.count)]
    started = [row["started_at"] for row in rows]
    assert started == sorted(started)
    for name in ("ended_at", "duration_seconds", "bytes", "peer", "direction"):
        assert {row[name] is None for row in rows} == {True, False}
    assert {row["cell"]["location"] is None for row in rows} == {True, False}
    assert "+447700900101" in {row["subscriber"]["phone_number"] for row in rows}


@pytest.mark.parametrize("path", ["/api/events", "/userinfo"])
def test_without_a_token_there_is_a_bare_challenge(browser: Any, path: str) -> None:
    for headers in ({}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}):
        response = browser.http.get(path, headers=headers)
        assert response.status_code == 401
        assert response.headers["www-authenticate"] == 'Bearer realm="sandbox"'


@pytest.mark.parametrize("path", ["/api/events", "/userinfo"])
def test_an_unknown_token_is_invalid(browser: Any, path: str) -> None:
    response = browser.get(path, "made-up")
    assert response.status_code == 401
    assert 'error="invalid_token"' in response.headers["www-authenticate"]


def test_userinfo_needs_openid_and_answers_a_post_too(browser: Any, token: str) -> None:
    refused = browser.get("/userinfo", token)
    assert refused.status_code == 403
    assert 'scope="openid"' in refused.headers["www-authenticate"]
    good = {"Authorization": f"bearer {browser.tokens(scope='openid')['access_token']}"}
    assert browser.http.post("/userinfo", headers=good).json()["sub"]
