"""Each profile behaves as its metadata says."""

from __future__ import annotations

from typing import Any

import pytest

from oauth_widgets.sandbox.server.profiles import PROFILES

pytestmark = pytest.mark.parametrize("profile", PROFILES, scope="module")


@pytest.fixture
def metadata(browser: Any) -> Any:
    return browser.http.get(browser.sandbox.discovery).json()


def test_every_endpoint_named_is_there_and_no_other(browser: Any, metadata: Any) -> None:
    for name, address in metadata.items():
        if name.endswith(("_endpoint", "_uri")):
            assert browser.http.get(address).status_code != 404, name
    for path in ("/introspect", "/oauth/tokeninfo", "/device", "/device-authorization"):
        named = any(str(value).endswith(path) for value in metadata.values())
        there = browser.http.get(path).status_code != 404
        assert there == (
            named or (path == "/device" and "device_authorization_endpoint" in metadata)
        )


def test_the_grant_types_named_are_taken_and_no_other(browser: Any, metadata: Any) -> None:
    device = "urn:ietf:params:oauth:grant-type:device_code"
    every = {"authorization_code", "refresh_token", "client_credentials", device}
    for grant_type in every:
        response = browser.post(browser.paths["token"], grant_type=grant_type)
        taken = response.json().get("error") != "unsupported_grant_type"
        assert taken == (grant_type in metadata["grant_types_supported"])
    assert ("implicit" in metadata["grant_types_supported"]) == (
        "token" in metadata["response_types_supported"]
    )


def test_the_response_types_named_are_taken_and_no_other(
    browser: Any, answer_of: Any, metadata: Any
) -> None:
    for response_type in ("code", "token", "id_token token", "id_token", "code token", "none"):
        request = {"response_type": response_type, "scope": "openid", "prompt": "none"}
        error = answer_of(browser.open(**request))["error"]
        taken = error != "unsupported_response_type"
        assert taken == (response_type in metadata["response_types_supported"])


@pytest.mark.parametrize("endpoint", ["token", "revocation", "introspection"])
def test_the_ways_to_authenticate_named_are_taken_and_no_other(
    browser: Any, metadata: Any, endpoint: str
) -> None:
    if endpoint not in browser.paths:
        assert f"{endpoint}_endpoint_auth_methods_supported" not in metadata
        return
    named = {
        "client_id": "notebook",
        "client_secret": browser.sandbox.clients["notebook"]["client_secret"],
    }
    public = [name for name, one in browser.sandbox.clients.items() if one["type"] == "public"]
    ways: dict[str, dict[str, Any]] = {
        "client_secret_basic": {"auth": tuple(named.values())},
        "client_secret_post": {"data": named},
        "none": {"data": {"client_id": (*public, "nobody")[0]}},
    }
    taken = {
        way
        for way, sent in ways.items()
        if browser.http.post(browser.paths[endpoint], **{"data": {"x": "y"}, **sent}).json()[
            "error"
        ]
        != "invalid_client"
    }
    assert taken == set(metadata[f"{endpoint}_endpoint_auth_methods_supported"])


def test_the_claims_and_scopes_named_are_given(browser: Any, metadata: Any) -> None:
    tokens = browser.tokens(scope=" ".join(metadata["scopes_supported"]))
    told = browser.get(browser.paths["userinfo"], tokens["access_token"]).json()
    assert set(told) == set(metadata["claims_supported"])
    assert set(told) <= set(browser.verified(tokens["id_token"]))


def test_the_kind_of_subject_named_is_given(browser: Any, metadata: Any) -> None:
    assert metadata["subject_types_supported"] == (
        ["pairwise"] if browser.sandbox.profile == "wgtwo" else ["public"]
    )


def test_signing_out_leads_back_in_every_profile(browser: Any) -> None:
    hint = browser.tokens(scope="openid")["id_token"]
    onward = "http://127.0.0.1:51234/signed-out"
    params = {"id_token_hint": hint, "post_logout_redirect_uri": onward, "state": "x"}
    response = browser.http.get(browser.paths["end_session"], params=params)
    assert response.headers["location"] == f"{onward}?state=x"
    assert "<h1>Sign in</h1>" in browser.open(scope="openid").text


def test_a_refresh_token_used_twice_ends_the_family_in_every_profile(browser: Any) -> None:
    first = browser.tokens(scope="openid offline_access")
    second = browser.refresh(first["refresh_token"]).json()
    assert browser.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    assert browser.refresh(second["refresh_token"]).json()["error"] == "invalid_grant"
    assert browser.get(browser.paths["userinfo"], second["access_token"]).status_code == 401


def test_a_code_used_twice_revokes_what_it_gave_in_every_profile(browser: Any) -> None:
    code = browser.authorize(scope="openid offline_access")["code"]
    tokens = browser.redeem(code).json()
    userinfo = browser.paths["userinfo"]
    assert browser.get(userinfo, tokens["access_token"]).status_code == 200
    assert browser.redeem(code).json()["error"] == "invalid_grant"
    assert browser.get(userinfo, tokens["access_token"]).status_code == 401
    assert browser.refresh(tokens["refresh_token"]).json()["error"] == "invalid_grant"
