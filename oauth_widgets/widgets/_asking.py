"""Cards that can ask for more: the sign-in they begin is shown below them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import ipywidgets  # type: ignore[import-untyped]

from oauth_widgets.errors import NotSignedIn
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.session.session import Session
from oauth_widgets.widgets import _words as words
from oauth_widgets.widgets._card import Card
from oauth_widgets.widgets.login_card import LoginCard


class AskingCard(Card):
    """A card that begins sign-ins and continues with their session."""

    _box: ipywidgets.Widget | None = None

    def __init__(self, **state: Any) -> None:
        self._place = ipywidgets.VBox()
        self._begun_from = Scope()
        super().__init__(**state)
        self._box = ipywidgets.VBox([self, self._place])

    @property
    def session(self) -> Session:
        """The session of the latest sign-in. Raises NotSignedIn before the first."""
        if self._session is None:
            raise NotSignedIn(words.NOT_SIGNED_IN)
        return self._session

    def close(self) -> None:
        """Take the card away: `card.close()`."""
        if self._box is not None:
            self._box.close()
            self._clear()
            self._place.close()
        super().close()

    @property
    def _shown(self) -> ipywidgets.Widget:
        return self._box

    def _ask_more(self, session: Session, more: Scope) -> None:
        """Ask for `more` in addition to what `session` has, in the same way if possible."""
        begun = self._begun(session, more)
        if isinstance(begun, Session):
            self._continue_with(begun)
        else:
            self._show_login(self._bound(begun))

    def _begun(self, session: Session, more: Scope) -> Session | LoginCard:
        begun = session.ask_for(more)
        if isinstance(begun, Session | LoginCard):
            return begun
        # What a script would finish can't be clicked.
        scope = Scope([*session.requested_scope, *more])
        return LoginCard(session.server, session.client, scope=scope, views={})

    def _continue_with(self, wider: Session) -> None:
        """Show the result of a sign-in for more: the same session, wider, or another person's."""
        session = self._session
        if session is None or session.signed_out or not session.widen(wider):
            self._follow(wider)

    def _mirror(self) -> None:
        super()._mirror()
        # A sign-in that was begun from fewer scopes would end with fewer.
        if self.ended or self.session.scope != self._begun_from:
            self._clear()

    def _show_login(self, card: LoginCard) -> None:
        self._clear()
        self._begun_from = self._session.scope if self._session is not None else Scope()
        self._place.children = (card,)

    def _clear(self) -> None:
        # Only this card has it, and it may still be listening for an answer.
        for card in self._place.children:
            card.close()
        self._place.children = ()

    def _bound(self, card: LoginCard) -> LoginCard:
        """Continue with the session of `card` once someone has signed in there."""

        def settled(change: Mapping[str, Any]) -> None:
            if change["new"] == "signed_in":
                self._continue_with(card.session)
                # Its result is shown here; a card that is shown elsewhere stays there.
                if card in self._place.children:
                    self._clear()

        card.observe(settled, names="phase")
        return card
