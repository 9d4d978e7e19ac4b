"""Which tests one worker runs: those that share a front end that takes long to start."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from xdist.scheduler import LoadScopeScheduling

if TYPE_CHECKING:
    import pytest

# By what a test's name holds; what lasts longest starts first, so that no worker ends alone.
LANES = {
    "hub": "hub",
    "binder": "test_binder",
    "notebook7": r"notebook7|\[notebook\]",
    "voila": "voila",
    "elsewhere": "test_(ways_back|places|doctor)",
}


def lane(nodeid: str) -> str:
    """Return the lane of a test; without another one it is the test's file."""
    found = (name for name, pattern in LANES.items() if re.search(pattern, nodeid))
    return next(found, nodeid.partition("::")[0])


def in_lanes(items: list[pytest.Item]) -> list[pytest.Item]:
    """Return the tests in the order in which workers should take them."""
    sizes = Counter(lane(item.nodeid) for item in items)
    named = list(LANES)

    def place(item: pytest.Item) -> tuple[int, int, str]:
        name = lane(item.nodeid)
        return named.index(name) if name in LANES else len(named), -sizes[name], name

    return sorted(items, key=place)


class Lanes(LoadScopeScheduling):
    """Gives workers whole lanes, in the order of the tests."""

    def _split_scope(self, nodeid: str) -> str:
        return lane(nodeid)
