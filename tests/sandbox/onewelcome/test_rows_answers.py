"""The rows of the source document (docs/documents.md) on answers, one by one."""

# ruff: noqa: N802 - the rows have capital names
from __future__ import annotations

from typing import Any

import httpx
import pytest

from oauth_widgets.sandbox.server.state import grants

from .rows import STATE, refused

PROFILE = "onewelcome"


@pytest.mark.parametrize("response_type", ["id_token token", "token id_token"])
def test_O11_implicit_answers_in_the_fragment(browser: Any, response_type: str) -> None:
    changes = {"client_id": "browser-app", "response_type": response_type, "scope": "openid phone"}
    response = browser.submit(browser.sign_in(**changes), decision="allow")
    base, _, fragment = response.headers["location"].partition("#")
    assert base == "http://127.0.0.1:51234/callback"
    answer = dict(httpx.QueryParams(fragment))
    assert set(answer) == {
        *("access_token", "token_type", "expires_in", "scope", "state", "id_token")
    }
    assert answer["state"] == STATE
    claims = browser.verified(answer["id_token"], "browser-app")
    assert claims["nonce"] == "once"
    assert claims["at_hash"]
    told = browser.get(browser.paths["userinfo"], answer["access_token"]).json()
    assert told["sub"] == claims["sub"]


def test_O11_a_token_alone_brings_no_id_token_and_never_a_refresh_token(
    browser: Any, answer_of: Any
) -> None:
    changes = {
        "client_id": "browser-app",
        "response_type": "token",
        "scope": "openid offline_access",
    }
    answer = answer_of(browser.submit(browser.sign_in(**changes), decision="allow"))
    assert {"id_token", "refresh_token", "code"}.isdisjoint(answer)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "notebook"}, "unauthorized_client"),
        ({"scope": "photos"}, "invalid_scope"),
        ({"nonce": None}, "invalid_request"),
        ({"scope": "phone"}, "invalid_request"),
        ({"response_mode": "query"}, "invalid_request"),
        ({"prompt": "none"}, "login_required"),
    ],
)
def test_O11_errors_are_in_the_fragment_too(
    browser: Any, changes: dict[str, str | None], error: str
) -> None:
    request = {
        "client_id": "browser-app",
        "response_type": "id_token token",
        "scope": "openid",
        **changes,
    }
    location = browser.open(**request).headers["location"]
    assert f"/callback#error={error}&" in location
    assert "access_token" not in location


def test_O12_url_parameters_are_not_compared_and_state_goes_through(
    browser: Any, answer_of: Any
) -> None:
    uri = "http://127.0.0.1:51234/callback?product=7&x=%2F"
    response = browser.submit(browser.sign_in(redirect_uri=uri, scope="openid"), decision="allow")
    assert response.headers["location"].startswith(f"{uri}&code=")
    answer = answer_of(response)
    assert answer["state"] == STATE
    refused(browser.redeem(answer["code"]), "invalid_grant")
    code = answer_of(browser.open(redirect_uri=uri, scope="openid", prompt="none"))["code"]
    assert browser.redeem(code, redirect_uri=uri).status_code == 200


@pytest.mark.parametrize(
    "uri",
    [
        "http://127.0.0.1:51234/callback#x",
        "http://127.0.0.1:51234/callback?a\r\nLocation: http://evil.example/",
        "http://127.0.0.1:51234/callback?a b",
        "http://127.0.0.1:51234/callback?code=planted",
        "http://127.0.0.1:51234/callback?%73tate=planted",
        "http://127.0.0.1:51234/other?/callback",
        "http://127.0.0.1@evil.example?/callback",
        "http://evil.example/?http://127.0.0.1/callback",
    ],
)
def test_O12_nothing_is_sent_where_it_should_not_go(browser: Any, uri: str) -> None:
    response = browser.open(redirect_uri=uri, scope="openid")
    assert response.status_code == 400
    assert "location" not in response.headers


@pytest.mark.parametrize("state", ["x" * 2000, "50%", "a=b&c#d", "\u200bé", "0"])
def test_O14_state_is_opaque_and_comes_back_as_it_went(
    browser: Any, answer_of: Any, state: str
) -> None:
    answer = answer_of(browser.open(state=state, prompt="none", scope="openid"))
    assert answer["state"] == state


def test_a_code_that_is_too_old_is_refused(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grants, "CODE_LIFETIME", -1)
    refused(browser.redeem(browser.authorize(scope="openid")["code"]), "invalid_grant")
