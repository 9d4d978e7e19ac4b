"""Tokens of an honest server: what a test starts from."""

from __future__ import annotations

from typing import Any

from oauth_widgets._net.message import Response
from oauth_widgets.protocol.id_token import id_token
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret
from tests.protocol.builders import ACCESS_TOKEN, NONCE, REFRESH_TOKEN, claims, token_answer
from tests.protocol.keys import rsa_key

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
