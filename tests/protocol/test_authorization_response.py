from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.errors import (
    AccessDenied,
    InvalidAuthorizationResponse,
    IssuerMismatch,
    OAuthError,
    StateMismatch,
)
from oauth_widgets.protocol.authorization import (
    LIFETIME,
    AuthorizationRequest,
    AuthorizationResponse,
    authorization_response,
)
from oauth_widgets.secret import Secret

from .builders import (
    CODE,
    GONE,
    ISSUER,
    NONCE,
    NOW,
    REDIRECT_URI,
    SERVER,
    STATE,
    VERIFIER,
    asked,
    come_back,
    refuses,
)

ADVERTISING = replace(SERVER, authorization_response_iss_parameter_supported=True)


def judged(url: str, request: AuthorizationRequest | None = None) -> AuthorizationResponse:
    return authorization_response(request or asked(), url, now=NOW)


@pytest.mark.check(id="secrets/hidden")
def test_neither_request_nor_response_show_a_secret() -> None:
    shown = repr(judged(come_back()))
    for secret in (STATE, NONCE, VERIFIER, CODE):
        assert secret not in shown


def test_an_honest_answer_is_taken() -> None:
    request = asked()
    response = judged(come_back(), request)
    assert response.code == Secret(CODE)
    assert response.request is request


@pytest.mark.check(id="request/expiry")
def test_an_answer_is_taken_until_the_request_expires() -> None:
    request = asked()
    assert LIFETIME == 3600
    assert authorization_response(request, come_back(), now=NOW + LIFETIME - 1)
    with refuses(StateMismatch):
        authorization_response(request, come_back(), now=NOW + LIFETIME)


@pytest.mark.parametrize(
    "again",
    [f"&state={STATE}", f"&code={CODE}", "&code=other", "&state=", "&x=1&x=2", "&%73tate=x"],
)
@pytest.mark.check(id="answer/once")
def test_a_parameter_that_comes_twice_is_refused(again: str) -> None:
    with refuses(InvalidAuthorizationResponse):
        judged(come_back() + again)


@pytest.mark.parametrize(
    "state", [GONE, "", "other", STATE[:-1], STATE + "x", STATE.lower(), f" {STATE}", "é"]
)
@pytest.mark.check(id="answer/state")
def test_another_or_no_state_is_refused(state: object) -> None:
    with refuses(StateMismatch):
        judged(come_back(state=state))


@pytest.mark.check(id="answer/state-oracle")
def test_unknown_and_expired_state_look_the_same() -> None:
    with refuses(StateMismatch) as unknown:
        judged(come_back(state="other"))
    with refuses(StateMismatch) as expired:
        authorization_response(asked(), come_back(), now=NOW + LIFETIME)
    assert str(unknown.value) == str(expired.value)


@pytest.mark.parametrize("server", [SERVER, ADVERTISING])
@pytest.mark.check(id="answer/iss")
def test_the_issuer_itself_is_taken(server: Any) -> None:
    assert judged(come_back(iss=ISSUER), asked(server=server))


@pytest.mark.parametrize("server", [SERVER, ADVERTISING])
@pytest.mark.parametrize("issuer", ["", "https://other.example", f"{ISSUER}/", ISSUER.upper()])
@pytest.mark.check(id="answer/iss")
def test_another_issuer_is_refused(server: Any, issuer: str) -> None:
    with refuses(IssuerMismatch):
        judged(come_back(iss=issuer), asked(server=server))


@pytest.mark.check(id="answer/iss")
def test_a_missing_issuer_is_refused_where_one_is_advertised() -> None:
    assert judged(come_back())
    with refuses(IssuerMismatch):
        judged(come_back(), asked(server=ADVERTISING))


@pytest.mark.check(id="answer/order")
def test_state_is_judged_before_an_error_is_reported() -> None:
    with refuses(AccessDenied):
        judged(come_back(code=GONE, error="access_denied"))
    with refuses(StateMismatch):
        judged(come_back(code=GONE, error="access_denied", state="other"))
    with refuses(StateMismatch):
        judged(come_back(code=GONE, error="access_denied", state=GONE))


@pytest.mark.check(id="answer/order")
def test_the_issuer_is_judged_before_an_error_is_reported() -> None:
    with refuses(IssuerMismatch):
        judged(come_back(code=GONE, error="access_denied", iss="https://other.example"))


@pytest.mark.check(id="answer/words")
def test_the_servers_words_come_out_printable_and_bounded() -> None:
    words = "No\u202e\x1b[31m\n<script>alert(1)</script>" + "x" * 4000
    with refuses(AccessDenied) as caught:
        judged(come_back(code=GONE, error="access_denied", error_description=words))
    assert caught.value.message.isprintable()
    assert len(str(caught.value)) < 500


@pytest.mark.check(id="answer/words")
def test_an_answer_too_long_to_be_one_is_refused() -> None:
    assert judged(come_back(more="x" * 10_000))
    with refuses(InvalidAuthorizationResponse):
        judged(come_back(more="x" * 20_000))


@pytest.mark.parametrize("code", [GONE, ""])
@pytest.mark.check(id="answer/shape")
def test_an_answer_without_a_code_is_refused(code: object) -> None:
    with refuses(InvalidAuthorizationResponse):
        judged(come_back(code=code))


@pytest.mark.check(id="answer/shape")
def test_a_code_in_the_fragment_is_not_taken() -> None:
    with refuses(StateMismatch):
        judged(come_back().replace("?", "#"))
    with refuses(InvalidAuthorizationResponse):
        judged(come_back(code=GONE) + f"#code={CODE}")


@pytest.mark.parametrize("name", ["response", "access_token", "id_token"])
@pytest.mark.check(id="answer/jarm")
@pytest.mark.check(id="id-token/hybrid")
def test_a_jarm_or_hybrid_answer_is_refused(name: str) -> None:
    with refuses(InvalidAuthorizationResponse):
        judged(come_back(**{name: "a.b.c"}))


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8401/callback",
        "http://127.0.0.1/callback",
        "https://127.0.0.1:8400/callback",
        "http://localhost:8400/callback",
        "http://127.0.0.1:8400/callback/",
        "http://127.0.0.1:8400/Callback",
        "http://127.0.0.1:8400/",
        "http://alice@127.0.0.1:8400/callback",
        "http://127.0.0.1:8400@evil.example/callback",
        "//127.0.0.1:8400/callback",
        "/callback",
        "",
    ],
)
@pytest.mark.check(id="answer/redirect-uri")
def test_an_answer_to_another_address_is_refused(address: str) -> None:
    with refuses(InvalidAuthorizationResponse):
        judged(come_back(address))


@pytest.mark.parametrize(
    ("registered", "shown"),
    [
        ("http://127.0.0.1:8400", "http://127.0.0.1:8400/"),
        ("https://App.example/cb", "https://app.example/cb"),
        ("HTTPS://app.example:443/cb", "https://app.example/cb"),
    ],
)
@pytest.mark.check(id="answer/redirect-uri")
def test_an_address_as_browsers_write_it_is_the_same_one(registered: str, shown: str) -> None:
    assert judged(come_back(shown), asked(redirect_uri=registered))


@pytest.mark.check(id="answer/redirect-uri")
def test_a_server_that_ignores_the_query_may_leave_it_out() -> None:
    server = replace(SERVER, redirect_uri_ignores_query=True)
    assert judged(come_back(), asked(server=server, redirect_uri=f"{REDIRECT_URI}?tenant=7"))


@pytest.mark.check(id="answer/redirect-uri")
def test_the_registered_query_is_part_of_the_address() -> None:
    request = asked(redirect_uri=f"{REDIRECT_URI}?tenant=7&x=")
    assert judged(f"{REDIRECT_URI}?tenant=7&x=&code={CODE}&state={STATE}", request)
    for query in ("", "tenant=7&", "tenant=8&x=&", "tenant=&x=&"):
        with refuses(InvalidAuthorizationResponse):
            judged(f"{REDIRECT_URI}?{query}code={CODE}&state={STATE}", request)


@pytest.mark.parametrize("junk", ["%ff", "\ud800", "%ed%a0%80"])
@pytest.mark.parametrize("name", ["code", "state", "iss", "error", "more"])
def test_an_answer_that_is_not_text_is_refused(name: str, junk: str) -> None:
    with refuses(InvalidAuthorizationResponse):
        judged(f"{come_back(**{name: GONE})}&{name}={junk}")


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_code_arrives_as_it_was_sent(code: str) -> None:
    assert judged(come_back(code=code)).code.reveal() == code


NAMES = st.sampled_from(["code", "state", "iss", "error", "error_description", "id_token"])
VALUES = st.sampled_from([CODE, STATE, ISSUER, "access_denied", ""]) | st.text(st.characters())
PAIRS = st.lists(st.tuples(NAMES | st.text(), VALUES))
PASTED = st.one_of(
    st.text(st.characters()),
    st.text("htps:/@[]?&=%0f\\ é").map("http:".__add__),
    st.text(st.characters()).map(f"{REDIRECT_URI}?state={STATE}&".__add__),
    PAIRS.map(lambda pairs: f"{REDIRECT_URI}?{'&'.join('='.join(pair) for pair in pairs)}"),
    PAIRS.map(
        lambda pairs: (
            f"{REDIRECT_URI}?"
            + "&".join(
                f"{quote(n, errors='replace')}={quote(v, errors='replace')}" for n, v in pairs
            )
        )
    ),
)


@given(PASTED, st.sampled_from([SERVER, ADVERTISING]))
def test_any_pasted_text_is_an_answer_or_is_refused(text: str, server: Any) -> None:
    with suppress(OAuthError):
        response = judged(text, asked(server=server))
        assert parse_qs(urlsplit(text).query)["state"] == [STATE]
        assert response.code.reveal()
