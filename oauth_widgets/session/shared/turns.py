"""Politeness of a whole cluster: so many requests to an API at once, and none while it is busy."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary, proxy

import dask
from distributed import Semaphore, Status, Worker
from tornado.ioloop import IOLoop

from oauth_widgets._net.address import origin
from oauth_widgets._net.message import Response
from oauth_widgets.errors import ClusterProblem, ResourceBusy
from oauth_widgets.resource.gate import AT_ONCE, FIRST_PAUSE, LONGEST_PAUSE, gate_to
from oauth_widgets.resource.resource import Api, Resource
from oauth_widgets.session.shared.mailbox import Mailbox, topic

T = TypeVar("T")

_HELD = 1.0
"""Seconds after which a turn goes back to the scheduler, so that other workers get one."""

_IDLE = 0.1
"""Seconds that a turn waits for the next request of this worker."""

_LOST_AFTER = "10s"
"""When the scheduler takes back the turns of a worker that died."""


async def on_loop(loop: IOLoop, work: Callable[[], Awaitable[T]]) -> T:
    """Await `work` on Dask's loop, from ours."""

    async def working() -> T:
        return await work()

    awaited = asyncio.run_coroutine_threadsafe(working(), loop.asyncio_loop)
    return await asyncio.wrap_future(awaited)


class Turns:
    """The turns of a worker at one origin, borrowed from a semaphore of the cluster.

    A request that ends hands its turn to the next one here, which saves asking the scheduler each
    time. All is done on the I/O loop.
    """

    def __init__(self, worker: Worker, name: str) -> None:
        self._worker = worker
        self._name = name
        self._semaphore: Semaphore | None = None
        self._free: dict[asyncio.TimerHandle, float] = {}
        self._waiting: deque[asyncio.Future[float]] = deque()
        self._borrowing: set[asyncio.Task[None] | None] = set()

    async def enter(self) -> float:
        """Wait for a turn, and return since when it is here. Raises ClusterProblem."""
        if self._free:
            idle, since = self._free.popitem()
            idle.cancel()
            return since
        waiting: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        self._borrow()
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled():
                self.leave(waiting.result())
            raise

    def leave(self, since: float) -> None:
        """Hand a turn to the next request, or back to the scheduler."""
        if time.monotonic() < since + _HELD:
            self._hand_on(since)
        else:
            self._give_back()
            self._borrow()

    def _hand_on(self, since: float) -> None:
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(since)
                return
        loop = asyncio.get_running_loop()
        idle: asyncio.TimerHandle = loop.call_later(_IDLE, lambda: self._tidy(idle))
        self._free[idle] = since

    def _tidy(self, idle: asyncio.TimerHandle) -> None:
        del self._free[idle]
        self._give_back()

    def _borrow(self) -> None:
        while len(self._borrowing) < len(self._waiting):
            self._borrowing.add(asyncio.ensure_future(self._borrowed()))

    async def _borrowed(self) -> None:
        try:
            await on_loop(self._worker.loop, self._acquire)
        except Exception as problem:  # noqa: BLE001 - whatever ends a connection to the scheduler
            failure = ClusterProblem(
                f"The scheduler didn't give this worker a turn ({type(problem).__name__})."
            )
            while self._waiting:
                waiting = self._waiting.popleft()
                if not waiting.done():
                    waiting.set_exception(failure)
        else:
            self._hand_on(time.monotonic())
        finally:
            # In this round of the loop: in the next one, a request may count on it.
            self._borrowing.discard(asyncio.current_task())

    async def _acquire(self) -> None:
        if self._semaphore is None:
            # Dask reads the time from there, here and as it tells the scheduler of the semaphore.
            with dask.config.set({"distributed.scheduler.locks.lease-timeout": _LOST_AFTER}):
                made = Semaphore(
                    AT_ONCE,
                    self._name,
                    scheduler_rpc=self._worker.scheduler,
                    loop=self._worker.loop,
                )
                await made
                # Another request may have made one meanwhile.
                self._semaphore = self._semaphore or made
        await self._semaphore.acquire()

    def _give_back(self) -> None:
        semaphore = self._semaphore
        if semaphore is None:
            return
        if self._worker.status is Status.running:
            self._worker.loop.add_callback(semaphore.release)
        else:
            # The scheduler takes back the turns of a worker that has left.
            semaphore.refresh_leases = False


class PoliteResource(Resource):
    """An API as tasks reach it: every request waits for its turn in the cluster.

    If the API asks for patience, the client tells all other workers.
    """

    def __init__(self, worker: Worker, identity: str, mailbox: Mailbox, api: Api) -> None:
        super().__init__(mailbox, api)
        self._worker = worker
        self._identity = identity

    async def get(self, url: str, **how: Any) -> Response:  # noqa: ANN401 - as `Resource.get` has them
        """Do what any resource does, in its turn."""
        place = origin(self.check(url))
        turns = turns_at(self._worker, place)
        since = await turns.enter()
        try:
            # It may have shut while this request waited.
            await gate_to(place).opened()
            return await super().get(url, **how)
        except ResourceBusy as problem:
            self._tell(place, problem)
            raise
        finally:
            turns.leave(since)

    def _tell(self, place: str, problem: ResourceBusy) -> None:
        seconds = max(problem.retry_after or 0.0, FIRST_PAUSE)
        if seconds <= LONGEST_PAUSE:
            event = {
                "kind": "pause",
                "worker": self._worker.address,
                "origin": place,
                "seconds": seconds,
            }
            self._worker.log_event(topic(self._identity), event)


_turns: WeakKeyDictionary[Worker, dict[str, Turns]] = WeakKeyDictionary()


def turns_at(worker: Worker, place: str) -> Turns:
    """Return the turns of `worker` at one origin (I/O loop only)."""
    all_here = _turns.setdefault(worker, {})
    if place not in all_here:
        # Otherwise a worker that has left would be kept.
        all_here[place] = Turns(proxy(worker), f"oauth-widgets {place}")
    return all_here[place]
