"""The rows of the source document (docs/documents.md), one by one."""

# ruff: noqa: N802 - the rows have capital names
from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from oauth_widgets.sandbox.server import serve

PATHS = {
    "authorization_endpoint": "/oauth2/auth",
    "token_endpoint": "/oauth2/token",
    "userinfo_endpoint": "/userinfo",
    "end_session_endpoint": "/oauth2/sessions/logout",
    "revocation_endpoint": "/oauth2/revoke",
    "jwks_uri": "/.well-known/jwks.json",
}


def test_W1_the_token_is_taken_from_the_header_and_never_from_the_address(browser: Any) -> None:
    token = browser.tokens()["access_token"]
    assert browser.get("/api/events", token).status_code == 200
    in_address = browser.http.get("/api/events", params={"access_token": token})
    assert in_address.status_code == 400
    assert 'error="invalid_request"' in in_address.headers["www-authenticate"]


def test_W1_the_token_is_not_taken_from_a_form(browser: Any) -> None:
    token = browser.tokens()["access_token"]
    assert browser.http.post("/userinfo", data={"access_token": token}).status_code == 401


def test_W2_the_endpoints_are_where_the_document_says(browser: Any, sandbox: Any) -> None:
    metadata = httpx.get(sandbox.discovery, trust_env=False).json()
    for name, path in PATHS.items():
        assert metadata[name] == sandbox.issuer + path
    same = browser.http.get("/.well-known/oauth-authorization-server").json()
    assert same == metadata
    assert metadata["token_endpoint_auth_methods_supported"] == ["client_secret_basic"]


@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/revoke"])
def test_W2_client_credentials_in_the_body_are_refused(
    browser: Any, sandbox: Any, path: str
) -> None:
    form = {
        "grant_type": "client_credentials",
        "scope": "events.read",
        "token": "x",
        "client_id": "notebook",
        "client_secret": sandbox.clients["notebook"]["client_secret"],
    }
    response = browser.http.post(path, data=form)
    assert response.status_code == 401
    assert response.json()["error"] == "invalid_client"
    assert response.headers["www-authenticate"].startswith("Basic ")


def test_W3_the_code_grant_gives_a_token(browser: Any) -> None:
    tokens = browser.tokens()
    assert tokens["token_type"] == "Bearer"
    assert tokens["expires_in"] == 3600
    assert tokens["scope"] == "openid phone offline_access events.read"


def test_W3_the_client_credentials_grant_gives_a_token(browser: Any) -> None:
    response = browser.post("/oauth2/token", grant_type="client_credentials", scope="usage.read")
    assert response.status_code == 200
    assert response.json()["scope"] == "usage.read"
    assert response.headers["cache-control"] == "no-store"


def test_W4_openid_brings_a_signed_id_token(browser: Any) -> None:
    claims = browser.verified(browser.tokens(scope="openid")["id_token"])
    assert claims["nonce"] == "once"
    assert {"sub", "iat", "exp", "sid", "at_hash"} <= set(claims)


def test_W4_without_openid_there_is_no_id_token(browser: Any) -> None:
    assert "id_token" not in browser.tokens(scope="phone events.read")


def test_W5_offline_access_brings_a_refresh_token(browser: Any) -> None:
    assert browser.tokens(scope="openid offline_access")["refresh_token"]
    assert "refresh_token" not in browser.tokens(scope="openid phone")


def test_W5_client_credentials_never_bring_a_refresh_token(browser: Any) -> None:
    scope = "openid offline_access phone events.read"
    response = browser.post("/oauth2/token", grant_type="client_credentials", scope=scope)
    tokens = response.json()
    assert "refresh_token" not in tokens
    assert "id_token" not in tokens
    assert tokens["scope"] == "events.read"


def test_W6_phone_puts_the_number_in_id_token_and_userinfo(browser: Any) -> None:
    tokens = browser.tokens("bob", scope="openid phone")
    claims = browser.verified(tokens["id_token"])
    told = browser.get("/userinfo", tokens["access_token"]).json()
    assert claims["phone_number"] == told["phone_number"] == "+447700900102"
    assert claims["sub"] == told["sub"]


def test_W6_without_phone_there_is_no_number(browser: Any) -> None:
    tokens = browser.tokens(scope="openid")
    assert "phone_number" not in browser.verified(tokens["id_token"])
    assert set(browser.get("/userinfo", tokens["access_token"]).json()) == {"sub"}


def test_W6_the_person_is_asked_and_may_refuse(browser: Any, answer_of: Any) -> None:
    page = browser.sign_in()
    assert "phone number" in page.text
    answer = answer_of(browser.submit(page, decision="refuse"))
    assert answer["error"] == "access_denied"
    assert answer["state"] == "s t/a&t=e"
    assert "code" not in answer


@pytest.mark.parametrize("scope", ["events.read", "openid phone", "openid phone usage.read"])
def test_W7_a_service_names_the_scopes_it_needs(browser: Any, scope: str) -> None:
    response = browser.get("/api/events", browser.tokens(scope=scope)["access_token"])
    assert response.status_code == 403
    assert response.json()["error"] == "insufficient_scope"
    assert 'scope="events.read phone"' in response.headers["www-authenticate"]


def test_W7_no_scope_outside_the_clients_own_is_granted(browser: Any, answer_of: Any) -> None:
    answer = answer_of(browser.open(scope="openid admin"))
    assert answer["error"] == "invalid_scope"
    assert answer["state"] == "s t/a&t=e"


def test_W8_one_sector_shares_the_subject_and_another_does_not(browser: Any) -> None:
    subjects = {
        client: browser.verified(browser.tokens(client_id=client)["id_token"], client)["sub"]
        for client in ("notebook", "dashboard", "partner")
    }
    assert subjects["notebook"] == subjects["dashboard"]
    assert subjects["notebook"] != subjects["partner"]


def test_W8_two_people_have_two_subjects(browser: Any) -> None:
    alice, bob = (browser.tokens(who)["id_token"] for who in ("alice", "bob"))
    assert browser.verified(alice)["sub"] != browser.verified(bob)["sub"]


def continued(browser: Any, answer_of: Any, client_id: str) -> str:
    """Return the ID token of `client_id` for the person who is already signed in."""
    page = browser.submit(browser.open(client_id=client_id), who="same")
    code = answer_of(browser.submit(page, decision="allow"))["code"]
    token: str = browser.redeem(code, client_id).json()["id_token"]
    return token


def test_W8_two_sectors_cannot_match_a_person_by_the_sign_in(browser: Any, answer_of: Any) -> None:
    notebook = browser.verified(browser.tokens()["id_token"])
    claims = {
        client: browser.verified(continued(browser, answer_of, client), client)
        for client in ("dashboard", "partner")
    }
    assert notebook["sid"] == claims["dashboard"]["sid"]
    told = {
        name: value for name, value in claims["partner"].items() if not name.startswith("phone")
    }
    shared = told.keys() - {"iss", "iat", "exp", "nonce"}
    assert shared == {"aud", "sub", "sid", "at_hash"}
    assert all(notebook[name] != told[name] for name in shared)


def test_W8_a_client_gets_the_time_of_sign_in_if_it_has_to_check_it(browser: Any) -> None:
    signed_in = time.time()
    claims = browser.verified(browser.tokens(max_age="3600")["id_token"])
    assert signed_in - 2 < claims["auth_time"] <= time.time()


@pytest.mark.parametrize("client_id", ["notebook", "dashboard", "partner"])
def test_W8_the_id_token_of_any_client_signs_out(
    browser: Any, answer_of: Any, client_id: str
) -> None:
    browser.tokens()
    hint = continued(browser, answer_of, client_id)
    browser.http.get("/oauth2/sessions/logout", params={"id_token_hint": hint})
    assert "Continue as" not in browser.open().text


def test_W9_several_rs256_keys_are_published_and_none_is_private(browser: Any) -> None:
    keys = browser.http.get("/.well-known/jwks.json").json()["keys"]
    assert len({key["kid"] for key in keys}) == 2
    for key in keys:
        assert (key["kty"], key["use"], key["alg"]) == ("RSA", "sig", "RS256")
        assert set(key) == {"kty", "use", "alg", "kid", "n", "e"}


def test_W9_keys_are_new_after_a_restart() -> None:
    first = serve("wgtwo")
    address = f"{first.issuer}/.well-known/jwks.json"
    before = httpx.get(address, trust_env=False).json()
    first.stop()
    second = serve("wgtwo", port=first.port)
    after = httpx.get(address, trust_env=False).json()
    second.stop()
    assert {key["kid"] for key in before["keys"]}.isdisjoint(key["kid"] for key in after["keys"])
