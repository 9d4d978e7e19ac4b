from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest


def refused(response: httpx.Response, error: str, status: int = 400) -> None:
    assert (response.status_code, response.json()["error"]) == (status, error)
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "changes",
    [
        {"code_verifier": "b" * 43},
        {"code_verifier": "short"},
        {"code_verifier": ""},
        {"redirect_uri": "http://127.0.0.1:51235/callback"},
        {"redirect_uri": ""},
        {"code": "made-up"},
        {"client_id": "partner"},
    ],
)
def test_a_code_is_good_only_for_what_it_was_made_for(
    browser: Any, changes: dict[str, str]
) -> None:
    changes = {"code": browser.authorize()["code"], **changes}
    refused(browser.redeem(**changes), "invalid_grant")


def test_a_verifier_without_a_challenge_is_refused(browser: Any) -> None:
    code = browser.authorize(code_challenge=None, code_challenge_method=None)["code"]
    refused(browser.redeem(code), "invalid_grant")


def test_a_confidential_client_may_do_without_pkce(browser: Any) -> None:
    code = browser.authorize(code_challenge=None, code_challenge_method=None)["code"]
    assert browser.redeem(code, code_verifier="").status_code == 200


def test_refresh_rotates_and_keeps_who_it_is(browser: Any) -> None:
    first = browser.tokens()
    second = browser.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert second["access_token"] != first["access_token"]
    before, after = (browser.verified(one["id_token"]) for one in (first, second))
    assert "nonce" not in after
    for name in ("iss", "sub", "aud", "sid"):
        assert before[name] == after[name]


def test_a_refresh_may_ask_for_less_and_never_for_more(browser: Any) -> None:
    tokens = browser.tokens(scope="openid phone offline_access")
    refused(browser.refresh(tokens["refresh_token"], scope="openid usage.read"), "invalid_scope")
    less = browser.refresh(tokens["refresh_token"], scope="openid").json()
    assert less["scope"] == "openid"
    assert "phone_number" not in browser.verified(less["id_token"])
    assert browser.refresh(less["refresh_token"]).json()["scope"] == tokens["scope"]


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_one_token_ends_its_family(browser: Any, which: str) -> None:
    tokens = browser.tokens()
    response = browser.post("/oauth2/revoke", token=tokens[which])
    assert (response.status_code, response.json()) == (200, {})
    assert browser.get("/userinfo", tokens["access_token"]).status_code == 401
    refused(browser.refresh(tokens["refresh_token"]), "invalid_grant")


def test_revoking_an_unknown_token_is_a_success(browser: Any) -> None:
    assert browser.post("/oauth2/revoke", token="made-up").status_code == 200


def test_another_clients_token_is_not_revoked(browser: Any) -> None:
    tokens = browser.tokens()
    response = browser.post("/oauth2/revoke", "partner", token=tokens["access_token"])
    refused(response, "unauthorized_client")
    assert browser.get("/userinfo", tokens["access_token"]).status_code == 200


def basic(text: bytes) -> str:
    return "Basic " + base64.b64encode(text).decode()


@pytest.mark.parametrize(
    "header",
    [
        None,
        "Bearer x",
        "Basic",
        "Basic !!!",
        basic(b"\xff\xfe"),
        basic(b"notebook"),
        basic(b"notebook:"),
        basic(b"notebook:wrong"),
        basic(b"nobody:x"),
        basic(b"notebook:%FF%FE"),
    ],
)
@pytest.mark.parametrize("path", ["/oauth2/token", "/oauth2/revoke"])
def test_a_client_that_fails_to_authenticate_is_challenged(
    browser: Any, path: str, header: str | None
) -> None:
    headers = {"Authorization": header} if header else {}
    response = browser.http.post(path, data={"grant_type": "x"}, headers=headers)
    refused(response, "invalid_client", 401)
    assert response.headers["www-authenticate"].startswith("Basic ")


def test_basic_credentials_may_be_form_urlencoded(browser: Any, sandbox: Any) -> None:
    secret = sandbox.clients["notebook"]["client_secret"].replace("-", "%2D")
    form = {"grant_type": "client_credentials", "scope": "usage.read"}
    assert browser.post("/oauth2/token", secret=secret, **form).status_code == 200


def test_a_charset_in_the_content_type_does_no_harm(browser: Any, sandbox: Any) -> None:
    response = browser.http.post(
        "/oauth2/token",
        content=b"grant_type=client_credentials&scope=usage.read",
        headers={"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"},
        auth=("notebook", sandbox.clients["notebook"]["client_secret"]),
    )
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code"}, "invalid_request"),
        ({"grant_type": "refresh_token"}, "invalid_request"),
        ({"grant_type": "refresh_token", "refresh_token": "made-up"}, "invalid_grant"),
        ({"grant_type": "client_credentials"}, "invalid_scope"),
        ({"grant_type": "client_credentials", "scope": "admin"}, "invalid_scope"),
        ({"grant_type": "client_credentials", "scope": "openid phone"}, "invalid_scope"),
        ({"grant_type": "client_credentials", "client_id": "partner"}, "invalid_request"),
        ({"grant_type": ["client_credentials", "password"]}, "invalid_request"),
    ],
)
def test_a_wrong_token_request_gets_the_standards_error(
    browser: Any, form: dict[str, str], error: str
) -> None:
    refused(browser.post("/oauth2/token", **form), error)


def test_a_scope_that_is_not_the_clients_is_named(browser: Any) -> None:
    response = browser.alone(scope="events.read evnts.read")
    assert response.json()["error_description"] == (
        "Not registered for this client: evnts.read. It may ask for: "
        f"{browser.sandbox.clients['notebook']['scope']}."
    )


@pytest.mark.parametrize("name", ["<b>", "x" * 61, "\u202e", '"', "a\nb", "a b c d e f"])
def test_of_scopes_that_are_not_the_clients_few_are_told_and_none_misspelled(
    browser: Any, name: str
) -> None:
    told = browser.alone(scope=f"evnts.read {name}").json()["error_description"]
    known = told.partition(". It may")[0].removeprefix("Not registered for this client: ")
    assert known in {"evnts.read and others", "evnts.read <b>", "evnts.read a b c d and others"}


def test_only_a_form_is_read(browser: Any) -> None:
    refused(browser.http.post("/oauth2/token", json={"grant_type": "x"}), "invalid_request")
    long = {"grant_type": "x" * 70_000}
    refused(browser.http.post("/oauth2/token", data=long), "invalid_request", 413)
    got = browser.http.get("/oauth2/token")
    refused_method = (got.status_code, got.json()["error"], got.headers["allow"])
    assert refused_method == (405, "invalid_request", "POST")
