"""The signing keys, and signing with them."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

if TYPE_CHECKING:
    # PyJWT 2.10 has no such name.
    from jwt.types import Options

ALGORITHM = "RS256"
KEPT = 4  # keys published at most
REMEMBERED = 1000  # keys, to recognize ID tokens that were signed here long ago


@dataclass(frozen=True)
class SigningKey:
    """An RSA key of 2048 bits and its `kid`."""

    kid: str
    private: rsa.RSAPrivateKey

    @classmethod
    def fresh(cls) -> SigningKey:
        """Make a new key, which takes about 50 ms."""
        return cls(secrets.token_hex(4), rsa.generate_private_key(65537, 2048))

    def public_jwk(self) -> dict[str, Any]:
        """Return the public half as a JWK (RFC 7517)."""
        numbers = json.loads(RSAAlgorithm.to_jwk(self.private.public_key()))
        return {
            "kty": "RSA",
            "use": "sig",
            "alg": ALGORITHM,
            "kid": self.kid,
            "n": numbers["n"],
            "e": numbers["e"],
        }


class Keys:
    """The published keys: the first one signs, the others are there for rotation (W9).

    They are new at every start, so a restart is a rotation that a client has to survive. The
    list is replaced and never changed, so any thread may read it.
    """

    def __init__(self, count: int = 2) -> None:
        with ThreadPoolExecutor(count) as pool:
            self._keys = list(pool.map(lambda _: SigningKey.fresh(), range(count)))
        self._signed = {self.current.kid: self.current.private.public_key()}

    def jwks(self) -> dict[str, Any]:
        """Return the JWK Set (RFC 7517 5)."""
        return {"keys": [key.public_jwk() for key in self._keys]}

    @property
    def current(self) -> SigningKey:
        """The key that signs from now on."""
        return self._keys[0]

    def rotate(self, *, keep_old: bool = True) -> None:
        """Sign with a new key from now on; `keep_old` keeps publishing the newest older ones.

        Takes about 50 ms.
        """
        old = self._keys[: KEPT - 1] if keep_old else []
        self._keys = [SigningKey.fresh(), *old]
        known = list(self._signed.items())[1 - REMEMBERED :]
        self._signed = dict([*known, (self.current.kid, self.current.private.public_key())])

    def sign(self, claims: Mapping[str, Any]) -> str:
        """Return `claims` as a JWT signed with RS256, with the `kid` in its header."""
        key = self.current
        return jwt.encode(dict(claims), key.private, ALGORITHM, headers={"kid": key.kid})

    def read(self, token: str) -> dict[str, Any] | None:
        """Return the claims of a JWT signed here, even an expired one; None for any other.

        A log-out request may contain an ID token that expired long ago (OpenID Connect
        RP-Initiated Logout 4), and whose key isn't published any more.
        """
        checks: Options = {"verify_exp": False, "verify_aud": False, "verify_iat": False}
        try:
            key = self._signed.get(jwt.get_unverified_header(token).get("kid", ""))
            return None if key is None else jwt.decode(token, key, [ALGORITHM], options=checks)
        except (jwt.InvalidTokenError, ValueError):
            return None
