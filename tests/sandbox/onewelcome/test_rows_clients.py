"""The rows of the source document (docs/documents.md) on clients, one by one."""

# ruff: noqa: N802 - the rows have capital names
from __future__ import annotations

from typing import Any

import pytest

from oauth_widgets.sandbox.server import RegistrationError

from .rows import SINGLE, refused

PROFILE = "onewelcome"


def test_O1_a_client_is_registered_by_its_record(fresh: Any, browse: Any) -> None:
    sandbox = fresh()
    client = sandbox.register(
        {
            "client_id": "shop",
            "type": "Confidential",
            "standard": "OAuth 2.0 and OIDC 1.0",
            "client secret": "a-toy-of-a-secret",
            "redirect URIs": ["http://127.0.0.1/callback"],
            "scope whitelist": "openid customer_number AuthorisationToDownloadPhotos",
            "default scopes": ["customer_number"],
        }
    )
    assert client["client_secret"] == "a-toy-of-a-secret"
    assert client["standard"] == ["OAuth 2.0", "OIDC 1.0"]
    assert {**client} == {"client_id": "shop", **sandbox.clients["shop"]}
    tokens = browse(sandbox).tokens(client_id="shop", scope="AuthorisationToDownloadPhotos")
    assert tokens["scope"] == "AuthorisationToDownloadPhotos customer_number"


def test_O2_a_confidential_client_must_show_its_secret(browser: Any) -> None:
    code = browser.authorize(scope="openid")["code"]
    form = {"grant_type": "authorization_code", "code": code, "client_id": "notebook"}
    response = browser.http.post(browser.paths["token"], data=form)
    refused(response, "invalid_client", 401)
    assert response.headers["www-authenticate"].startswith("Basic ")


def test_O2_a_public_client_is_not_asked_for_one(browser: Any) -> None:
    tokens = browser.tokens(client_id="browser-app", scope="openid offline_access")
    again = browser.refresh(tokens["refresh_token"], "browser-app")
    assert again.status_code == 200
    revoked = browser.post(
        browser.paths["revocation"], "browser-app", token=again.json()["access_token"]
    )
    assert revoked.status_code == 200
    assert browser.get(browser.paths["userinfo"], again.json()["access_token"]).status_code == 401


def test_O2_a_public_client_that_shows_one_is_refused(browser: Any) -> None:
    form = {"grant_type": "authorization_code", "code": "x"}
    for sent in (
        {"data": form, "auth": ("browser-app", "guess")},
        {"data": {**form, "client_id": "browser-app", "client_secret": "guess"}},
    ):
        refused(browser.http.post(browser.paths["token"], **sent), "invalid_client", 401)


def test_O2_a_public_client_gets_nothing_for_itself(browser: Any) -> None:
    refused(browser.alone("browser-app", scope="usage.read"), "unauthorized_client")


@pytest.mark.parametrize("way", ["basic", "post"])
@pytest.mark.parametrize("client_id", ["notebook", "dashboard"])
def test_O3_basic_and_post_both_work(browser: Any, client_id: str, way: str) -> None:
    secret = browser.sandbox.clients[client_id]["client_secret"]
    form = {"grant_type": "client_credentials", "scope": "events.read"}
    named = {"client_id": client_id, "client_secret": secret}
    sent = (
        {"data": {**form, **named}} if way == "post" else {"data": form, "auth": (*named.values(),)}
    )
    assert browser.http.post(browser.paths["token"], **sent).status_code == 200


def test_O3_one_at_a_time(browser: Any) -> None:
    secret = browser.sandbox.clients["notebook"]["client_secret"]
    named = {"client_id": "notebook", "client_secret": secret}
    form = {"grant_type": "client_credentials", "scope": "events.read", **named}
    response = browser.http.post(browser.paths["token"], data=form, auth=("notebook", secret))
    refused(response, "invalid_request")


def test_O3_no_other_way(browser: Any) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": "notebook",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": "x.y.z",
    }
    refused(browser.http.post(browser.paths["token"], data=form), "invalid_client", 401)
    metadata = browser.http.get(browser.sandbox.discovery).json()
    assert metadata["token_endpoint_auth_methods_supported"] == [
        "client_secret_basic",
        "client_secret_post",
        "none",
    ]


def test_O4_the_only_redirect_uri_may_be_left_out(browser: Any) -> None:
    request = {"client_id": "dashboard", "scope": "openid", "redirect_uri": None}
    response = browser.submit(browser.sign_in(**request), decision="allow")
    location = response.headers["location"]
    assert location.startswith(f"{SINGLE}?code=")
    code = location.partition("code=")[2].partition("&")[0]
    assert browser.redeem(code, "dashboard", redirect_uri="").status_code == 200


def test_O4_one_of_several_must_be_named(browser: Any) -> None:
    response = browser.open(redirect_uri=None, scope="openid")
    assert response.status_code == 400
    assert "location" not in response.headers
    assert "http://localhost/callback" in response.text


def test_O4_without_such_a_grant_no_redirect_uri_matters(browser: Any) -> None:
    assert browser.sandbox.clients["operator-api"]["redirect_uris"] == []
    assert browser.alone("operator-api", scope="events.read").status_code == 200


def test_O11_implicit_is_legacy_and_has_to_be_registered_by_name(fresh: Any) -> None:
    client = fresh().register({"scope": "openid", "redirect_uris": [SINGLE], "type": "public"})
    assert client["grant_types"] == ["authorization_code", "refresh_token"]


@pytest.mark.parametrize(
    ("uri", "reason"),
    [
        ("/callback", "not absolute"),
        ("callback", "not absolute"),
        ("//host/callback", "not absolute"),
        ("http:///callback", "not absolute"),
        ("https://app.example/cb#top", "fragment"),
        ("https://app.example/cb#", "fragment"),
        ("https://*.app.example/cb", "wildcard"),
        ("https://app.example/*", "wildcard"),
        ("myapp://cb", "scheme myapp"),
        ("javascript:alert(1)", "scheme javascript"),
        ("https://app.example@evil.example/", "username"),
        ("https://app.example\\@evil.example/", "characters"),
        ("https://app.example/a b", "characters"),
        ("https://app.example:99999/", "cannot be read|can be read"),
    ],
)
def test_O13_a_redirect_uri_is_absolute_without_fragment_and_wildcard(
    sandbox: Any, uri: str, reason: str
) -> None:
    with pytest.raises(RegistrationError, match=reason) as caught:
        sandbox.register({"scope": "openid", "redirect_uris": [SINGLE, uri]})
    assert [field for field, _ in caught.value.refusals] == ["redirect_uris"]


def test_a_client_without_an_address_sends_nobody_anywhere(browser: Any) -> None:
    response = browser.open(client_id="operator-api", scope="usage.read")
    assert response.status_code == 400
    assert "Register an address for <code>redirect_uri" in response.text
