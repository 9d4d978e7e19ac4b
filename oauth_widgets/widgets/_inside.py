"""The cards that a login card holds once someone has signed in, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

import ipywidgets  # type: ignore[import-untyped]

from oauth_widgets.errors import NotSignedIn
from oauth_widgets.session.session import Session
from oauth_widgets.widgets._card import Card

SESSION = "session"

Views = Mapping[str, Callable[[Session], Card]]
"""How to make the cards that a signed-in login card may hold, by name; `session` is its own."""


class Inside:
    """Makes each card when it is opened, and shows the same session in all of them.

    `follow` is called with the session of a card that has continued with another one.
    """

    def __init__(self, views: Views, follow: Callable[[Session], None]) -> None:
        self.views = dict(views)
        self.cards: dict[str, Card] = {}
        self._follow = follow

    def open(self, name: str, session: Session) -> dict[str, ipywidgets.Widget]:
        """Make the card of that name, unless it is there; return what to show, by name."""
        if name in self.views and name not in self.cards:
            self.cards[name] = card = self.views[name](session)
            card.observe(lambda change: self._follow(change["new"]), names="_session")
        # A card's inner side is ours.
        return {name: card._shown for name, card in self.cards.items()}  # noqa: SLF001

    def follow(self, session: Session) -> None:
        """Have all cards show `session`."""
        for card in tuple(self.cards.values()):
            if card._session is not session:  # noqa: SLF001 - likewise
                card._follow(session)  # noqa: SLF001

    def close(self) -> None:
        """Take all cards away."""
        for card in tuple(self.cards.values()):
            card.close()
        self.cards.clear()


def views_of(session: Session, views: Iterable[str]) -> list[str]:
    """Return which of `views` a person may open besides the session's own card."""
    try:
        claims = session.id_token is not None
    except NotSignedIn:
        return []
    return [name for name in views if name != SESSION and (claims or name != "claims")]
