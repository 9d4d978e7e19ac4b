"""Login cards, shown as a notebook shows them, and closed after the test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets.widgets import _card
from oauth_widgets.widgets import login_card as login_room
from tests.helpers.mint import Mint, running_mint
from tests.helpers.people import EVERYTHING
from tests.helpers.rigged import as_json

from .seen import Seen, Show, front_end_shows


@pytest.fixture
def displayed(monkeypatch: pytest.MonkeyPatch) -> list[ow.LoginCard]:
    """Cards that showed themselves, in order."""
    cards: list[ow.LoginCard] = []

    def display(card: ow.LoginCard) -> None:
        cards.append(card)
        front_end_shows(card)

    monkeypatch.setattr(login_room, "check_person", lambda: "notebook")
    monkeypatch.setattr(login_room, "display", display)
    monkeypatch.setattr(_card, "publish_display_data", lambda *_, **__: None)
    return cards


@pytest.fixture
def login(displayed: list[ow.LoginCard]) -> Iterator[Show]:
    assert displayed == []
    made: list[Seen] = []

    def make(server: Any = None, client: Any = None, **more: Any) -> Seen:
        sandbox = ow.sandbox.start()
        more = {"scope": EVERYTHING, **more}
        made.append(Seen(ow.login(server or sandbox.server, client or sandbox.client, **more)))
        return made[-1]

    yield make
    for seen in made:
        seen.card.close()


@pytest.fixture
def mint() -> Iterator[Mint]:
    with running_mint() as running:
        running.refusal = as_json({"access_token": "a-token", "token_type": "Bearer"})
        yield running
