"""The one event loop that all I/O runs on, in a separate thread.

Scripts, and cells in a kernel whose own loop is busy, run the same code: blocking callers wait for
the result, awaiting callers get it on their own loop. Deadlines are exact, connections are shared,
and work that must happen once needs no lock.
"""

from __future__ import annotations

import asyncio
import errno
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Any, Generic, TypeVar

from oauth_widgets.errors import ConfigurationError, ForkedProcess, TransportError

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
    return Work(work).result(meanwhile)


async def arun(work: Coroutine[Any, Any, T], *, meanwhile: Callable[[], None] | None = None) -> T:
    """Run `work` on the loop and await it from another one; cancelling this cancels it.

    While it lasts, `meanwhile` is called on that other loop, ten times a second.
    """
    here = asyncio.get_running_loop()
    done: asyncio.Future[asyncio.Task[T]] = here.create_future()

    def settle(task: asyncio.Task[T]) -> None:
        if not done.done():
            done.set_result(task)

    def tell(task: asyncio.Task[T]) -> None:
        # The other loop may be closed by now.
        with suppress(RuntimeError):
            here.call_soon_threadsafe(settle, task)

    begun = Work(work, tell)
    try:
        while meanwhile is not None and not (await asyncio.wait([done], timeout=_OFTEN))[0]:
            meanwhile()
        task = await done
    except BaseException:
        begun.cancel()
        raise
    return task.result()


class Work(Generic[T]):
    """A coroutine that runs on the loop; `done` is called there with its task when it ends.

    Unlike a future or an event, it is waited for without a lock of Python's: an interrupt at the
    wrong moment would leave that lock held, and the loop would wait for it forever.
    """

    def __init__(
        self, work: Coroutine[Any, Any, T], done: Callable[[asyncio.Task[T]], None] | None = None
    ) -> None:
        try:
            self._loop = _loop()
        except OSError as problem:
            work.close()
            failure = TransportError(
                f"This process can't send anything: {problem.strerror}.",
                sent=False,
                next_step="Close files, connections or threads that you no longer need, then try "
                "again.",
            )
            failure.retry_may_help = False
            raise failure from None
        self._work = work
        self._ended: SimpleQueue[asyncio.Task[T]] = SimpleQueue()
        self._done = done or self._ended.put
        self._loop.call_soon_threadsafe(self._begin)

    def result(self, meanwhile: Callable[[], None] | None = None) -> T:
        """Block until it is done and return its result, or raise what it raised; call this once.

        An interrupt cancels it.
        """
        try:
            # On Windows, Ctrl+C can't interrupt a wait that has no limit.
            while (task := self._taken()) is None:
                if meanwhile is not None:
                    meanwhile()
        except BaseException:
            self.cancel()
            raise
        return task.result()

    def cancel(self) -> None:
        """Have the loop cancel it, unless it is done."""
        self._loop.call_soon_threadsafe(self._cancel)

    def _begin(self) -> None:
        self._task = self._loop.create_task(self._work)
        self._task.add_done_callback(self._end)

    def _cancel(self) -> None:
        self._task.cancel()

    def _end(self, task: asyncio.Task[T]) -> None:
        if not task.cancelled():
            # Marks an exception as seen: if no one waits any more, asyncio would report it.
            task.exception()
        self._done(task)

    def _taken(self) -> asyncio.Task[T] | None:
        with suppress(Empty):
            return self._ended.get(timeout=_OFTEN)
        return None


def start(work: Coroutine[Any, Any, T]) -> Future[T]:
    """Run `work` on the loop and return at once; cancelling the future cancels it."""
    try:
        loop = _loop()
    except OSError:
        work.close()
        raise
    return asyncio.run_coroutine_threadsafe(work, loop)


def soon(act: Callable[[], None]) -> None:
    """Have the loop call `act`, without waiting for it. Raises OSError if no loop can start."""
    _loop().call_soon_threadsafe(act)


def is_here() -> bool:
    """Tell whether this is the loop's own thread, on which nothing may wait for it."""
    try:
        return _running is not None and asyncio.get_running_loop() is _running[1]
    except RuntimeError:
        return False


def later(seconds: float, act: Callable[[], None]) -> Work[None]:
    """Call `act` after `seconds`, on a new thread; cancelling the work prevents it."""

    async def wait_and_act() -> None:
        await asyncio.sleep(seconds)
        # It may take long, and the loop must not wait.
        threading.Thread(target=act, daemon=True).start()

    return Work(wait_and_act())


class _Threads(ThreadPoolExecutor):
    """The loop's threads for calls that would block it."""

    def submit(self, call: Callable[..., T], /, *args: Any, **named: Any) -> Future[T]:  # noqa: ANN401 - as its base
        """Make the call on a thread, or here if Python is exiting and starts no more threads."""
        try:
            return super().submit(call, *args, **named)
        except RuntimeError as problem:
            # A function that runs at exit may sign out. By then, blocking the loop delays nothing.
            if "cannot schedule" not in str(problem):
                raise
        future: Future[T] = Future()
        try:
            future.set_result(call(*args, **named))
        except Exception as problem:  # noqa: BLE001 - whoever awaits it gets it
            future.set_exception(problem)
        return future


def _loop() -> asyncio.AbstractEventLoop:
    global _running  # noqa: PLW0603 - one loop a process, made at first use
    running, here = _running, os.getpid()
    # A forked child has its parent's loop, but not its thread. A lock that the parent held stays
    # locked in the child, so this one is only held while a loop starts.
    if running is not None and running[0] == here:
        return running[1]
    with _starting:
        if _running is None or _running[0] != here:
            # What listens here asks for `add_reader`, which the default loop of Windows lacks.
            windows = sys.platform == "win32"
            loop = asyncio.SelectorEventLoop() if windows else asyncio.new_event_loop()
            loop.set_default_executor(_Threads())
            thread = threading.Thread(target=loop.run_forever, name="oauth_widgets", daemon=True)
            try:
                thread.start()
            except RuntimeError as problem:
                loop.close()
                raise OSError(errno.EAGAIN, str(problem)) from None
            _running = here, loop
        return _running[1]
