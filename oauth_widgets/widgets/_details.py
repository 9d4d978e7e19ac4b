"""What a person is told of a sign-in: what may be saved, and what the open page alone gets."""

from __future__ import annotations

import json
from typing import Any

from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.secret import Secret
from oauth_widgets.session import Session

MASK = "••••••••"

_WHO = {
    "name": "Name",
    "preferred_username": "User name",
    "email": "Mail",
    "phone_number": "Phone",
    "sub": "Known here as",
}
_MEANINGS = {
    "iss": "who made it",
    "aud": "for which client",
    "azp": "given to which client",
    "sub": "who signed in",
    "exp": "until when it holds",
    "iat": "when it was made",
    "nbf": "from when it holds",
    "auth_time": "when the person signed in",
    "nonce": "ties it to this very sign-in",
    "at_hash": "ties it to the access token",
    "acr": "how surely the person was known",
    "amr": "how the person proved who they are",
    "sid": "the sign-in at the server",
    "jti": "its own number",
}
_PLAIN = {"iss", "aud", "azp", "exp", "iat", "nbf", "auth_time", "acr", "amr"}


def details(session: Session) -> dict[str, Any]:
    """Return the message that fills the login card; tokens in it are described, not shown."""
    tokens = [_token("Access token", "what the API takes as proof", session.access_token)]
    if session.refresh_token is not None:
        tokens.append(_token("Refresh token", "fetches fresh tokens", session.refresh_token))
    if session.id_token is not None:
        tokens.append(_token("ID token", "says who signed in", session.id_token.raw))
        tokens[-1]["claims"] = _claims(session.id_token)
    return {
        "kind": "details",
        "who": who(session.id_token),
        "granted": list(session.scope),
        "extra": list(session.extra_scope),
        "missing": list(session.missing_scope),
        "expires": session.expires_at.isoformat() if session.expires_at else None,
        "tokens": tokens,
    }


def who(token: IDToken | None) -> list[list[str]]:
    """Return what an ID token says of the person, as label and value; personal, so never saved."""
    claims = token.claims if token else {}
    rows = [
        [label, value] for name, label in _WHO.items() if isinstance(value := claims.get(name), str)
    ]
    # the server's own name for someone says little beside a human one
    return rows[:-1] if len(rows) > 1 else rows


def _token(name: str, purpose: str, token: Secret) -> dict[str, Any]:
    parts = token.reveal().count(".")
    shape = "signed, readable" if parts == 2 else "opaque"
    return {"name": name, "about": f"{purpose}; {shape}", "claims": []}


def _claims(token: IDToken) -> list[list[str]]:
    return [
        [name, _shown(value) if name in _PLAIN else MASK, _MEANINGS.get(name, "")]
        for name, value in token.claims.items()
    ]


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
