"""The rows of the source document (docs/documents.md), one by one."""

# ruff: noqa: N802 - the rows have capital names
from __future__ import annotations

from typing import Any

import httpx
import jwt
import pytest

from oauth_widgets.sandbox.server import RegistrationError
from oauth_widgets.sandbox.server.state import grants

STATE = "s t/a&t=e"
SINGLE = "http://127.0.0.1/callback"


@pytest.fixture(scope="module")
def profile() -> str:
    return "onewelcome"


def refused(response: httpx.Response, error: str, status: int = 400) -> None:
    assert (response.status_code, response.json()["error"]) == (status, error)


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


def test_O11_implicit_is_legacy_and_has_to_be_registered_by_name(fresh: Any) -> None:
    client = fresh().register({"scope": "openid", "redirect_uris": [SINGLE], "type": "public"})
    assert client["grant_types"] == ["authorization_code", "refresh_token"]


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


@pytest.mark.parametrize("state", ["x" * 2000, "50%", "a=b&c#d", "\u200bé", "0"])
def test_O14_state_is_opaque_and_comes_back_as_it_went(
    browser: Any, answer_of: Any, state: str
) -> None:
    answer = answer_of(browser.open(state=state, prompt="none", scope="openid"))
    assert answer["state"] == state


def test_a_machine_may_have_personal_scopes_here_but_there_is_no_person(browser: Any) -> None:
    tokens = browser.alone(scope="openid offline_access").json()
    assert tokens["scope"] == "openid offline_access usage.read"
    assert {"id_token", "refresh_token"}.isdisjoint(tokens)
    refused(browser.get(browser.paths["userinfo"], tokens["access_token"]), "invalid_token", 401)


def test_a_client_without_an_address_sends_nobody_anywhere(browser: Any) -> None:
    response = browser.open(client_id="operator-api", scope="usage.read")
    assert response.status_code == 400
    assert "register a redirect_uri" in response.text


def test_a_code_that_is_too_old_is_refused(browser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grants, "CODE_LIFETIME", -1)
    refused(browser.redeem(browser.authorize(scope="openid")["code"]), "invalid_grant")
