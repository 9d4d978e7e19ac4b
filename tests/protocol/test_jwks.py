from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.errors import InvalidKeySet, OAuthError, UntrustedSignature
from oauth_widgets.protocol.jwks import KeySet, key_set

from .builders import GONE, refuses
from .keys import ec_key, encoded, rsa_key

SYMMETRIC = {"kty": "oct", "k": encoded(b"0" * 32), "kid": "one", "alg": "HS256"}


def keys(*jwks: dict[str, Any]) -> KeySet:
    return key_set({"keys": list(jwks)})


def is_found(found: KeySet, kid: str | None = "one", alg: str = "RS256") -> bool:
    return found.key_for(kid=kid, alg=alg) is not None


@pytest.mark.parametrize("value", [GONE, None, {}, "keys", 7, [7], ["one"], [[]], [None]])
@pytest.mark.check(id="documents/shape")
def test_a_document_without_a_list_of_keys_is_refused(value: object) -> None:
    with refuses(InvalidKeySet):
        key_set({} if value is GONE else {"keys": value})


@pytest.mark.check(id="id-token/key-size")
def test_a_short_rsa_key_is_refused() -> None:
    assert is_found(keys(rsa_key("one").jwk()))
    with refuses(UntrustedSignature):
        is_found(keys(rsa_key("one", bits=1024).jwk()))


@pytest.mark.parametrize(
    "unfit",
    [
        {"kid": "two"},
        {"kid": GONE},
        {"kty": "EC"},
        {"kty": "oct"},
        {"kty": GONE},
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": []},
        {"key_ops": "verify"},
        {"alg": "RS384"},
        {"alg": "PS256"},
        {"alg": "RSA-OAEP"},
    ],
)
@pytest.mark.check(id="keys/fit")
def test_a_key_for_something_else_is_no_candidate(unfit: dict[str, Any]) -> None:
    honest = rsa_key("one").jwk()
    assert not is_found(keys(rsa_key("one").jwk(**unfit)))
    assert is_found(keys(rsa_key("one").jwk(**unfit), honest))


@pytest.mark.parametrize(
    "fitting", [{"use": GONE}, {"alg": GONE}, {"key_ops": ["verify"]}, {"key_ops": ["x", "verify"]}]
)
@pytest.mark.check(id="keys/fit")
def test_what_a_key_leaves_out_does_not_rule_it_out(fitting: dict[str, Any]) -> None:
    assert is_found(keys(rsa_key("one").jwk(**fitting)))


@pytest.mark.check(id="keys/fit")
def test_each_algorithm_finds_its_kind_of_key() -> None:
    both = keys(rsa_key("one").jwk(alg=GONE), ec_key("one").jwk(alg=GONE))
    assert is_found(both, alg="RS256")
    assert is_found(both, alg="PS512")
    assert is_found(both, alg="ES256")
    assert not is_found(both, alg="EdDSA")


@pytest.mark.check(id="keys/no-kid")
def test_without_a_kid_one_candidate_is_taken_and_several_are_refused() -> None:
    one, two = rsa_key("one").jwk(), rsa_key("two").jwk()
    assert is_found(keys(one), kid=None)
    assert is_found(keys(one, ec_key().jwk(), rsa_key("two").jwk(use="enc")), kid=None)
    assert is_found(keys(one, two), kid="two")
    with refuses(UntrustedSignature):
        is_found(keys(one, two), kid=None)


@pytest.mark.check(id="keys/refused")
def test_two_candidates_under_one_kid_are_refused() -> None:
    with refuses(UntrustedSignature):
        is_found(keys(rsa_key("one").jwk(), rsa_key("two").jwk(kid="one")))
    assert is_found(keys(rsa_key("one").jwk(), rsa_key("two").jwk(kid="one", use="enc")))


@pytest.mark.parametrize("member", ["d", "k"])
@pytest.mark.check(id="keys/refused")
def test_private_and_symmetric_keys_are_ignored(member: str) -> None:
    leaked = rsa_key("one").jwk(**{member: "AQAB"})
    assert keys(leaked, SYMMETRIC).keys == ()
    assert is_found(keys(leaked, SYMMETRIC, rsa_key("one").jwk()))


@pytest.mark.check(id="keys/refused")
def test_the_number_of_keys_is_capped() -> None:
    assert is_found(keys(rsa_key("one").jwk(), *[{}] * 99))
    with refuses(InvalidKeySet):
        keys(rsa_key("one").jwk(), *[{}] * 100)


@pytest.mark.parametrize(
    "broken", [{"n": GONE}, {"n": 7}, {"n": ""}, {"n": "!"}, {"e": GONE}, {"e": "AA"}, {"e": None}]
)
def test_a_key_that_cannot_be_read_is_refused(broken: dict[str, Any]) -> None:
    with refuses(UntrustedSignature):
        is_found(keys(rsa_key("one").jwk(**broken)))


@pytest.mark.check(id="keys/fit")
def test_a_key_on_another_curve_is_no_candidate() -> None:
    wide = ec_key("one", ec.SECP384R1).jwk()
    assert not is_found(keys(wide), alg="ES256")
    assert not is_found(keys(ec_key("one").jwk(crv="P-384", alg=GONE)), alg="ES256")
    assert is_found(keys(wide, ec_key("one").jwk()), alg="ES256")


MEMBERS = st.dictionaries(
    st.sampled_from(["kty", "kid", "use", "alg", "key_ops", "n", "e", "crv", "x", "y", "k", "d"]),
    st.none()
    | st.integers()
    | st.lists(st.text())
    | st.text(st.characters())
    | st.sampled_from(["RSA", "EC", "OKP", "one", "sig", "AQAB", "P-256", "Ed25519"]),
)


@given(
    st.lists(MEMBERS.map(lambda changes: rsa_key("one").jwk() | changes) | MEMBERS, max_size=3),
    st.sampled_from(["RS256", "PS384", "ES256", "EdDSA"]),
)
def test_any_key_set_has_a_key_or_none_or_is_refused(jwks: list[dict[str, Any]], alg: str) -> None:
    with suppress(OAuthError):
        is_found(keys(*jwks), kid=None, alg=alg)
