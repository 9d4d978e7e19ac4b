"""Hostile ID tokens and signing keys through the whole sign-in."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from oauth_widgets import errors
from tests.helpers.rigged import as_json
from tests.helpers.twins import blocking
from tests.protocol.builders import GONE
from tests.protocol.keys import SigningKey, encoded, rsa_key
from tests.relying_party.client import assert_refused, login
from tests.relying_party.server import Changes, running

DEEP = b"[" * 20_000 + b"]" * 20_000
SIGNED_BY_RS256 = b'{"alg": "RS256", "kid": "one", "x": '


def payload(change: Callable[[bytes], bytes]) -> Callable[..., str]:
    """Sign whatever `change` makes of honest claims."""

    def sign(key: SigningKey, claims: Changes, _: Changes) -> str:
        return key.sign(change(json.dumps(claims).encode())).reveal()

    return sign


def member(written: bytes) -> Callable[..., str]:
    return payload(lambda claims: claims[:-1] + b", " + written + b"}")


PAYLOADS = {
    "no JSON": payload(lambda _: b"hello"),
    "empty": payload(lambda _: b""),
    "an array": payload(lambda claims: b"[" + claims + b"]"),
    "not UTF-8": member(b'"name": "\xff"'),
    "NaN": member(b'"auth_time": NaN'),
    "beyond a float": member(b'"nbf": 1e999'),
    "a huge number": member(b'"nbf": ' + b"9" * 5000),
    "a name twice": member(b'"sub": "person-8"'),
    "deep": member(b'"deep": ' + DEEP),
}


@pytest.mark.parametrize("kind", PAYLOADS)
def test_a_well_signed_payload_that_is_no_set_of_claims_is_refused(kind: str) -> None:
    assert_refused(blocking, errors.InvalidIDToken, signed=PAYLOADS[kind])


@pytest.mark.parametrize(
    ("claims", "error"),
    [
        ({"sub": 7}, errors.InvalidIDToken),
        ({"sub": ""}, errors.InvalidIDToken),
        ({"sub": "\ud800"}, errors.InvalidIDToken),
        ({"sub": "x" * 256}, errors.InvalidIDToken),
        ({"iss": {}}, errors.InvalidIDToken),
        ({"exp": "99999999999"}, errors.InvalidIDToken),
        ({"exp": True}, errors.InvalidIDToken),
        ({"exp": 10**300}, errors.InvalidIDToken),
        ({"iat": 10**12}, errors.ExpiredIDToken),
        ({"iat": 0}, errors.ExpiredIDToken),
        ({"nonce": []}, errors.InvalidIDToken),
        ({"nonce": "é"}, errors.WrongNonce),
        ({"at_hash": "\ud800"}, errors.InvalidIDToken),
        ({"aud": {"notebook": 1}}, errors.WrongAudience),
        ({"aud": [["notebook"]]}, errors.WrongAudience),
        ({"azp": "\ud800"}, errors.WrongAudience),
    ],
    ids=lambda value: ascii(value)[:30] if isinstance(value, dict) else "",
)
def test_well_signed_claims_of_strange_types_are_refused(
    claims: Changes, error: type[errors.OAuthError]
) -> None:
    assert_refused(blocking, error, claims=claims)


@pytest.mark.parametrize(
    ("token", "error"),
    [
        ("..", errors.InvalidIDToken),
        ("a.b.c.d", errors.InvalidIDToken),
        ("a.b.c.d.e", errors.InvalidIDToken),
        ("é.é.é", errors.InvalidIDToken),
        (" . . ", errors.InvalidIDToken),
        ("." * 100_000, errors.InvalidIDToken),
        ("x" * 500_000, errors.InvalidIDToken),
        (f"{encoded(b'[]')}.e30.AAAA", errors.InvalidIDToken),
        (f"{encoded(SIGNED_BY_RS256 + DEEP + b'}')}.e30.AAAA", errors.InvalidIDToken),
        (f"{encoded(SIGNED_BY_RS256 + b'1}')}.e30.", errors.UntrustedSignature),
        (f"{encoded(SIGNED_BY_RS256 + b'1}')}.e30.====", errors.UntrustedSignature),
        (f"{encoded(SIGNED_BY_RS256 + b'1}')}.e30.{'A' * 500_000}", errors.UntrustedSignature),
        ("\ud800", errors.InvalidTokenResponse),
    ],
    ids=lambda value: ascii(value)[:20] if isinstance(value, str) else "",
)
def test_an_id_token_that_is_no_signed_token_is_refused(
    token: str, error: type[errors.OAuthError]
) -> None:
    assert_refused(blocking, error, token={"id_token": token})


def long_number(bits: int) -> str:
    return encoded(((1 << (bits - 1)) | 1).to_bytes(bits // 8, "big"))


KEYS: dict[str, tuple[Any, type[errors.OAuthError]]] = {
    "no list": ({"keys": {}}, errors.InvalidKeySet),
    "not objects": ({"keys": ["one"]}, errors.InvalidKeySet),
    "none": ({"keys": []}, errors.UntrustedSignature),
    "too many": ({"keys": [{}] * 101}, errors.InvalidKeySet),
    "too short": ({"n": long_number(1024)}, errors.UntrustedSignature),
    "too long": ({"n": long_number(4_000_000)}, errors.UntrustedSignature),
    "n missing": ({"n": GONE}, errors.UntrustedSignature),
    "n a list": ({"n": []}, errors.UntrustedSignature),
    "n half a character": ({"n": "\ud800"}, errors.UntrustedSignature),
    "e even": ({"e": "Ag"}, errors.UntrustedSignature),
    "e one": ({"e": "AQ"}, errors.UntrustedSignature),
    "e endless": ({"e": long_number(2_000_000)}, errors.UntrustedSignature),
    "kty a list": ({"kty": ["RSA"]}, errors.UntrustedSignature),
    "kty symmetric": ({"kty": "oct", "k": "c2VjcmV0"}, errors.UntrustedSignature),
    "private": ({"d": "c2VjcmV0"}, errors.UntrustedSignature),
    "use a number": ({"use": 1}, errors.UntrustedSignature),
    "for encryption": ({"use": "enc"}, errors.UntrustedSignature),
    "key_ops a word": ({"key_ops": "verify"}, errors.UntrustedSignature),
    "alg another": ({"alg": "HS256"}, errors.UntrustedSignature),
    "kid a list": ({"kid": ["one"]}, errors.UntrustedSignature),
}


@pytest.mark.parametrize("kind", KEYS)
def test_a_key_that_is_none_or_not_for_this_verifies_nothing(kind: str) -> None:
    wrong, error = KEYS[kind]
    jwks = wrong if "keys" in wrong else {"keys": [rsa_key("one").jwk(**wrong)]}
    assert_refused(blocking, error, instead={"/jwks": as_json(jwks)})


def test_names_of_claims_are_foreign_text_and_shown_as_such() -> None:
    """A person prints them; a terminal would obey escapes and stumble over half a character."""
    strange = {"\x1b[2J": 1, "\ud800": 1, "x" * 5000: 1}
    with running(claims=strange, userinfo=strange) as server:
        session = login(blocking, server)
        for shown in (repr(session.id_token), repr(session.userinfo())):
            assert shown.isprintable()
            assert len(shown) < 500
