from __future__ import annotations

import hmac

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from oauth_widgets.errors import InvalidIDToken, UntrustedSignature
from oauth_widgets.protocol.id_token import header_of
from oauth_widgets.secret import Secret

from .builders import GONE, claims, refuses
from .judging import verified
from .keys import SigningKey, ec_key, encoded, rsa_key


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


@pytest.mark.parametrize(
    "alg", [GONE, "none", "None", "", "RS384", "PS256", "ES256", "HS256", None, 7]
)
@pytest.mark.check(id="id-token/alg")
def test_another_algorithm_than_the_configured_one_is_refused(alg: object) -> None:
    with refuses(UntrustedSignature):
        header_of(rsa_key().sign(claims(), alg=alg), "RS256")


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
