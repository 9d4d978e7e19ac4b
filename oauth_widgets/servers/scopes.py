"""The scopes that mean the same at most servers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

STANDARD: Mapping[str, str] = MappingProxyType(
    {
        "openid": "Brings an ID token: a signed statement of who signed in.",
        "profile": "Shows your name and the rest of your profile.",
        "email": "Shows your email address.",
        "address": "Shows your postal address.",
        "phone": "Shows your phone number.",
        "offline_access": "Brings a refresh token, so that you stay signed in.",
    }
)
"""What each gives (OIDC Core 5.4 and 11)."""


def standard(*names: str) -> dict[str, str]:
    """Return these standard scopes with what they give."""
    return {name: STANDARD[name] for name in names}
