from __future__ import annotations

import json
from typing import Any

import jwt
import pytest

PROFILE = "playground"


def test_the_answer_says_who_answers(browser: Any, answer_of: Any) -> None:
    metadata = browser.http.get(browser.sandbox.discovery).json()
    assert metadata["authorization_response_iss_parameter_supported"] is True
    assert browser.authorize(scope="openid")["iss"] == browser.sandbox.issuer
    assert answer_of(browser.open(scope="nope"))["iss"] == browser.sandbox.issuer


@pytest.mark.parametrize("client_id", ["notebook", "dashboard", "terminal", "signed-userinfo"])
def test_every_kind_of_client_signs_in_refreshes_and_revokes(browser: Any, client_id: str) -> None:
    tokens = browser.tokens(client_id=client_id)
    assert browser.verified(tokens["id_token"], client_id)["sub"]
    newer = browser.refresh(tokens["refresh_token"], client_id).json()
    form = {"token": newer["refresh_token"]}
    assert browser.post(browser.paths["revocation"], client_id, **form).status_code == 200
    assert browser.get(browser.paths["userinfo"], newer["access_token"]).status_code == 401


def test_a_public_client_needs_pkce(browser: Any, answer_of: Any) -> None:
    bare = {"client_id": "terminal", "code_challenge": None, "code_challenge_method": None}
    assert answer_of(browser.open(**bare))["error"] == "invalid_request"


def test_subjects_are_the_same_for_every_client(browser: Any) -> None:
    subjects = {
        browser.verified(browser.tokens(client_id=client)["id_token"], client)["sub"]
        for client in ("notebook", "dashboard")
    }
    assert len(subjects) == 1


def test_userinfo_is_signed_for_a_client_registered_so(browser: Any) -> None:
    tokens = browser.tokens(client_id="signed-userinfo", scope="openid phone")
    response = browser.get(browser.paths["userinfo"], tokens["access_token"])
    assert response.headers["content-type"] == "application/jwt"
    claims = {"phone_number": "+447700900101", "phone_number_verified": True}
    keys = jwt.PyJWKSet.from_dict(browser.http.get(browser.paths["jwks_uri"]).json())
    key = keys[jwt.get_unverified_header(response.text)["kid"]]
    told = jwt.decode(response.text, key, ["RS256"], audience="signed-userinfo")
    sub = browser.verified(tokens["id_token"], "signed-userinfo")["sub"]
    assert told == {
        "iss": browser.sandbox.issuer,
        "aud": "signed-userinfo",
        "sub": sub,
        **claims,
    }


def test_single_claims_come_where_they_were_asked_for(browser: Any) -> None:
    wanted = {
        "userinfo": {"email": {"essential": True}, "shoe_size": None},
        "id_token": {"phone_number": None},
    }
    changes = {"scope": "openid", "claims": json.dumps(wanted)}
    page = browser.sign_in(**changes)
    assert "See your phone number" in page.text
    assert "shoe_size" not in page.text
    tokens = browser.tokens(**changes)
    claims = browser.verified(tokens["id_token"])
    assert claims["phone_number"] == "+447700900101"
    assert "email" not in claims
    told = browser.get(browser.paths["userinfo"], tokens["access_token"]).json()
    assert set(told) == {"sub", "email"}


def test_single_claims_need_consent_of_their_own(browser: Any, answer_of: Any) -> None:
    browser.authorize("bob", scope="openid", client_id="dashboard")
    silent = {"scope": "openid", "prompt": "none", "client_id": "dashboard"}
    assert "code" in answer_of(browser.open(**silent))
    more = browser.open(**silent, claims='{"userinfo": {"email": null}}')
    assert answer_of(more)["error"] == "consent_required"


@pytest.mark.parametrize(
    "claims",
    [
        *("{", "[]", "7", "[" * 5000, '{"userinfo": []}', '{"id_token": {"email": 3}}'),
        '{"id_token": {"sub": {"value": 3}}}',
        '{"id_token": {"acr": {"essential": true, "values": "x"}}}',
    ],
)
def test_an_unreadable_claims_parameter_is_refused(
    browser: Any, answer_of: Any, claims: str
) -> None:
    answer = answer_of(browser.open(scope="openid", claims=claims))
    assert answer["error"] == "invalid_request"


def test_the_acr_says_what_was_done(browser: Any) -> None:
    tokens = browser.tokens(scope="openid", acr_values="urn:example:gold")
    claims = browser.verified(tokens["id_token"])
    assert (claims["acr"], claims["amr"]) == ("urn:sandbox:password", ["pwd"])


@pytest.mark.parametrize(
    ("acr", "error"),
    [
        ({"essential": True, "values": ["urn:example:gold"]}, "unmet_authentication_requirements"),
        ({"essential": True, "value": "urn:example:gold"}, "unmet_authentication_requirements"),
        ({"essential": True, "value": "urn:sandbox:password"}, "login_required"),
        ({"essential": True}, "login_required"),
        ({"values": ["urn:example:gold"]}, "login_required"),
        (None, "login_required"),
    ],
)
def test_only_an_essential_acr_can_fail(
    browser: Any, answer_of: Any, acr: dict[str, Any] | None, error: str
) -> None:
    claims = json.dumps({"id_token": {"acr": acr}})
    answer = answer_of(browser.open(scope="openid", claims=claims, prompt="none"))
    assert answer["error"] == error


def test_somebody_else_than_the_client_wants_does_not_do(browser: Any, answer_of: Any) -> None:
    hint = browser.tokens("bob", scope="openid")["id_token"]
    bob = browser.verified(hint)["sub"]
    same = browser.open(scope="openid", prompt="none", id_token_hint=hint)
    assert "code" in answer_of(same)
    assert browser.authorize("alice", scope="openid", id_token_hint=hint)["error"] == (
        "login_required"
    )
    claims = json.dumps({"id_token": {"sub": {"value": bob}}})
    silent = browser.open(scope="openid", prompt="none", claims=claims)
    assert answer_of(silent)["error"] == "login_required"


@pytest.mark.parametrize(
    "changes",
    [{"ui_locales": "fr-CA fr"}, {"display": "wap"}, {"id_token_hint": "old"}, {"unheard": "of"}],
)
def test_wishes_that_cannot_be_met_do_no_harm(browser: Any, changes: dict[str, str]) -> None:
    assert "<h1>Sign in</h1>" in browser.open(**changes).text


def test_consent_in_words(browser: Any) -> None:
    page = browser.sign_in(scope="openid profile email").text
    for words in ("See your name", "See your email address"):
        assert words in page
