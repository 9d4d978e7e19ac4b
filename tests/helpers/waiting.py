"""Waiting for what another thread or process does."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import pytest

T = TypeVar("T")


def until(condition: Callable[[], T], shown: Callable[[], object] = lambda: "") -> T:
    """Return what `condition` returns as soon as that is true; a failure says `shown`."""
    deadline = time.monotonic() + 30
    while not (found := condition()):
        assert time.monotonic() < deadline, shown()
        time.sleep(0.005)
    return found


async def cancelled(work: Coroutine[Any, Any, object], once: threading.Event) -> None:
    """Await `work`, and cancel it once that has happened."""
    task = asyncio.ensure_future(work)
    await asyncio.to_thread(once.wait, 10)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
