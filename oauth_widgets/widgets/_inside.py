"""The cards that a login card holds: views of its session, and of the sign-in, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import ipywidgets  # type: ignore[import-untyped]

from oauth_widgets.errors import NotSignedIn, OAuthError
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.trace.recording import Recording
from oauth_widgets.widgets._card import Card

SESSION, TRACE = "session", "trace"

Views = Mapping[str, Callable[[Any], Card]]
"""How to make the cards that a login card may hold, by name; `session` is its own.

`trace` is made of the recording of the sign-in, and every other card of the session.
"""


class Inside:
    """Makes each card when it is opened, and shows the same session in all of them.

    `follow` is called with the session of a card that has continued with another one.
    """

    def __init__(self, views: Views, follow: Callable[[Session], None]) -> None:
        self.views = dict(views)
        self.cards: dict[str, Card] = {}
        self._follow = follow

    def open(self, name: str, about: object) -> dict[str, ipywidgets.Widget]:
        """Make the card of that name, unless it is there; return what to show, by name."""
        if name in self.views and name not in self.cards:
            self.cards[name] = card = self.views[name](about)
            card.observe(lambda change: self._follow(change["new"]), names="_session")
        # A card's inner side is ours.
        return {name: card._shown for name, card in self.cards.items()}  # noqa: SLF001

    def follow(self, session: Session) -> None:
        """Have all cards show `session`."""
        for name, card in tuple(self.cards.items()):
            if name != TRACE and card._session is not session:  # noqa: SLF001 - likewise
                card._follow(session)  # noqa: SLF001

    def close(self) -> None:
        """Take all cards away."""
        for card in tuple(self.cards.values()):
            card.close()
        self.cards.clear()


def views_of(session: Session, views: Iterable[str]) -> list[str]:
    """Return which of `views` show something of `session` besides its own card."""
    try:
        claims = session.id_token is not None
    except NotSignedIn:
        return []
    others = {SESSION, TRACE} if claims else {SESSION, TRACE, "claims"}
    return [name for name in views if name not in others]


def recorded(recording: Recording | None, failure: OAuthError | None, *, over: bool) -> bool:
    """Whether `recording` shows how a sign-in ended: with `failure`, or `over` without one."""
    messages = recording.messages if recording else ()
    # A card that is first shown after a failure has recorded nothing but the next offer.
    return bool(messages) if over else bool(failure) and any(one.failed for one in messages)
