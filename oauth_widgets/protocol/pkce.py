"""Proof that who redeems the code is who asked for it (RFC 7636)."""

from __future__ import annotations

import hashlib
import secrets
from base64 import urlsafe_b64encode

from oauth_widgets.secret import Secret


def random_token() -> str:
    """Return 256 random bits, URL-safe: a state, a nonce or a code verifier."""
    return secrets.token_urlsafe(32)


def code_verifier() -> Secret:
    """Return a fresh verifier of 43 characters (RFC 7636 4.1)."""
    return Secret(random_token())


def code_challenge(verifier: Secret) -> str:
    """Return the S256 challenge of `verifier` (RFC 7636 4.2)."""
    digest = hashlib.sha256(verifier.reveal().encode("ascii")).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")
