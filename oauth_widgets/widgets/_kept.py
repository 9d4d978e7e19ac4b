"""What a card tells an open page about a saved sign-in, which no notebook may contain."""

from __future__ import annotations

from typing import Any

from oauth_widgets.session.session import Session


def kept(session: Session) -> dict[str, Any] | None:
    """Return since when `session` is saved, where, and until when; None if it isn't saved.

    Times are in ISO 8601; `until` is None if no end is known, and `lasts` says that in words.
    """
    keeper, lasts = session.keeper, session.lasts
    if keeper is None or keeper.since is None:
        return None
    return {
        "since": keeper.since.isoformat(),
        "place": keeper.place,
        "until": lasts.until.isoformat() if lasts.until else None,
        "lasts": str(lasts),
    }
