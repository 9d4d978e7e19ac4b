"""The scopes that mean the same at most servers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

STANDARD: Mapping[str, str] = MappingProxyType(
    {
        "openid": "Recognize you next time. Adds an ID token, a signed statement of who signed in.",
        "profile": "See your name and profile.",
        "email": "See your email address.",
        "address": "See your postal address.",
        "phone": "See your phone number.",
        "offline_access": "Keep access when you're away. Adds a refresh token.",
    }
)
"""What each gives (OIDC Core 5.4 and 11)."""


def standard(*names: str) -> dict[str, str]:
    """Return these standard scopes with what they give."""
    return {name: STANDARD[name] for name in names}
