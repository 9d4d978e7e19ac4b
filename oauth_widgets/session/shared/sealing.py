"""Letters that only the process that asked for one can open (X25519, HKDF, ChaCha20-Poly1305).

The scheduler passes them on, and neither its memory nor its logs then contain a token.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_KEY = 32
_ONCE = bytes(12)
"""The nonce. It can be the same each time, since no two letters have the same key."""


def new_key() -> X25519PrivateKey:
    """Return a key to open letters with."""
    return X25519PrivateKey.generate()


def public(key: X25519PrivateKey) -> bytes:
    """Return what others need to seal letters for `key`."""
    return key.public_key().public_bytes_raw()


def seal(letter: bytes, recipient: bytes, about: str) -> bytes:
    """Return `letter` sealed for the key whose public part is `recipient`."""
    passing = new_key()
    mine = public(passing)
    agreed = passing.exchange(X25519PublicKey.from_public_bytes(recipient))
    return mine + _cipher(agreed, mine + recipient).encrypt(_ONCE, letter, about.encode())


def unseal(sealed: bytes, key: X25519PrivateKey, about: str) -> bytes | None:
    """Return the letter; None if it was sealed for another key or is `about` something else."""
    sender, body = sealed[:_KEY], sealed[_KEY:]
    try:
        agreed = key.exchange(X25519PublicKey.from_public_bytes(sender))
        return _cipher(agreed, sender + public(key)).decrypt(_ONCE, body, about.encode())
    except (InvalidTag, ValueError):
        return None


def _cipher(agreed: bytes, salt: bytes) -> ChaCha20Poly1305:
    derived = HKDF(SHA256(), _KEY, salt, b"oauth-widgets shared session").derive(agreed)
    return ChaCha20Poly1305(derived)
