"""Waiting for what another thread or process does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def until(condition: Callable[[], T], shown: Callable[[], object] = lambda: "") -> T:
    """Return what `condition` returns as soon as that is true; a failure says `shown`."""
    deadline = time.monotonic() + 30
    while not (found := condition()):
        assert time.monotonic() < deadline, shown()
        time.sleep(0.005)
    return found
