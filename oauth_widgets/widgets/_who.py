"""Who is signed in, as a card may tell an open page."""

from __future__ import annotations

from oauth_widgets.protocol.id_token import IDToken

_WHO = {
    "name": "Name",
    "preferred_username": "Username",
    "email": "Email",
    "phone_number": "Phone",
    "sub": "Subject",
}


def who(token: IDToken | None) -> list[list[str]]:
    """Return what an ID token says of the person, as label and value; personal, so never saved."""
    claims = token.claims if token else {}
    rows = [
        [label, value] for name, label in _WHO.items() if isinstance(value := claims.get(name), str)
    ]
    # The server's own identifier says little next to a human name.
    return rows[:-1] if len(rows) > 1 else rows
