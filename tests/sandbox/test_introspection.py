from __future__ import annotations

from typing import Any

import pytest

PROFILE = "playground"
INACTIVE = {"active": False}


def ask(browser: Any, token: str, by: str = "notebook", **form: str) -> Any:
    response = browser.post(browser.paths["introspection"], by, token=token, **form)
    assert response.status_code == 200
    assert response.headers["cache-control"] == "no-store"
    return response.json()


def test_an_access_token_is_told_in_full(browser: Any) -> None:
    tokens = browser.tokens("bob")
    told = ask(browser, tokens["access_token"])
    assert told.pop("exp") - told.pop("iat") == 3600
    assert told == {
        "active": True,
        "client_id": "notebook",
        "scope": "openid phone offline_access events.read",
        "token_type": "Bearer",
        "iss": browser.sandbox.issuer,
        "sub": browser.verified(tokens["id_token"])["sub"],
        "username": "bob",
    }


@pytest.mark.parametrize("hint", ["refresh_token", "access_token", "unheard-of"])
def test_a_refresh_token_is_told_whatever_the_hint(browser: Any, hint: str) -> None:
    told = ask(browser, browser.tokens()["refresh_token"], token_type_hint=hint)
    assert told["active"] is True
    assert "token_type" not in told


def test_a_clients_own_token_speaks_of_no_person(browser: Any) -> None:
    token = browser.alone(scope="events.read").json()["access_token"]
    told = ask(browser, token)
    assert told["active"] is True
    assert {"sub", "username"}.isdisjoint(told)


def test_what_is_over_is_not_active(browser: Any) -> None:
    first = browser.tokens()
    second = browser.refresh(first["refresh_token"]).json()
    assert ask(browser, first["refresh_token"]) == INACTIVE
    browser.post(browser.paths["revocation"], token=second["access_token"])
    for token in (second["access_token"], second["refresh_token"], "made-up", first["id_token"]):
        assert ask(browser, token) == INACTIVE


def test_a_token_that_lapsed_is_not_active(fresh: Any, browse: Any) -> None:
    browser = browse(fresh(token_lifetime=1))
    token = browser.alone(scope="events.read").json()["access_token"]
    while ask(browser, token)["active"]:
        pass
    assert ask(browser, token) == INACTIVE


def test_a_resource_server_may_ask_about_every_token_and_others_about_their_own(
    browser: Any,
) -> None:
    token = browser.tokens()["access_token"]
    assert ask(browser, token, "operator-api")["client_id"] == "notebook"
    assert ask(browser, token, "dashboard") == INACTIVE


def test_who_proves_nothing_learns_nothing(browser: Any) -> None:
    response = browser.post(browser.paths["introspection"], "terminal", token="x")
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")
    assert response.headers["www-authenticate"].startswith("Basic ")


def test_a_token_has_to_be_named(browser: Any) -> None:
    response = browser.post(browser.paths["introspection"])
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")
