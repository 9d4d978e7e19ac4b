"""Who is signed in, as a card may tell an open page."""

from __future__ import annotations

from oauth_widgets.protocol.id_token import IDToken

_WHO = {
    "name": "Name",
    "preferred_username": "User name",
    "email": "Mail",
    "phone_number": "Phone",
    "sub": "Known here as",
}


def who(token: IDToken | None) -> list[list[str]]:
    """Return what an ID token says of the person, as label and value; personal, so never saved."""
    claims = token.claims if token else {}
    rows = [
        [label, value] for name, label in _WHO.items() if isinstance(value := claims.get(name), str)
    ]
    # the server's own name for someone says little next to a human one
    return rows[:-1] if len(rows) > 1 else rows
