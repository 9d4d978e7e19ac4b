"""A card as an open page sees it: each state it syncs, each message it gets."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import oauth_widgets as ow
from tests.helpers.waiting import until

from ..helpers.leaks import secrets_in


class Page:
    """A page that shows `card`; `tell` plays what a person does there."""

    def __init__(self, card: Any) -> None:
        self.card = card
        self.messages: list[dict[str, Any]] = []
        self.states = [self._state()]
        card.send = self._send
        card.observe(lambda _: self.states.append(self._state()))

    def tell(self, kind: object, **more: Any) -> None:
        """Play a message from the page."""
        self.card._handle_custom_msg({"kind": kind, **more}, [])  # noqa: SLF001

    def hello(self, kind: str) -> dict[str, Any]:
        """Play a page that has just opened; return the newest message of that kind."""
        self.tell("hello")
        return self.told(kind)[-1]

    def sets(self, **state: Any) -> None:
        """Play traits that the page sets."""
        self.card.set_state(state)

    def idle(self) -> None:
        """Wait until the card is busy with nothing."""
        self.until(lambda: not self.card.doing and not vars(self.card)["_busy"].locked())

    def begins(self, kind: str = "ask") -> ow.LoginCard:
        """Play a click that begins a sign-in below the card; return that sign-in."""
        self.tell(kind)
        self.idle()
        login: ow.LoginCard
        (login,) = vars(self.card)["_place"].children
        return login

    def until(self, condition: Callable[[], object]) -> None:
        until(condition, lambda: f"{self.card!r}: {self.states[-1]}")

    def told(self, kind: str) -> list[dict[str, Any]]:
        """Return the messages of that kind, in order."""
        return [message for message in self.messages if message["kind"] == kind]

    def saved(self, secrets: dict[str, str]) -> list[str]:
        """Return which of `secrets` a saved notebook would hold, in whatever form."""
        whole = "\n".join([*self.states, self._state(), repr(self.card)])
        return secrets_in(whole.encode(), secrets)

    def _state(self) -> str:
        return json.dumps(self.card.get_state(), default=str)

    def _send(self, message: dict[str, Any], *_: object) -> None:
        self.messages.append(json.loads(json.dumps(message)))


OnPage = Callable[[Any], Page]
