"""The one event loop that all I/O runs on, in a separate thread.

Scripts, and cells in a kernel whose own loop is busy, run the same code: blocking callers wait for
the result, awaiting callers get it on their own loop. Deadlines are exact, connections are shared,
and work that must happen once needs no lock.
"""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from typing import Any, TypeVar

from oauth_widgets.errors import ConfigurationError, ForkedProcess

T = TypeVar("T")

_OFTEN = 0.1

_starting = threading.Lock()
_running: tuple[int, asyncio.AbstractEventLoop] | None = None


def check_process(made_in: int) -> None:
    """Raise ForkedProcess if this process is not `made_in`."""
    if os.getpid() != made_in:
        raise ForkedProcess("Only the process that signed in can refresh its tokens or sign out.")


def run(work: Coroutine[Any, Any, T], *, meanwhile: Callable[[], None] | None = None) -> T:
    """Run `work` on the loop and block until it is done; an interrupt cancels it.

    While it lasts, `meanwhile` is called here, ten times a second. Raises ConfigurationError on the
    loop's own thread, which would wait for itself.
    """
    if is_here():
        work.close()
        raise ConfigurationError(
            "A function that is called when a session changes can't wait for the network.",
            next_step="Have it start a thread: threading.Thread(target=…).start().",
        )
    future = start(work)
    try:
        while meanwhile is not None and wait([future], _OFTEN).not_done:
            meanwhile()
        return future.result()
    finally:
        future.cancel()


async def arun(work: Coroutine[Any, Any, T], *, meanwhile: Callable[[], None] | None = None) -> T:
    """Run `work` on the loop and await it from another one; cancelling this cancels it.

    While it lasts, `meanwhile` is called on that other loop, ten times a second.
    """
    future = asyncio.wrap_future(start(work))
    try:
        while meanwhile is not None and not (await asyncio.wait([future], timeout=_OFTEN))[0]:
            meanwhile()
        return await future
    finally:
        future.cancel()


def start(work: Coroutine[Any, Any, T]) -> Future[T]:
    """Run `work` on the loop and return at once; cancelling the future cancels it."""
    try:
        loop = _loop()
    except OSError:
        work.close()
        raise
    return asyncio.run_coroutine_threadsafe(work, loop)


def is_here() -> bool:
    """Tell whether this is the loop's own thread, on which nothing may wait for it."""
    try:
        return _running is not None and asyncio.get_running_loop() is _running[1]
    except RuntimeError:
        return False


def later(seconds: float, act: Callable[[], None]) -> Future[None]:
    """Call `act` after `seconds`, on a new thread; cancelling the future prevents it."""

    async def wait_and_act() -> None:
        await asyncio.sleep(seconds)
        # It may take long, and the loop must not wait.
        threading.Thread(target=act, daemon=True).start()

    return start(wait_and_act())


def _loop() -> asyncio.AbstractEventLoop:
    global _running  # noqa: PLW0603 - one loop a process, made at first use
    with _starting:
        # A forked child has the parent's loop, but not its thread
        if _running is None or _running[0] != os.getpid():
            # What listens here asks for `add_reader`, which the default loop of Windows lacks.
            windows = sys.platform == "win32"
            loop = asyncio.SelectorEventLoop() if windows else asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="oauth_widgets", daemon=True).start()
            _running = os.getpid(), loop
        return _running[1]
