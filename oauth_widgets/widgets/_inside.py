"""What stands in a login card once someone has signed in: the session, and views of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oauth_widgets.errors import NotSignedIn
from oauth_widgets.session.session import Session

if TYPE_CHECKING:
    from oauth_widgets.widgets._card import Card

SESSION = "session"


def views_of(session: Session) -> list[str]:
    """Return the names of what a person may open beside the session's own card."""
    try:
        return ["scopes", "tokens", *(["claims"] if session.id_token is not None else [])]
    except NotSignedIn:
        return []


def view(name: str, session: Session) -> Card:
    """Return a card of that name for `session`."""
    # some of these may hold a login card themselves
    from oauth_widgets.widgets.claims import ClaimsView  # noqa: PLC0415
    from oauth_widgets.widgets.scopes import ScopePicker  # noqa: PLC0415
    from oauth_widgets.widgets.session import SessionCard  # noqa: PLC0415
    from oauth_widgets.widgets.token import TokenView  # noqa: PLC0415

    if name == "scopes":
        picker = ScopePicker(session.server, session.client, scope=session.requested_scope)
        picker.follow(session)
        return picker
    return {SESSION: SessionCard, "tokens": TokenView, "claims": ClaimsView}[name](session)
