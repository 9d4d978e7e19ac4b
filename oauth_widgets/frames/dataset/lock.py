"""One writer at a time: a lock that the operating system releases with the process."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from oauth_widgets.errors import DatasetInUse, foreign_text

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

PATIENCE = 2.0
"""Seconds to wait for a call that was stopped and is finishing its last page."""

_PAUSE = 0.02


@asynccontextmanager
async def locked(file: Path, folder: str) -> AsyncIterator[None]:
    """Hold the lock `file` of a dataset. Raises DatasetInUse, or OSError."""
    held = os.open(file, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    try:
        now = asyncio.get_running_loop().time
        until = now() + PATIENCE
        while not _taken(held):
            if now() >= until:
                raise DatasetInUse(f"Another call is writing to {foreign_text(folder)}.")
            await asyncio.sleep(_PAUSE)
        yield
    finally:
        os.close(held)


def _taken(held: int) -> bool:
    with suppress(BlockingIOError, PermissionError):
        if sys.platform == "win32":
            msvcrt.locking(held, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
