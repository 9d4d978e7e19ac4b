"""The server's signing keys (RFC 7517), and which of them may have signed a token."""

from __future__ import annotations

from dataclasses import dataclass, field

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from oauth_widgets._net.document import Document
from oauth_widgets.errors import InvalidKeySet, UntrustedSignature

_KEY_TYPE = {"RS": "RSA", "PS": "RSA", "ES": "EC", "Ed": "OKP"}
_CURVE = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
_PRIVATE_MEMBERS = {"d", "k"}
_MAX_KEYS = 100
_MIN_RSA_BITS = 2048


@dataclass(frozen=True)
class KeySet:
    """Public keys as the server publishes them; private and symmetric ones are left out."""

    keys: tuple[Document, ...] = field(repr=False)

    def key_for(self, *, kid: str | None, alg: str) -> jwt.PyJWK | None:
        """Return the one key that may have signed by `alg` under `kid`; None if there is none.

        Without a `kid`, a single fitting key is taken, and none of several (RFC 7515 4.1.4).
        Raises UntrustedSignature if several keys fit, or the one that fits is too weak.
        """
        # The same key may be published twice, under two ids or certificates.
        fitting = list({_material(k): k for k in self.keys if _fits(k, kid, alg)}.values())
        if not fitting:
            return None
        if len(fitting) > 1:
            raise UntrustedSignature(
                f"{len(fitting)} of the server's keys could have signed this token; exactly one "
                "must match."
            )
        return _loaded(fitting[0], alg)


def key_set(document: Document) -> KeySet:
    """Judge a JWKS document (RFC 7517 5). Raises InvalidKeySet."""
    keys = document.get("keys")
    # check: documents/shape
    if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
        raise InvalidKeySet('The server\'s key document has no list of "keys".')
    # check: keys/refused
    if len(keys) > _MAX_KEYS:
        raise InvalidKeySet(f"The server's key document has more than {_MAX_KEYS} keys.")
    return KeySet(tuple(key for key in keys if not _PRIVATE_MEMBERS & key.keys()))


def _fits(key: Document, kid: str | None, alg: str) -> bool:
    operations = key.get("key_ops")
    return (
        (kid is None or key.get("kid") == kid)
        and key.get("kty") == _KEY_TYPE[alg[:2]]
        and key.get("crv") == _CURVE.get(alg, key.get("crv"))
        and key.get("use") in (None, "", "sig")
        and key.get("alg") in (None, "", alg)
        and (operations is None or (isinstance(operations, list) and "verify" in operations))
    )


def _material(key: Document) -> tuple[str, ...]:
    return tuple(str(key.get(name)) for name in ("kty", "crv", "n", "e", "x", "y"))


def _loaded(key: Document, alg: str) -> jwt.PyJWK:
    try:
        loaded = jwt.PyJWK(dict(key), algorithm=alg)
    # The libraries below raise errors of many kinds for anything but a key.
    except Exception as problem:
        raise UntrustedSignature("The server's key for this token cannot be read.") from problem
    # check: id-token/key-size
    if isinstance(loaded.key, RSAPublicKey) and loaded.key.key_size < _MIN_RSA_BITS:
        raise UntrustedSignature(
            f"The server's key has {loaded.key.key_size} bits; {_MIN_RSA_BITS} are required."
        )
    return loaded
