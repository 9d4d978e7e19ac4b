"""The rows of the source document (docs/documents.md) on scopes and tokens, one by one."""

# ruff: noqa: N802 - the rows have capital names
from __future__ import annotations

from typing import Any

import jwt
import pytest

from .rows import STATE, refused

PROFILE = "onewelcome"


@pytest.mark.parametrize("scope", ["photos", "openid photos", "openid OPENID"])
def test_O5_a_scope_off_the_whitelist_gets_no_token(
    browser: Any, answer_of: Any, scope: str
) -> None:
    answer = answer_of(browser.open(scope=scope))
    assert (answer["error"], answer["state"]) == ("invalid_scope", STATE)
    assert "code" not in answer
    refused(browser.alone(scope=scope), "invalid_scope")


def test_O6_default_scopes_come_with_every_success(browser: Any) -> None:
    tokens = browser.tokens(scope="openid offline_access")
    assert tokens["scope"] == "openid offline_access usage.read"
    assert browser.refresh(tokens["refresh_token"]).json()["scope"] == tokens["scope"]
    assert browser.alone(scope="events.read").json()["scope"] == "events.read usage.read"
    assert browser.alone().json()["scope"] == "usage.read"


def test_O6_a_refresh_for_less_still_brings_the_default_scopes(browser: Any) -> None:
    tokens = browser.tokens(scope="openid offline_access phone")
    less = browser.refresh(tokens["refresh_token"], scope="openid").json()
    assert less["scope"] == "openid usage.read"


def test_O6_the_person_is_told_of_the_default_scopes(browser: Any) -> None:
    assert "<code>usage.read</code>" in browser.sign_in(scope="openid").text


def change(sandbox: Any, whitelist: str, defaults: str = "") -> None:
    """Register the notebook's client again, with other scopes."""
    record = {
        "client_id": "notebook",
        "redirect_uris": sandbox.clients["notebook"]["redirect_uris"],
    }
    sandbox.register({**record, "scope_whitelist": whitelist, "default_scopes": defaults})


def test_O5_a_scope_that_left_the_whitelist_comes_with_no_refresh_and_no_pending_code(
    fresh: Any, browse: Any
) -> None:
    sandbox = fresh()
    browser = browse(sandbox)
    tokens = browser.tokens(scope="openid offline_access phone events.read")
    code = browser.authorize(scope="openid phone events.read")["code"]
    page = browser.sign_in(scope="openid phone")
    change(sandbox, "openid offline_access events.read")
    assert browser.redeem(code).json()["scope"] == "openid events.read"
    again = browser.refresh(tokens["refresh_token"]).json()
    assert again["scope"] == "openid offline_access events.read"
    refused(browser.refresh(again["refresh_token"], scope="phone"), "invalid_scope")
    location = browser.submit(page, decision="allow").headers["location"]
    late = browser.redeem(location.partition("code=")[2].partition("&")[0]).json()
    assert late["scope"] == "openid"
    change(sandbox, "openid")
    last = browser.refresh(again["refresh_token"]).json()
    assert last["scope"] == "openid"
    assert "refresh_token" not in last


def test_O5_a_grant_of_which_nothing_is_left_gives_no_token(fresh: Any, browse: Any) -> None:
    sandbox = fresh()
    browser = browse(sandbox)
    code = browser.authorize(scope="phone")["code"]
    change(sandbox, "events.read")
    refused(browser.redeem(code), "invalid_scope")


def test_O6_a_new_default_scope_appears_in_a_refresh_and_may_be_asked_for(
    fresh: Any, browse: Any
) -> None:
    sandbox = fresh()
    browser = browse(sandbox)
    tokens = browser.tokens(scope="openid offline_access")
    change(sandbox, "openid offline_access phone usage.read", "phone")
    again = browser.refresh(tokens["refresh_token"]).json()
    assert again["scope"] == "openid offline_access usage.read phone"
    asked = browser.refresh(again["refresh_token"], scope="openid phone").json()
    assert asked["scope"] == "openid phone"
    refused(browser.refresh(asked["refresh_token"], scope="events.read"), "invalid_scope")


def test_O7_no_scope_and_no_default_is_an_error(browser: Any, answer_of: Any) -> None:
    answer = answer_of(browser.open(client_id="dashboard", scope=None))
    assert answer["error"] == "invalid_scope"
    assert "no default" in answer["error_description"]
    refused(browser.alone("dashboard"), "invalid_scope")


def test_O7_no_scope_is_fine_with_a_default(browser: Any) -> None:
    assert browser.tokens(scope=None)["scope"] == "usage.read"


def token_info(browser: Any, token: str, by: str = "operator-api") -> Any:
    return browser.post(browser.paths["introspection"], by, token=token).json()


def test_O8_the_access_token_is_opaque_and_tokeninfo_tells(browser: Any) -> None:
    tokens = browser.tokens(scope="openid phone customer_number events.read")
    with pytest.raises(jwt.DecodeError):
        jwt.decode(tokens["access_token"], options={"verify_signature": False})
    told = token_info(browser, tokens["access_token"])
    assert told["active"] is True
    assert told["client_id"] == "notebook"
    assert told["scope"] == "openid phone customer_number events.read usage.read"
    assert told["exp"] - told["iat"] == 3600
    assert told["sub"] == browser.verified(tokens["id_token"])["sub"]


@pytest.mark.parametrize(
    ("username", "phone", "number"),
    [("alice", "+447700900101", "C-1001"), ("bob", "+447700900102", "C-1002")],
)
def test_O8_user_identifier_scopes_bring_the_users_values(
    browser: Any, username: str, phone: str, number: str
) -> None:
    told = token_info(
        browser, browser.tokens(username, scope="profile phone customer_number")["access_token"]
    )
    assert (told["phone_number"], told["customer_number"]) == (phone, number)
    assert "name" not in told
    bare = token_info(browser, browser.tokens(username, scope="events.read")["access_token"])
    assert {"phone_number", "customer_number", "email"}.isdisjoint(bare)


def test_O9_a_resource_server_refuses_a_token_without_its_own_scope(browser: Any) -> None:
    token = browser.tokens(scope="openid phone")["access_token"]
    response = browser.get("/api/events", token)
    refused(response, "insufficient_scope", 403)
    assert 'scope="events.read phone"' in response.headers["www-authenticate"]
    wider = browser.tokens(scope="openid phone events.read")["access_token"]
    assert browser.get("/api/events", wider).status_code == 200


def test_O10_no_page_lets_the_person_choose_among_scopes(browser: Any) -> None:
    page = browser.sign_in(scope="openid phone events.read")
    for chooser in ("checkbox", "radio", "<select"):
        assert chooser not in page.text
    response = browser.submit(page, decision="allow", scope="openid")
    code = response.headers["location"].partition("code=")[2].partition("&")[0]
    granted = browser.redeem(code).json()["scope"]
    assert granted == "openid phone events.read usage.read"


def test_a_machine_may_have_personal_scopes_here_but_there_is_no_person(browser: Any) -> None:
    tokens = browser.alone(scope="openid offline_access").json()
    assert tokens["scope"] == "openid offline_access usage.read"
    assert {"id_token", "refresh_token"}.isdisjoint(tokens)
    refused(browser.get(browser.paths["userinfo"], tokens["access_token"]), "invalid_token", 401)
