"""A login card as the page sees it, and what a person does there."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

import oauth_widgets as ow
from oauth_widgets.signing_in import sign_in as sign_in_room
from tests.helpers.mint import CLIENT
from tests.helpers.people import LOOPBACK, sign_in

from ..page import Page


class Seen(Page):
    """A page that shows a login card."""

    def reaches(self, phase: str) -> None:
        self.until(lambda: self.card.phase == phase)

    def signs_in(self) -> None:
        """Play a person who signs in at the card's address."""
        arrive(sign_in(self.card.url))
        self.reaches("signed_in")

    def said(self) -> tuple[str, str]:
        """What the server was last quoted with, and about which problem."""
        said = self.told("said")[-1:]
        return (said[0]["about"], said[0]["words"]) if said else ("", "")

    def until_said(self, words: str) -> None:
        self.until(lambda: self.said()[1] == words)

    def state_param(self) -> str:
        return parse_qs(urlsplit(self.card.url).query)["state"][0]


Show = Callable[..., Seen]
PASTE_ONLY = ow.ClientMetadata(client_id="notebook", redirect_uris=["https://app.example/cb"])


def front_end_shows(card: ow.LoginCard) -> None:
    """Ask the card to show itself, as IPython does for a cell's last value."""
    card._ipython_display_()


def arrive(url: str) -> int:
    """Go to the address that the sign-in page sends the browser to; return the status."""
    return httpx.get(url, trust_env=False, verify=LOOPBACK, timeout=30).status_code


def signs_in_when_ready(seen: Seen) -> None:
    seen.reaches("ready")
    arrive(sign_in(seen.card.url))


def signed_in(login: Show, **more: Any) -> Seen:
    """Return a card that a page shows and that someone has signed in at."""
    seen = login(**more)
    seen.tell("hello")
    seen.signs_in()
    seen.card.wait()
    return seen


def inner(seen: Seen, name: str) -> Any:
    """Return the card inside it of that name."""
    return vars(seen.card)["_inside"].cards[name]


def types(monkeypatch: pytest.MonkeyPatch, *lines: Callable[[], str]) -> list[str]:
    """Have a person type these lines when asked; return the list of what was asked."""
    asked: list[str] = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return lines[len(asked) - 1]()

    monkeypatch.setattr("getpass.getpass", typed)
    return asked


CLIENT_HERE = ow.ClientMetadata(
    client_id=CLIENT.client_id,
    client_secret=CLIENT.client_secret,
    redirect_uris=["http://127.0.0.1/callback"],
)


def answer_to(seen: Seen) -> str:
    """Return the address that a page of the mint would send the browser to."""
    asked = parse_qs(urlsplit(seen.card.url).query)
    answer = urlencode({"code": "very-secret-code", "state": seen.state_param()})
    return f"{asked['redirect_uri'][0]}?{answer}"


def links_last(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the links of the cards to come last so long."""

    def begin(*args: Any, **more: Any) -> ow.PendingLogin:
        pending = ow.begin_login(*args, **more)
        object.__setattr__(pending.request, "expires_at", time.time() + seconds)
        return pending

    monkeypatch.setattr(sign_in_room, "begin_login", begin)


def arrive_or_not(url: str) -> None:
    try:
        arrive(url)
    except httpx.TransportError:
        """The listener had closed already."""
