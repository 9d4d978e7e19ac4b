"""Signing keys and tokens of an honest server, made without the library that verifies them."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from oauth_widgets._net.message import Response
from oauth_widgets.protocol.id_token import id_token
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret

from .builders import (
    ACCESS_TOKEN,
    NONCE,
    REFRESH_TOKEN,
    but,
    claims,
    json_answer,
    token_answer,
)


@dataclass(frozen=True)
class SigningKey:
    """A key of the server: RS256 or ES256."""

    kid: str
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

    @property
    def alg(self) -> str:
        return "RS256" if isinstance(self.private, rsa.RSAPrivateKey) else "ES256"

    def jwk(self, **changes: Any) -> dict[str, Any]:
        """Return the public key as the server publishes it."""
        if isinstance(self.private, rsa.RSAPrivateKey):
            numbers = self.private.public_key().public_numbers()
            members = {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
        else:
            point = self.private.public_key().public_numbers()
            curve = f"P-{self.private.curve.key_size}"
            x, y = (encoded(value.to_bytes(self._size, "big")) for value in (point.x, point.y))
            members = {"kty": "EC", "crv": curve, "x": x, "y": y}
        return but({**members, "kid": self.kid, "use": "sig", "alg": self.alg}, changes)

    def sign(self, claims: Mapping[str, Any] | bytes, **header: Any) -> Secret:
        """Return a signed token; `header` changes what it says of itself."""
        honest = {"alg": self.alg, "kid": self.kid, "typ": "JWT"}
        start = f"{encoded(but(honest, header))}.{encoded(claims)}"
        return Secret(f"{start}.{encoded(self._signature(start.encode()))}")

    def _signature(self, message: bytes) -> bytes:
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(message, padding.PKCS1v15(), SHA256())
        parts = decode_dss_signature(self.private.sign(message, ec.ECDSA(SHA256())))
        return b"".join(part.to_bytes(self._size, "big") for part in parts)

    @property
    def _size(self) -> int:
        return (self.private.key_size + 7) // 8


@cache
def rsa_key(kid: str = "one", bits: int = 2048) -> SigningKey:
    """Return the RSA key of that name; made once, since making one is slow."""
    return SigningKey(kid, rsa.generate_private_key(65537, bits))


@cache
def ec_key(kid: str = "curve", curve: type[ec.EllipticCurve] = ec.SECP256R1) -> SigningKey:
    return SigningKey(kid, ec.generate_private_key(curve()))


def encoded(part: Mapping[str, Any] | bytes) -> str:
    """Return one part of a token: base64url without padding."""
    data = part if isinstance(part, bytes) else json.dumps(part).encode()
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def jwks_answer(*keys: dict[str, Any] | SigningKey) -> Response:
    members = [key.jwk() if isinstance(key, SigningKey) else key for key in keys]
    return json_answer({"keys": members}, content_type="application/jwk-set+json")


def _number(value: int) -> str:
    return encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))


BEFORE = id_token(claims(), rsa_key().sign(claims()), (), NONCE)


def held(
    *, refresh_token: str | None = REFRESH_TOKEN, signed_in: bool = True, scope: str = "openid"
) -> ValidatedTokens:
    """Return tokens in use."""
    return ValidatedTokens(
        access_token=Secret(ACCESS_TOKEN),
        refresh_token=None if refresh_token is None else Secret(refresh_token),
        id_token=BEFORE if signed_in else None,
        requested_scope=Scope("openid phone"),
        scope=Scope(scope),
        expires_at=None,
    )


def signed_answer(members: dict[str, Any] | None = None, /, **changes: Any) -> Response:
    """Return a token answer whose ID token has `changes` in its claims."""
    raw = rsa_key().sign(claims(**changes)).reveal()
    return token_answer(**{"id_token": raw, **(members or {})})
