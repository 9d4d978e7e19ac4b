"""What a person is told of a sign-in: what may be saved, and what the open page alone gets."""

from __future__ import annotations

from typing import Any

from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.secret import Secret
from oauth_widgets.session import Session
from oauth_widgets.widgets._claims import PLAIN, claim_rows, masked

_WHO = {
    "name": "Name",
    "preferred_username": "User name",
    "email": "Mail",
    "phone_number": "Phone",
    "sub": "Known here as",
}


def details(session: Session) -> dict[str, Any]:
    """Return the message that fills the login card; tokens in it are described, not shown."""
    tokens = [_token("Access token", "what the API takes as proof", session.access_token)]
    if session.refresh_token is not None:
        tokens.append(_token("Refresh token", "fetches fresh tokens", session.refresh_token))
    if session.id_token is not None:
        tokens.append(_token("ID token", "says who signed in", session.id_token.raw))
        tokens[-1]["claims"] = masked(claim_rows(session.id_token.claims), PLAIN)
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
