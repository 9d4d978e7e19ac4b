from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.errors import (
    AccessDenied,
    InvalidAuthorizationResponse,
    InvalidTokenResponse,
    IssuerMismatch,
    OAuthError,
    StateMismatch,
)
from oauth_widgets.protocol.authorization import AuthorizationRequest
from oauth_widgets.protocol.implicit import check_bound, implicit_response
from oauth_widgets.protocol.introspection import Introspection
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import TokenResponse
from oauth_widgets.secret import Secret

from .builders import (
    ACCESS_TOKEN,
    CODE,
    GONE,
    ISSUER,
    NOW,
    OFFERING,
    REDIRECT_URI,
    SERVER,
    STATE,
    asked,
    but,
    refuses,
)

ADVERTISING = replace(SERVER, authorization_response_iss_parameter_supported=True)


def request(**changes: Any) -> AuthorizationRequest:
    return asked(implicit=True, **changes)


def come_back(address: str = REDIRECT_URI, **changes: Any) -> str:
    honest = {
        "access_token": ACCESS_TOKEN,
        "token_type": "bearer",
        "expires_in": "3600",
        "id_token": "a.b.c",
        "state": STATE,
    }
    return f"{address}#{urlencode(but(honest, changes))}"


def judged(url: str, question: AuthorizationRequest | None = None) -> TokenResponse:
    return implicit_response(question or request(), url, now=NOW)


@pytest.mark.check(id="answer/fragment")
def test_tokens_are_taken_from_the_fragment() -> None:
    assert judged(come_back(scope="openid phone")) == TokenResponse(
        access_token=Secret(ACCESS_TOKEN),
        expires_in=3600,
        scope=Scope("openid phone"),
        id_token=Secret("a.b.c"),
    )


@pytest.mark.check(id="answer/fragment")
def test_tokens_in_the_query_are_refused() -> None:
    with refuses(InvalidAuthorizationResponse):
        judged(come_back().replace("#", "?"))
    with refuses(StateMismatch):
        judged(come_back().replace("#", "?") + "#")


def test_an_error_may_come_either_way() -> None:
    for part in "?#":
        with refuses(AccessDenied):
            judged(come_back(error="access_denied").replace("#", part))


@pytest.mark.parametrize("name", ["code", "response", "refresh_token"])
@pytest.mark.check(id="answer/jarm")
@pytest.mark.check(id="id-token/hybrid")
def test_an_answer_of_another_kind_is_refused(name: str) -> None:
    with refuses(InvalidAuthorizationResponse):
        judged(come_back(**{name: CODE}))


@pytest.mark.check(id="answer/shape")
def test_an_id_token_that_was_not_asked_for_is_refused() -> None:
    question = request(server=OFFERING, scope="events.read")
    assert judged(come_back(id_token=GONE), question).id_token is None
    with refuses(InvalidAuthorizationResponse):
        judged(come_back(), question)


@pytest.mark.check(id="answer/once")
def test_a_parameter_that_comes_twice_is_refused() -> None:
    with refuses(InvalidAuthorizationResponse):
        judged(come_back() + "&access_token=other")


@pytest.mark.parametrize("state", [GONE, "", "other"])
@pytest.mark.check(id="answer/state")
def test_another_or_no_state_is_refused(state: object) -> None:
    with refuses(StateMismatch):
        judged(come_back(state=state))


@pytest.mark.check(id="answer/iss")
def test_another_issuer_is_refused() -> None:
    assert judged(come_back(iss=ISSUER), request(server=ADVERTISING))
    with refuses(IssuerMismatch):
        judged(come_back(iss="https://other.example"), request(server=ADVERTISING))


@pytest.mark.check(id="answer/redirect-uri")
def test_an_answer_to_another_address_is_refused() -> None:
    with refuses(InvalidAuthorizationResponse):
        judged(come_back("http://127.0.0.1:8400/other"))


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token": GONE},
        {"access_token": "a b"},
        {"token_type": "DPoP"},
        {"token_type": "mac"},
        {"expires_in": "soon"},
        {"scope": '"'},
    ],
)
@pytest.mark.check(id="token/access-token")
def test_members_are_judged_as_at_the_token_endpoint(
    changes: dict[str, Any],
) -> None:
    with refuses(InvalidTokenResponse):
        judged(come_back(**changes))


@pytest.mark.check(id="answer/implicit-bound")
def test_a_token_that_was_made_for_this_client_is_taken() -> None:
    check_bound(Introspection(active=True, claims={"client_id": "notebook"}), "notebook")


@pytest.mark.parametrize(
    "told",
    [
        Introspection(active=True, claims={"client_id": "other"}),
        Introspection(active=True, claims={"client_id": ["notebook"]}),
        Introspection(active=True, claims={}),
        Introspection(active=False, claims={"client_id": "notebook"}),
    ],
)
@pytest.mark.check(id="answer/implicit-bound")
def test_a_token_that_was_made_for_another_client_is_refused(told: Introspection) -> None:
    with refuses(InvalidTokenResponse):
        check_bound(told, "notebook")


NAMES = st.sampled_from(["access_token", "token_type", "expires_in", "scope", "error", "iss", "x"])


@given(st.dictionaries(NAMES, st.text(st.characters(codec="utf-8"))), st.text(st.characters()))
def test_any_fragment_is_an_answer_or_is_refused(changes: dict[str, str], more: str) -> None:
    with suppress(OAuthError):
        assert judged(come_back(**changes)).access_token
    with suppress(OAuthError):
        assert judged(come_back(**changes) + more).access_token


@pytest.mark.check(id="answer/iss")
def test_beside_an_id_token_the_issuer_may_be_left_out_and_nowhere_else() -> None:
    assert judged(come_back(), request(server=ADVERTISING)).id_token is not None
    with refuses(IssuerMismatch):
        judged(come_back(id_token=GONE), request(server=ADVERTISING))
