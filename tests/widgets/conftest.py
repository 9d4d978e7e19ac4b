"""People who have signed in, for the widgets that show what they were given."""

from __future__ import annotations

import pytest

import oauth_widgets as ow
from tests.helpers.people import ALL_ABOUT, session_of


@pytest.fixture(scope="module")
def alice() -> ow.Session:
    """Alice, of whom the server told everything."""
    return session_of("alice", ALL_ABOUT, "playground")


@pytest.fixture(scope="module")
def bob() -> ow.Session:
    """Bob, likewise."""
    return session_of("bob", ALL_ABOUT, "playground")
