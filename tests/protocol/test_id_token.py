from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.errors import (
    InvalidIDToken,
    OAuthError,
    WrongAudience,
    WrongIssuer,
    WrongNonce,
    WrongSubject,
)
from oauth_widgets.protocol.id_token import (
    Expected,
    IDToken,
    Verdict,
    check_claims,
    id_token,
    judged_claims,
)
from oauth_widgets.secret import Secret

from .builders import ACCESS_TOKEN, CLIENT, GONE, ISSUER, NONCE, NOW, SUBJECT, claims, refuses
from .judging import AT_HASH, IN_TIME, MAX_AGE, OPENID, RENEWAL, grounds, judge, verified
from .keys import BEFORE, encoded, rsa_key


def bound(at_hash: object, *, alg: str = "RS256", needed: bool = False) -> None:
    held_against = grounds(replace(IN_TIME, bound=needed), alg=alg)
    check_claims(claims(at_hash=at_hash), held_against)


@pytest.mark.parametrize("needed", [True, False])
@pytest.mark.parametrize("alg", ["RS256", "ES256", "PS256"])
@pytest.mark.check(id="id-token/at-hash")
def test_the_hash_of_the_access_token_is_taken(alg: str, needed: bool) -> None:
    bound(AT_HASH, alg=alg, needed=needed)


@pytest.mark.check(id="id-token/at-hash")
def test_the_hash_of_the_standards_example_is_taken() -> None:
    # OIDC Core A.3
    token = Secret("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y")
    beside = replace(grounds(replace(IN_TIME, bound=True)), access_token=token)
    check_claims(claims(at_hash="77QmUPtjPfzWtF2AnpK9RQ"), beside)


@pytest.mark.parametrize(("alg", "hashing"), [("RS384", "sha384"), ("EdDSA", "sha512")])
@pytest.mark.check(id="id-token/at-hash")
def test_the_hash_fits_the_algorithm(alg: str, hashing: str) -> None:
    digest = hashlib.new(hashing, ACCESS_TOKEN.encode()).digest()
    bound(encoded(digest[: len(digest) // 2]), alg=alg, needed=True)
    with refuses(InvalidIDToken):
        bound(AT_HASH, alg=alg, needed=True)


@pytest.mark.parametrize(
    "at_hash", ["", "other", AT_HASH + "==", AT_HASH.lower(), "é", 7, [AT_HASH]]
)
@pytest.mark.parametrize("needed", [True, False])
@pytest.mark.check(id="id-token/at-hash")
def test_another_hash_is_refused(at_hash: object, needed: bool) -> None:
    with refuses(InvalidIDToken):
        bound(at_hash, needed=needed)


@pytest.mark.parametrize("at_hash", [GONE, None])
@pytest.mark.check(id="id-token/at-hash")
def test_a_missing_hash_is_refused_where_it_is_needed(at_hash: object) -> None:
    bound(at_hash)
    with refuses(InvalidIDToken):
        bound(at_hash, needed=True)


@pytest.mark.check(id="refresh/id-token")
def test_a_renewed_token_need_not_repeat_the_nonce() -> None:
    judge(RENEWAL)
    judge(RENEWAL, nonce=GONE)


@pytest.mark.check(id="refresh/id-token")
def test_a_renewed_token_speaks_of_the_same_person() -> None:
    with refuses(WrongSubject):
        judge(RENEWAL, sub="other")


@pytest.mark.check(id="refresh/id-token")
def test_a_renewed_token_has_the_same_issuer_and_audience() -> None:
    with refuses(WrongIssuer):
        judge(RENEWAL, iss="https://other.example")
    with refuses(WrongAudience):
        judge(RENEWAL, aud="other")


@pytest.mark.parametrize("nonce", ["other", "", None])
@pytest.mark.check(id="refresh/id-token")
def test_a_renewed_token_has_the_same_nonce_or_none(nonce: object) -> None:
    with refuses(WrongNonce):
        judge(RENEWAL, nonce=nonce)


def told(expected: Expected = IN_TIME, **changes: Any) -> dict[str, bool | None]:
    verdicts = judged_claims(claims(**changes), grounds(expected))
    return {verdict.claim: verdict.passed for verdict in verdicts}


def test_each_claim_is_told_to_have_passed_or_that_there_was_nothing_to_check() -> None:
    nothing = dict.fromkeys(("azp", "nbf", "auth_time", "acr", "at_hash"), None)
    passed = dict.fromkeys(("iss", "aud", "sub", "exp", "iat", "nonce"), True)
    assert told() == told(auth_time=NOW, acr="2") == passed | nothing
    more = {"azp": "notebook", "nbf": NOW, "auth_time": NOW, "acr": "2", "at_hash": AT_HASH}
    asked = replace(IN_TIME, max_age=60, acr_values=("2",))
    assert told(asked, **more) == dict.fromkeys(passed | nothing, True)


def test_a_nonce_that_nobody_sent_and_a_renewal_leaves_out_is_not_told_to_have_passed() -> None:
    assert told(Expected(scope=OPENID, now=NOW), nonce=GONE)["nonce"] is None
    assert told(RENEWAL, nonce=GONE)["nonce"] is None
    assert told(RENEWAL)["nonce"] is True


def test_judging_goes_on_after_a_refusal_and_names_each_reason() -> None:
    verdicts = judged_claims(claims(iss="https://other.example", nonce="other"), grounds())
    assert [verdict for verdict in verdicts if verdict.reason] == [
        Verdict(
            "iss",
            False,
            f"The ID token's issuer (iss) is https://other.example; {ISSUER} was expected.",
        ),
        Verdict("nonce", False, "The nonce in the ID token is not the one that this sign-in sent."),
    ]


def test_a_validated_token_tells_its_verdicts() -> None:
    verdicts = check_claims(claims(), grounds())
    assert verdicts == judged_claims(claims(), grounds())
    assert id_token(claims(), Secret("a.b.c"), verdicts, NONCE).verdicts == verdicts


@pytest.mark.check(id="userinfo/person")
def test_a_person_is_named_by_issuer_and_subject() -> None:
    assert BEFORE.subject == (ISSUER, SUBJECT)


@pytest.mark.check(id="secrets/hidden")
def test_an_id_token_shows_no_value() -> None:
    token = IDToken({"phone_number": "+4799999999"}, Secret("a.b.c"))
    assert repr(token) == "IDToken(claims: phone_number)"
    assert repr(IDToken({"a\x1b\nb": 1}, Secret("a.b.c"))).isprintable()


def test_the_claims_are_read_only() -> None:
    with pytest.raises(TypeError):
        BEFORE.claims["sub"] = "other"  # type: ignore[index]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=4,
)
HEADERS = st.dictionaries(st.sampled_from(["alg", "kid", "typ", "crit", "b64", "jwk", "zip"]), JSON)
CLAIMS = st.dictionaries(
    st.sampled_from([*claims(), "azp", "nbf", "at_hash", "acr", "auth_time"]),
    JSON | st.just([CLIENT.client_id]),
)
GOOD_HEADER = encoded(b'{"alg":"RS256","kid":"one"}')


@given(
    st.text(st.characters(), min_size=1)
    | st.from_regex(r"[\w-]+\.[\w-]+\.[\w-]*")
    | st.text(st.characters()).map(f"{GOOD_HEADER}.e30.".__add__)
)
def test_any_text_is_refused(text: str) -> None:
    with suppress(OAuthError):
        assert verified(Secret(text)) is None


@given(HEADERS, st.binary())
def test_any_header_and_payload_are_judged(header: dict[str, Any], payload: bytes) -> None:
    with suppress(OAuthError):
        verified(rsa_key().sign(payload, **header))


@given(CLAIMS, st.sampled_from([IN_TIME, RENEWAL, MAX_AGE]))
def test_any_claims_are_judged_and_refused_for_the_first_reason_told(
    changes: dict[str, Any], expected: Expected
) -> None:
    verdicts = judged_claims(claims(**changes), grounds(expected))
    reasons = [verdict.reason for verdict in verdicts if verdict.passed is False]
    refused = []
    try:
        judge(expected, **changes)
    except InvalidIDToken as refusal:
        refused.append(refusal.message)
    assert refused == reasons[:1]
