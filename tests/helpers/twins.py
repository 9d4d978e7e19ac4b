"""One test for both of a pair: `frame` and its awaitable twin `aframe`."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest


def blocking(owner: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    return getattr(owner, name)(*args, **kwargs)


def awaiting(owner: Any, name: str, *args: Any, **kwargs: Any) -> Any:
    return asyncio.run(getattr(owner, f"a{name}")(*args, **kwargs))


async def awaited(begun: Any) -> Any:
    """Await what is no coroutine itself, such as a card."""
    return await begun


both = pytest.mark.parametrize("call", [blocking, awaiting])
"""Gives a test `call(owner, name, …)`, once blocking and once awaiting."""
