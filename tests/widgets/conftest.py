"""People who have signed in, for the widgets that show what they were given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

import oauth_widgets as ow
from oauth_widgets.widgets._card import Card
from tests.helpers.people import ALL_ABOUT, session_of

from .page import OnPage, Page


@pytest.fixture(scope="module")
def alice() -> ow.Session:
    """Alice, of whom the server told everything."""
    return session_of("alice", ALL_ABOUT, "playground")


@pytest.fixture(scope="module")
def bob() -> ow.Session:
    """Bob, likewise."""
    return session_of("bob", ALL_ABOUT, "playground")


@pytest.fixture
def on_page() -> Iterator[OnPage]:
    """Show a card on a page, and close it after the test."""
    with ExitStack() as at_end:

        def show(card: Card) -> Page:
            at_end.callback(card.close)
            return Page(card)

        yield show
