# ruff: noqa: N802 - rows keep the names they have in the documents
from __future__ import annotations

from typing import Any

import pytest

LOGOUT = "/oauth2/sessions/logout"
ONWARD = "http://127.0.0.1:51234/signed-out"


def signed_in(browser: Any) -> bool:
    return "Continue as" in browser.open().text


def test_an_id_token_signs_out_at_once_and_leads_back(browser: Any) -> None:
    hint = browser.tokens()["id_token"]
    assert signed_in(browser)
    params = {"id_token_hint": hint, "post_logout_redirect_uri": ONWARD, "state": "s t"}
    response = browser.http.get(LOGOUT, params=params)
    assert response.headers["location"] == f"{ONWARD}?state=s+t"
    assert not signed_in(browser)


def test_an_id_token_signs_out_from_outside_the_browser(browser: Any, other_browser: Any) -> None:
    hint = browser.tokens()["id_token"]
    response = other_browser.http.post(LOGOUT, data={"id_token_hint": hint})
    assert "You are signed out" in response.text
    assert not signed_in(browser)


@pytest.mark.parametrize("keep_old", [True, False])
def test_W9_an_id_token_signs_out_after_any_number_of_rotations(
    fresh: Any, browse: Any, keep_old: bool
) -> None:
    browser = browse(fresh())
    hint = browser.tokens()["id_token"]
    for _ in range(6):
        browser.sandbox.rotate_keys(keep_old=keep_old)
    params = {"id_token_hint": hint, "post_logout_redirect_uri": ONWARD}
    assert browser.http.get(LOGOUT, params=params).headers["location"] == ONWARD
    assert not signed_in(browser)


def test_without_an_id_token_the_person_is_asked(browser: Any) -> None:
    browser.tokens()
    page = browser.http.get(LOGOUT)
    assert "<h1>Sign out?</h1>" in page.text
    assert signed_in(browser)
    assert "You are signed out" in browser.submit(page).text
    assert not signed_in(browser)


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_after_asking_the_way_back_is_still_known(browser: Any, method: str) -> None:
    browser.tokens()
    params = {"client_id": "notebook", "post_logout_redirect_uri": ONWARD, "state": "x"}
    sent = {"params": params} if method == "GET" else {"data": params}
    page = browser.follow(browser.http.request(method, LOGOUT, **sent))
    assert browser.submit(page).headers["location"] == f"{ONWARD}?state=x"


def test_a_foreign_form_signs_nobody_out(browser: Any) -> None:
    browser.tokens()
    assert browser.http.post(LOGOUT, data={"form_token": "guess"}).status_code == 403
    assert signed_in(browser)


def test_signing_out_twice_does_no_harm(browser: Any) -> None:
    assert "You are signed out" in browser.http.get(LOGOUT).text


@pytest.mark.parametrize(
    "params",
    [
        {"client_id": "notebook", "post_logout_redirect_uri": "http://evil.example/"},
        {"post_logout_redirect_uri": ONWARD},
        {"id_token_hint": "x.y.z"},
        {"id_token_hint": "\x00"},
        {"client_id": ["a", "b"]},
    ],
)
def test_a_wrong_sign_out_is_a_page_and_goes_nowhere(browser: Any, params: dict[str, Any]) -> None:
    response = browser.http.get(LOGOUT, params=params)
    assert response.status_code == 400
    assert "location" not in response.headers


def test_the_hint_and_the_client_have_to_agree(browser: Any) -> None:
    params = {"id_token_hint": browser.tokens()["id_token"], "client_id": "partner"}
    assert browser.http.get(LOGOUT, params=params).status_code == 400
