from __future__ import annotations

import hashlib
import hmac
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets._net.document import Document
from oauth_widgets.errors import (
    ExpiredIDToken,
    InvalidIDToken,
    OAuthError,
    UntrustedSignature,
    WrongAudience,
    WrongIssuer,
    WrongNonce,
    WrongSubject,
)
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import (
    CLOCK_TOLERANCE,
    Expected,
    Grounds,
    IDToken,
    Verdict,
    check_claims,
    header_of,
    id_token,
    judged_claims,
    verified_claims,
)
from oauth_widgets.protocol.jwks import key_set
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret

from .builders import (
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
from .keys import SigningKey, ec_key, encoded, rsa_key

OPENID = Scope("openid")
IN_TIME = Expected(scope=OPENID, now=NOW, nonce=NONCE)
BEFORE = id_token(claims(), Secret("a.b.c"), (), NONCE)
RENEWAL = Expected(scope=OPENID, now=NOW, nonce=NONCE, previous=BEFORE)
# base64url of the left half of SHA-256("Access-q8Zr1TnD0v"), by OIDC Core 3.1.3.6
AT_HASH = encoded(hashlib.sha256(ACCESS_TOKEN.encode()).digest()[:16])


def verified(raw: Secret, *published: SigningKey, alg: str = "RS256") -> Document | None:
    keys = key_set({"keys": [key.jwk() for key in published or [rsa_key()]]})
    return verified_claims(raw, header_of(raw, alg), keys)


def grounds(expected: Expected = IN_TIME, *, alg: str = "RS256") -> Grounds:
    client = ClientMetadata(client_id=CLIENT.client_id, id_token_signed_response_alg=alg)
    token = Secret(ACCESS_TOKEN)
    return Grounds(server=SERVER, client=client, expected=expected, access_token=token)


def judge(expected: Expected = IN_TIME, **changes: Any) -> None:
    check_claims(claims(**changes), grounds(expected))


# --- the signature


@pytest.mark.parametrize("key", [rsa_key(), ec_key()])
def test_an_honest_signature_is_taken(key: SigningKey) -> None:
    assert verified(key.sign(claims()), key, alg=key.alg) == claims()
    assert verified(key.sign(claims(), typ=GONE, kid=GONE), key, alg=key.alg) == claims()


@pytest.mark.parametrize("key", [rsa_key(), ec_key()])
@pytest.mark.check(id="id-token/signature")
def test_another_keys_signature_is_refused(key: SigningKey) -> None:
    another = {"RS256": rsa_key("two"), "ES256": ec_key("two")}[key.alg]
    with refuses(UntrustedSignature):
        verified(another.sign(claims(), kid=key.kid), key, alg=key.alg)


@pytest.mark.check(id="id-token/signature")
def test_changed_claims_are_refused() -> None:
    start, _, end = rsa_key().sign(claims()).reveal().split(".")
    with refuses(UntrustedSignature):
        verified(Secret(f"{start}.{encoded(claims(sub='other'))}.{end}"))


@pytest.mark.parametrize("signature", ["", "AAAA", "!"])
@pytest.mark.check(id="id-token/signature")
def test_a_signature_that_is_none_is_refused(signature: str) -> None:
    start = rsa_key().sign(claims()).reveal().rpartition(".")[0]
    with refuses(UntrustedSignature):
        verified(Secret(f"{start}.{signature}"))


@pytest.mark.check(id="id-token/signature")
def test_a_key_the_server_does_not_publish_verifies_nothing() -> None:
    assert verified(rsa_key("two").sign(claims()), rsa_key()) is None


@pytest.mark.parametrize("alg", ["none", "None", "", "RS384", "PS256", "ES256", "HS256", None, 7])
@pytest.mark.check(id="id-token/alg")
def test_another_algorithm_than_the_configured_one_is_refused(alg: object) -> None:
    with refuses(UntrustedSignature):
        header_of(rsa_key().sign(claims(), alg=alg), "RS256")


@pytest.mark.check(id="id-token/alg")
def test_a_missing_algorithm_is_refused() -> None:
    with refuses(UntrustedSignature):
        header_of(rsa_key().sign(claims(), alg=GONE), "RS256")


@pytest.mark.check(id="id-token/alg")
def test_an_unsigned_token_is_refused() -> None:
    raw = f"{encoded({'alg': 'none'})}.{encoded(claims())}."
    with refuses(UntrustedSignature):
        verified(Secret(raw))


@pytest.mark.check(id="id-token/alg")
def test_a_public_key_used_as_a_shared_secret_is_refused() -> None:
    start = f"{encoded({'alg': 'HS256', 'kid': 'one'})}.{encoded(claims())}"
    secret = rsa_key().jwk()["n"].encode()
    signature = hmac.digest(secret, start.encode(), "sha256")
    with refuses(UntrustedSignature):
        verified(Secret(f"{start}.{encoded(signature)}"))


@pytest.mark.parametrize("crit", [["exp"], ["b64"], [], None])
@pytest.mark.check(id="id-token/crit")
def test_a_critical_extension_is_refused(crit: object) -> None:
    with refuses(UntrustedSignature):
        header_of(rsa_key().sign(claims(), crit=crit, b64=True), "RS256")


@pytest.mark.check(id="keys/fit")
def test_a_key_on_another_curve_does_not_verify() -> None:
    wide = ec_key("wide", ec.SECP384R1)
    assert verified(wide.sign(claims()), wide, alg="ES256") is None


@pytest.mark.check(id="id-token/key-size")
def test_a_signature_by_a_short_rsa_key_is_refused() -> None:
    short = rsa_key("short", bits=1024)
    with refuses(UntrustedSignature):
        verified(short.sign(claims()), short)


@pytest.mark.check(id="id-token/encryption")
def test_an_encrypted_token_is_refused() -> None:
    with refuses(InvalidIDToken) as caught:
        header_of(Secret(rsa_key().sign(claims()).reveal() + ".x.y"), "RS256")
    assert "encrypted" in caught.value.message


@pytest.mark.parametrize("typ", ["JWT", "jwt", "", GONE, None])
@pytest.mark.check(id="id-token/typ")
def test_a_token_of_the_common_kind_is_taken(typ: object) -> None:
    assert header_of(rsa_key().sign(claims(), typ=typ), "RS256").kid == "one"


@pytest.mark.parametrize("typ", ["logout+jwt", "at+jwt", "application/at+jwt", "dpop+jwt", "x", 7])
@pytest.mark.check(id="id-token/typ")
def test_a_token_of_another_kind_is_refused(typ: object) -> None:
    with refuses(InvalidIDToken):
        header_of(rsa_key().sign(claims(), typ=typ), "RS256")


@pytest.mark.parametrize("kid", [7, True, ["one"], {}, "\ud800"])
def test_a_key_id_of_the_wrong_type_is_refused(kid: object) -> None:
    with refuses(InvalidIDToken):
        header_of(rsa_key().sign(claims(), kid=kid), "RS256")


@pytest.mark.parametrize(
    "raw",
    [
        *("x", "x.y", "x.y.z.w", "x.y.z", "é.y.z", "..", "e30", "W10.y.z"),
        *(f"{encoded({'alg': 'RS256'})}.{end}" for end in ("y", "é.z", "y.é")),
    ],
)
def test_what_is_no_signed_token_is_refused(raw: str) -> None:
    with refuses(InvalidIDToken):
        header_of(Secret(raw), "RS256")


@pytest.mark.parametrize(
    "header", [b'{"alg":"RS256","alg":"none"}', b'{"alg":"RS256","x":NaN}', b"[" * 9000, b"\xff"]
)
@pytest.mark.check(id="documents/json")
def test_a_header_that_is_not_proper_json_is_refused(header: bytes) -> None:
    with refuses(InvalidIDToken):
        header_of(Secret(f"{encoded(header)}.e30.x"), "RS256")


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"x", b"\xff", b'{"sub":"a","sub":"b"}', b'{"exp":NaN}', b"[" * 9000]
)
@pytest.mark.check(id="documents/json")
def test_signed_claims_that_are_not_proper_json_are_refused(payload: bytes) -> None:
    with refuses(InvalidIDToken):
        verified(rsa_key().sign(payload))


# --- the claims


def test_honest_claims_are_taken() -> None:
    judge()
    judge(aud=["notebook"], azp="notebook", nbf=NOW, extra={"any": ["thing"]})


@pytest.mark.parametrize("iss", [f"{ISSUER}/", ISSUER.upper(), "https://other.example", "as"])
@pytest.mark.check(id="id-token/iss")
def test_another_issuer_is_refused(iss: str) -> None:
    with refuses(WrongIssuer):
        judge(iss=iss)


@pytest.mark.parametrize("iss", [GONE, None, "", 7, [ISSUER]])
@pytest.mark.check(id="id-token/iss")
def test_a_missing_issuer_is_refused(iss: object) -> None:
    with refuses(InvalidIDToken):
        judge(iss=iss)


@pytest.mark.parametrize("aud", [GONE, None, "", "other", "Notebook", [], ["other"], 7, {}, [None]])
@pytest.mark.check(id="id-token/aud")
def test_another_or_no_audience_is_refused(aud: object) -> None:
    with refuses(WrongAudience):
        judge(aud=aud)


@pytest.mark.parametrize("aud", [["notebook", "other"], ["other", "notebook"], ["notebook", 7]])
@pytest.mark.check(id="id-token/azp")
def test_an_unknown_audience_beside_ours_is_refused(aud: list[object]) -> None:
    with refuses(WrongAudience):
        judge(aud=aud, azp="notebook")


@pytest.mark.parametrize("aud", ["notebook", ["notebook"], ["notebook", "notebook"]])
@pytest.mark.parametrize("azp", ["other", "", None, ["notebook"]])
@pytest.mark.check(id="id-token/azp")
def test_another_authorized_party_is_refused(aud: object, azp: object) -> None:
    with refuses(WrongAudience):
        judge(aud=aud, azp=azp)


@pytest.mark.check(id="id-token/exp")
def test_a_token_holds_until_its_end_and_half_a_minute_more() -> None:
    judge(exp=NOW - 29.5)
    for exp in (NOW - 30, NOW - 31, 0, -1e9):
        with refuses(ExpiredIDToken):
            judge(exp=exp)


@pytest.mark.check(id="id-token/iat")
def test_a_token_from_the_future_is_refused_beyond_half_a_minute() -> None:
    judge(iat=NOW + 30)
    for iat in (NOW + 30.5, NOW + 1e9):
        with refuses(ExpiredIDToken):
            judge(iat=iat)


@pytest.mark.check(id="id-token/iat")
def test_a_token_made_too_long_ago_is_refused() -> None:
    judge(iat=NOW - 3600)
    for iat in (NOW - 3631, 0):
        with refuses(ExpiredIDToken):
            judge(iat=iat)


@pytest.mark.check(id="id-token/nbf")
def test_a_token_that_does_not_hold_yet_is_refused() -> None:
    judge(nbf=NOW + 30)
    with refuses(ExpiredIDToken):
        judge(nbf=NOW + 30.5)


@pytest.mark.check(id="clock/tolerance")
def test_one_tolerance_of_half_a_minute_holds_for_every_time() -> None:
    assert CLOCK_TOLERANCE == 30
    expected = replace(IN_TIME, max_age=0)
    honest = {"exp": NOW, "iat": NOW, "nbf": NOW, "auth_time": NOW}
    judge(expected, **honest | {"exp": NOW - 29, "auth_time": NOW - 29})
    judge(expected, **honest | {"iat": NOW + 29, "nbf": NOW + 29})
    for late in ({"exp": NOW - 31}, {"auth_time": NOW - 31}, {"iat": NOW + 31}, {"nbf": NOW + 31}):
        with refuses(ExpiredIDToken):
            judge(expected, **honest | late)


@pytest.mark.check(id="clock/tolerance")
def test_no_time_has_a_tolerance_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("oauth_widgets.protocol.id_token.CLOCK_TOLERANCE", 5.0)
    expected = replace(IN_TIME, max_age=0)
    honest = {"exp": NOW, "iat": NOW, "nbf": NOW, "auth_time": NOW}
    early = {"exp": -5, "auth_time": -5, "iat": -3605}
    for name, at in (*early.items(), ("iat", 5), ("nbf", 5), ("auth_time", 5)):
        inwards = 0.5 if at < 0 else -0.5
        judge(expected, **honest | {name: NOW + at + inwards})
        with refuses(ExpiredIDToken):
            judge(expected, **honest | {name: NOW + at - inwards})


NO_TIMES = ["1900000000", True, [], {}, 1e16, float("inf"), ""]


@pytest.mark.parametrize("exp", [GONE, None, *NO_TIMES])
@pytest.mark.check(id="id-token/exp")
def test_a_missing_end_or_one_that_is_no_number_is_refused(exp: object) -> None:
    with refuses(InvalidIDToken):
        judge(exp=exp)


@pytest.mark.parametrize("iat", [GONE, None, *NO_TIMES])
@pytest.mark.check(id="id-token/iat")
def test_a_missing_time_of_making_or_one_that_is_no_number_is_refused(iat: object) -> None:
    with refuses(InvalidIDToken):
        judge(iat=iat)


@pytest.mark.parametrize("nbf", NO_TIMES)
@pytest.mark.check(id="id-token/nbf")
def test_a_start_that_is_no_number_is_refused(nbf: object) -> None:
    with refuses(InvalidIDToken):
        judge(nbf=nbf)


@pytest.mark.parametrize("nonce", ["other", NONCE + "x", NONCE[:-1], NONCE.lower(), "", "é"])
@pytest.mark.check(id="id-token/nonce")
def test_a_nonce_of_another_sign_in_is_refused(nonce: str) -> None:
    with refuses(WrongNonce):
        judge(nonce=nonce)


@pytest.mark.parametrize("nonce", [GONE, None])
@pytest.mark.check(id="id-token/nonce")
def test_a_missing_nonce_is_refused(nonce: object) -> None:
    with refuses(WrongNonce):
        judge(nonce=nonce)


@pytest.mark.parametrize("nonce", [NONCE, ""])
@pytest.mark.check(id="id-token/nonce")
def test_an_unexpected_nonce_is_refused(nonce: str) -> None:
    without = Expected(scope=OPENID, now=NOW)
    judge(without, nonce=GONE)
    with refuses(WrongNonce):
        judge(without, nonce=nonce)


@pytest.mark.parametrize("nonce", [7, [NONCE], True, "\ud800"])
@pytest.mark.check(id="id-token/nonce")
def test_a_nonce_of_the_wrong_type_is_refused(nonce: object) -> None:
    with refuses(InvalidIDToken):
        judge(nonce=nonce)


@pytest.mark.parametrize("sub", [GONE, None, "", 7, ["a"], "x" * 256])
@pytest.mark.check(id="id-token/sub")
def test_a_subject_that_names_nobody_is_refused(sub: object) -> None:
    judge(sub="x" * 255)
    with refuses(InvalidIDToken):
        judge(sub=sub)


MAX_AGE = Expected(scope=OPENID, now=NOW, nonce=NONCE, max_age=60)


@pytest.mark.check(id="id-token/auth-time")
def test_a_sign_in_older_than_asked_is_refused() -> None:
    judge(MAX_AGE, auth_time=NOW - 90)
    with refuses(ExpiredIDToken):
        judge(MAX_AGE, auth_time=NOW - 90.5)
    judge(auth_time=0)


@pytest.mark.check(id="id-token/auth-time")
def test_a_sign_in_from_the_future_is_not_a_recent_one() -> None:
    judge(MAX_AGE, auth_time=NOW + 30)
    for auth_time in (NOW + 30.5, NOW + 1e9):
        with refuses(ExpiredIDToken):
            judge(MAX_AGE, auth_time=auth_time)


@pytest.mark.check(id="id-token/auth-time")
def test_a_maximum_age_of_nothing_is_one_too() -> None:
    now = Expected(scope=OPENID, now=NOW, nonce=NONCE, max_age=0)
    judge(now, auth_time=NOW)
    with refuses(ExpiredIDToken):
        judge(now, auth_time=NOW - 31)


@pytest.mark.parametrize("auth_time", [GONE, None, *NO_TIMES])
@pytest.mark.check(id="id-token/auth-time")
def test_a_missing_time_of_sign_in_is_refused_where_it_matters(auth_time: object) -> None:
    with refuses(InvalidIDToken):
        judge(MAX_AGE, auth_time=auth_time)


@pytest.mark.parametrize("acr", [GONE, None, "1", "", ["2"], 2, {}])
@pytest.mark.check(id="id-token/acr")
def test_another_or_no_acr_than_asked_is_refused(acr: object) -> None:
    asked = Expected(scope=OPENID, now=NOW, nonce=NONCE, acr_values=("2", "3"))
    judge(asked, acr="3")
    judge(acr=acr)
    with refuses(InvalidIDToken):
        judge(asked, acr=acr)


# --- the access token that was sent along with it


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


# --- a renewal


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


# --- what the verdicts say


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


# --- the value


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


# --- anything at all


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
