"""One process at a time: a lock on the I/O loop that other processes respect."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from oauth_widgets.errors import StoreLocked, StoreProblem, StoreReadOnly
from oauth_widgets.session.kept.file_store import make_private
from oauth_widgets.session.kept.store import needed

PATIENCE = 120.0
"""Seconds to wait for other processes; one refresh takes half a minute at most."""

_PAUSE = 0.01


@asynccontextmanager
async def locked(path: Path, *, patience: float = PATIENCE) -> AsyncIterator[None]:
    """Hold the lock at `path`. The operating system releases it if this process is killed.

    Raises StoreLocked after `patience` seconds, or StoreReadOnly if there can be no lock.
    """
    filelock = needed("filelock")
    now = asyncio.get_running_loop().time
    until = now() + patience
    try:
        make_private(path.parent)
        # Each turn needs a new object, since a lock lets its own holder in again.
        lock = filelock.FileLock(path, mode=0o600, thread_local=False)
        while True:
            with suppress(filelock.Timeout):
                lock.acquire(blocking=False)
                break
            if now() >= until:
                raise StoreLocked("Another program is using the saved sign-in.")
            # Polling ends together with this task; a thread that waits would not.
            await asyncio.sleep(_PAUSE * (1 + random.random()))  # noqa: S311 - no secret
    except StoreProblem:
        raise
    except NotImplementedError as problem:
        # Early versions of filelock raise this on some network file systems.
        raise StoreReadOnly(f"{path} can't be locked: its file system has no locks.") from problem
    except OSError as problem:
        raise StoreReadOnly(f"{path} can't be locked: {problem.strerror}.") from problem
    try:
        yield
    finally:
        lock.release()
