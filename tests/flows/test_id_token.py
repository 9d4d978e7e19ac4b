"""Each check of the ID token once more, through the one place that calls them all."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets._net.message import Response
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
)
from oauth_widgets.flows.id_token import judged_foreign, judged_id_token
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import Expected, Grounds
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import TokenResponse
from oauth_widgets.protocol.unverified_token import unverified_token
from oauth_widgets.secret import Secret
from tests.protocol.builders import (
    ACCESS_TOKEN,
    CLIENT,
    GONE,
    ISSUER,
    JWKS_URI,
    NONCE,
    NOW,
    SERVER,
    SUBJECT,
    claims,
    refuses,
)
from tests.protocol.judging import IN_TIME, OPENID
from tests.protocol.keys import BEFORE, ec_key, encoded, jwks_answer, rsa_key

from .script import Script

RENEWAL = replace(IN_TIME, previous=BEFORE, due=False)

at_both = pytest.mark.parametrize("expected", [IN_TIME, RENEWAL], ids=["sign-in", "renewal"])


def judge(
    raw: Secret | None,
    *answers: Response,
    expected: Expected = IN_TIME,
    server: AuthorizationServer = SERVER,
    client: ClientMetadata = CLIENT,
    scope: Scope | None = None,
) -> Any:
    tokens = TokenResponse(access_token=Secret(ACCESS_TOKEN), id_token=raw, scope=scope)
    return Script(*answers).play(judged_id_token(server, client, tokens, expected))


@at_both
def test_an_honest_id_token_comes_out_as_it_was_sent(expected: Expected) -> None:
    raw = rsa_key().sign(claims())
    token = judge(raw, jwks_answer(rsa_key()), expected=expected)
    assert token.claims == claims()
    assert token.raw == raw
    assert token.subject == (ISSUER, SUBJECT)


@pytest.mark.check(id="id-token/alg")
def test_a_client_registered_for_another_algorithm_gets_that_one() -> None:
    client = ClientMetadata(client_id="notebook", id_token_signed_response_alg="ES256")
    assert judge(ec_key().sign(claims()), jwks_answer(ec_key()), client=client)
    with refuses(UntrustedSignature):
        judge(rsa_key().sign(claims()), client=client)


def broken(claim: str, error: type[OAuthError], **changes: Any) -> Any:
    """Return how to break the check of `claim`, and the error that says so."""
    check = pytest.mark.check(id=f"id-token/{claim}")
    return pytest.param(error, changes, marks=check, id=claim)


@at_both
@pytest.mark.parametrize(
    ("error", "changes"),
    [
        broken("iss", WrongIssuer, iss="https://other.example"),
        broken("aud", WrongAudience, aud="other"),
        broken("azp", WrongAudience, aud=["notebook", "other"]),
        broken("exp", ExpiredIDToken, exp=NOW - 31),
        broken("iat", ExpiredIDToken, iat=NOW + 31),
        broken("nbf", ExpiredIDToken, nbf=NOW + 31),
        broken("nonce", WrongNonce, nonce="other"),
        broken("sub", InvalidIDToken, sub=GONE),
        broken("at-hash", InvalidIDToken, at_hash=encoded(b"0" * 16)),
    ],
)
def test_each_claim_is_checked_at_a_sign_in_and_at_a_renewal(
    expected: Expected, error: type[OAuthError], changes: dict[str, Any]
) -> None:
    with refuses(error):
        judge(rsa_key().sign(claims(**changes)), jwks_answer(rsa_key()), expected=expected)


@pytest.mark.parametrize(
    "raw", [rsa_key("two").sign(claims(), kid="one"), rsa_key("two").sign(claims())]
)
@pytest.mark.check(id="id-token/signature")
def test_a_signature_that_does_not_fit_is_refused(raw: Secret) -> None:
    with refuses(UntrustedSignature):
        judge(raw, jwks_answer(rsa_key()))


@pytest.mark.parametrize(
    ("error", "header"),
    [
        broken("alg", UntrustedSignature, alg="none"),
        broken("alg", UntrustedSignature, alg="HS256"),
        broken("crit", UntrustedSignature, crit=["x"]),
        broken("typ", InvalidIDToken, typ="at+jwt"),
    ],
)
def test_a_header_that_cannot_be_is_refused_before_any_key_is_fetched(
    error: type[OAuthError], header: dict[str, Any]
) -> None:
    with refuses(error):
        judge(rsa_key().sign(claims(), **header))


@pytest.mark.check(id="id-token/encryption")
def test_an_encrypted_token_is_refused_before_any_key_is_fetched() -> None:
    with refuses(InvalidIDToken):
        judge(Secret("a.b.c.d.e"))


@pytest.mark.check(id="token/id-token-due")
def test_openid_asked_and_granted_implies_an_id_token() -> None:
    for scope in (None, OPENID, Scope("openid phone")):
        with refuses(InvalidTokenResponse):
            judge(None, scope=scope)


@pytest.mark.check(id="token/id-token-due")
def test_without_openid_no_id_token_is_due() -> None:
    assert judge(None, scope=Scope("phone")) is None
    assert judge(None, scope=Scope()) is None
    assert judge(None, expected=replace(IN_TIME, scope=Scope("phone")), scope=OPENID) is None


@pytest.mark.check(id="refresh/id-token")
def test_at_a_renewal_the_id_token_before_stays() -> None:
    assert judge(None, expected=RENEWAL) is BEFORE


def test_an_id_token_is_judged_even_where_none_was_asked_for() -> None:
    expected = Expected(scope=Scope("phone"), now=NOW)
    assert judge(rsa_key().sign(claims(nonce=GONE)), jwks_answer(rsa_key()), expected=expected)
    with refuses(WrongNonce):
        judge(rsa_key().sign(claims()), expected=expected)


@pytest.mark.parametrize("member", ["jku", "x5u"])
@pytest.mark.check(id="keys/address")
def test_keys_are_asked_of_the_configured_address_alone(member: str) -> None:
    raw = rsa_key().sign(claims(), **{member: "https://evil.example/jwks"})
    tokens = TokenResponse(access_token=Secret(ACCESS_TOKEN), id_token=raw)
    script = Script(jwks_answer(rsa_key()))
    script.play(judged_id_token(SERVER, CLIENT, tokens, IN_TIME))
    assert script.urls == [JWKS_URI]


@pytest.mark.check(id="keys/address")
def test_without_a_configured_jwks_uri_nothing_is_fetched() -> None:
    with refuses(ConfigurationError):
        judge(rsa_key().sign(claims()), server=replace(SERVER, jwks_uri=None))


def test_a_validated_token_tells_what_it_was_checked_for() -> None:
    token = judge(rsa_key().sign(claims()), jwks_answer(rsa_key()))
    assert [one.claim for one in token.verdicts if one.passed] == [
        *("signature", "iss", "aud", "sub", "exp", "iat", "nonce"),
    ]
    assert token.nonce == NONCE


def judged(
    raw: Secret, *answers: Response, server: AuthorizationServer = SERVER
) -> dict[str, tuple[bool | None, str]]:
    grounds = Grounds(
        server=server, client=CLIENT, expected=IN_TIME, access_token=Secret(ACCESS_TOKEN)
    )
    exchange = judged_foreign(unverified_token(raw), grounds)
    verdicts = Script(*answers).play(exchange)
    return {one.claim: (one.passed, one.reason) for one in verdicts}


def test_a_token_that_is_only_looked_at_is_judged_to_the_end() -> None:
    told = judged(rsa_key("two").sign(claims(nonce="other"), kid="one"), jwks_answer(rsa_key()))
    assert told["signature"] == (
        False,
        "The token's signature wasn't made with the server's key, so it may be forged.",
    )
    assert told["nonce"] == (
        False,
        "The nonce in the ID token is not the one that this sign-in sent.",
    )
    assert told["iss"] == (True, "")
    honest = judged(rsa_key().sign(claims()))
    assert {passed for passed, _ in honest.values()} == {True, None}


@pytest.mark.parametrize(
    "raw", [Secret("opaque"), Secret("a.b.c.d.e"), rsa_key().sign(claims(), alg="none")]
)
def test_a_token_that_could_never_be_one_is_said_so_without_fetching_keys(raw: Secret) -> None:
    assert judged(raw)["signature"][0] is False


def test_keys_that_cannot_be_had_leave_the_signature_unchecked() -> None:
    raw = rsa_key().sign(claims())
    for answer in (Response(503), jwks_answer()):
        passed, reason = judged(raw, answer)["signature"]
        assert (passed, bool(reason)) == (None if answer.status == 503 else False, True)
    told = judged(raw, server=replace(SERVER, jwks_uri=None))
    assert told["signature"][0] is None
    assert told["iss"][0] is True


@given(st.text(st.characters(), min_size=1) | st.binary().map(lambda p: rsa_key().sign(p).reveal()))
def test_any_id_token_is_judged(text: str) -> None:
    tokens = TokenResponse(access_token=Secret(ACCESS_TOKEN), id_token=Secret(text))
    exchange = judged_id_token(SERVER, CLIENT, tokens, IN_TIME)
    with suppress(OAuthError, StopIteration):
        next(exchange)
        while True:
            exchange.send(jwks_answer(rsa_key()))
