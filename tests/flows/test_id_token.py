"""Each check of the ID token once more, through the one place that calls them all."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.errors import (
    ConfigurationError,
    ExpiredIDToken,
    InvalidIDToken,
    InvalidTokenResponse,
    OAuthError,
    UntrustedSignature,
    WrongAudience,
    WrongIssuer,
    WrongNonce,
    WrongSubject,
)
from oauth_widgets.flows.id_token import judged_id_token
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import Expected
from oauth_widgets.protocol.message import Response
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import TokenResponse
from oauth_widgets.secret import Secret
from tests.protocol.builders import (
    ACCESS_TOKEN,
    CLIENT,
    GONE,
    ISSUER,
    NONCE,
    NOW,
    SERVER,
    SUBJECT,
    claims,
    refuses,
)
from tests.protocol.keys import ec_key, encoded, jwks_answer, rsa_key

from .script import Script
from .tokens import BEFORE

OPENID = Scope("openid")
FIRST = Expected(scope=OPENID, now=NOW, nonce=NONCE)
RENEWAL = Expected(scope=OPENID, now=NOW, previous=BEFORE)
BOUND = replace(FIRST, bound=True)


def judge(
    raw: Secret | None,
    *answers: Response,
    expected: Expected = FIRST,
    server: AuthorizationServer = SERVER,
    client: ClientMetadata = CLIENT,
    scope: Scope | None = None,
) -> Any:
    tokens = TokenResponse(access_token=Secret(ACCESS_TOKEN), id_token=raw, scope=scope)
    return Script(*answers).play(judged_id_token(server, client, tokens, expected))


@pytest.mark.parametrize("expected", [FIRST, RENEWAL])
def test_an_honest_id_token_comes_out_as_it_was_sent(expected: Expected) -> None:
    raw = rsa_key().sign(claims())
    token = judge(raw, jwks_answer(rsa_key()), expected=expected)
    assert token.claims == claims()
    assert token.raw == raw
    assert token.subject == (ISSUER, SUBJECT)


def test_check_46_a_client_registered_for_another_algorithm_gets_that_one() -> None:
    client = ClientMetadata(client_id="notebook", id_token_signed_response_alg="ES256")
    assert judge(ec_key().sign(claims()), jwks_answer(ec_key()), client=client)
    with refuses(UntrustedSignature):
        judge(rsa_key().sign(claims()), client=client)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        pytest.param({"iss": "https://other.example"}, WrongIssuer, id="49-invalid-iss"),
        pytest.param({"iss": GONE}, InvalidIDToken, id="49-missing-iss"),
        pytest.param({"aud": "other"}, WrongAudience, id="50-invalid-aud"),
        pytest.param({"aud": GONE}, WrongAudience, id="50-missing-aud"),
        pytest.param({"aud": ["notebook", "other"]}, WrongAudience, id="51-secondary-aud"),
        pytest.param({"azp": "other"}, WrongAudience, id="51-azp"),
        pytest.param({"exp": NOW - 31}, ExpiredIDToken, id="52-expired"),
        pytest.param({"exp": GONE}, InvalidIDToken, id="52-missing-exp"),
        pytest.param({"iat": NOW + 31}, ExpiredIDToken, id="53-future"),
        pytest.param({"iat": GONE}, InvalidIDToken, id="53-missing-iat"),
        pytest.param({"nbf": NOW + 31}, ExpiredIDToken, id="54-nbf"),
        pytest.param({"sub": GONE}, InvalidIDToken, id="56-missing-sub"),
        pytest.param({"at_hash": encoded(b"0" * 16)}, InvalidIDToken, id="59-invalid-athash"),
        pytest.param({"nonce": "other"}, WrongNonce, id="55-nonce-invalid"),
    ],
)
@pytest.mark.parametrize("expected", [FIRST, RENEWAL])
def test_damaged_claims_are_refused_at_a_sign_in_and_at_a_renewal(
    changes: dict[str, Any], error: type[OAuthError], expected: Expected
) -> None:
    with refuses(error):
        judge(rsa_key().sign(claims(**changes)), jwks_answer(rsa_key()), expected=expected)


def test_check_55_a_missing_nonce_is_refused_at_a_sign_in() -> None:
    with refuses(WrongNonce):
        judge(rsa_key().sign(claims(nonce=GONE)), jwks_answer(rsa_key()))


def test_check_57_and_58_what_was_asked_of_the_sign_in_is_held_against_it() -> None:
    expected = replace(FIRST, max_age=60, acr_values=("2",))
    honest = {"auth_time": NOW - 60, "acr": "2"}
    assert judge(rsa_key().sign(claims(**honest)), jwks_answer(rsa_key()), expected=expected)
    with refuses(ExpiredIDToken):
        judge(rsa_key().sign(claims(**honest | {"auth_time": NOW - 100})), expected=expected)
    with refuses(InvalidIDToken):
        judge(rsa_key().sign(claims(**honest | {"acr": "1"})), expected=expected)


def test_check_59_the_hash_of_the_access_token_is_needed_where_nothing_else_binds_it() -> None:
    assert judge(rsa_key().sign(claims()), jwks_answer(rsa_key()))
    with refuses(InvalidIDToken):
        judge(rsa_key().sign(claims()), expected=BOUND)


def test_check_74_another_person_is_refused_at_a_renewal() -> None:
    with refuses(WrongSubject):
        judge(rsa_key().sign(claims(sub="other")), jwks_answer(rsa_key()), expected=RENEWAL)


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        pytest.param(rsa_key("two").sign(claims(), kid="one"), UntrustedSignature, id="45-forged"),
        pytest.param(rsa_key("two").sign(claims()), UntrustedSignature, id="45-unknown-key"),
    ],
)
def test_check_45_a_signature_that_does_not_fit_is_refused(
    raw: Secret, error: type[OAuthError]
) -> None:
    with refuses(error):
        judge(raw, jwks_answer(rsa_key()))


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        pytest.param(rsa_key().sign(claims(), alg="none"), UntrustedSignature, id="46-none"),
        pytest.param(rsa_key().sign(claims(), alg="HS256"), UntrustedSignature, id="46-hs256"),
        pytest.param(rsa_key().sign(claims(), crit=["x"]), UntrustedSignature, id="47-crit"),
        pytest.param(rsa_key().sign(claims(), typ="at+jwt"), InvalidIDToken, id="62-typ"),
        pytest.param(Secret("a.b.c.d.e"), InvalidIDToken, id="61-encrypted"),
    ],
)
def test_check_46_47_61_62_a_bad_header_is_refused_before_any_key_is_fetched(
    raw: Secret, error: type[OAuthError]
) -> None:
    with refuses(error):
        judge(raw)


def test_check_44_openid_asked_and_granted_implies_an_id_token() -> None:
    for scope in (None, OPENID, Scope("openid phone")):
        with refuses(InvalidTokenResponse):
            judge(None, scope=scope)


def test_check_44_without_openid_no_id_token_is_due() -> None:
    assert judge(None, scope=Scope("phone")) is None
    assert judge(None, scope=Scope()) is None
    assert judge(None, expected=replace(FIRST, scope=Scope("phone")), scope=OPENID) is None


def test_check_74_at_a_renewal_the_id_token_before_stays() -> None:
    assert judge(None, expected=RENEWAL) is BEFORE


def test_an_id_token_is_judged_even_where_none_was_asked_for() -> None:
    expected = Expected(scope=Scope("phone"), now=NOW)
    assert judge(rsa_key().sign(claims(nonce=GONE)), jwks_answer(rsa_key()), expected=expected)
    with refuses(WrongNonce):
        judge(rsa_key().sign(claims()), expected=expected)


def test_check_63_without_a_configured_jwks_uri_nothing_is_fetched() -> None:
    with refuses(ConfigurationError):
        judge(rsa_key().sign(claims()), server=replace(SERVER, jwks_uri=None))


@given(st.text(st.characters(), min_size=1) | st.binary().map(lambda p: rsa_key().sign(p).reveal()))
def test_any_id_token_is_judged(text: str) -> None:
    with suppress(OAuthError, AssertionError):
        judge(Secret(text))
