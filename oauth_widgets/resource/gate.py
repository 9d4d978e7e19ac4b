"""How many requests an API gets at once, and when: as many as it likes, and later if it asks."""

from __future__ import annotations

import asyncio
import heapq
import time
from collections.abc import Awaitable, Callable
from weakref import WeakKeyDictionary

from oauth_widgets._net.message import Response
from oauth_widgets.errors import OAuthError, ResourceBusy, TransportError, without_frames

AT_ONCE = 16
"""Requests to one origin at most."""

LONGEST_PAUSE = 60.0
"""Seconds to wait for an API that says when to come again; for longer the fetch is given up."""

TRIES = 8
"""How often a page is asked for, if the API asks to be left alone for a while."""

FIRST_PAUSE = 0.5
"""Seconds to wait for an API that doesn't say when to come again, at first."""

_TRIES_AFTER_FAILURE = 3
_LATER = "Wait a few minutes, then continue with error.resume()."

_gates: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Gate]] = WeakKeyDictionary()


def gate_to(origin: str) -> Gate:
    """Return the gate that all fetches from `origin` go through (I/O loop only)."""
    return _gates.setdefault(asyncio.get_running_loop(), {}).setdefault(origin, Gate())


class Gate:
    """Lets a number of requests through at once: fewer after a refusal, slowly more after that.

    A pause that the API asks for applies to all of them, as no retrying of single calls could do.
    """

    def __init__(self) -> None:
        self._room = float(AT_ONCE)
        self._lanes = list(range(AT_ONCE))
        """Those that no request is in, lowest first, so that few connections serve a few."""
        self._shut_until = 0.0
        self._changed = asyncio.Event()

    async def through(
        self, ask: Callable[[int], Awaitable[Response]], *, repeatable: bool = True
    ) -> Response:
        """Return what `ask`, given a lane, brings, asking again later if that may help.

        What is not `repeatable` is asked again only if the API says when. Raises what `ask` raises
        in the end.
        """
        tries = 0
        while True:
            lane = await self._enter()
            try:
                response = await ask(lane)
            except OAuthError as problem:
                tries += 1
                invited = isinstance(problem, ResourceBusy) and problem.retry_after is not None
                if not (repeatable or invited) or not self._may_help(problem, tries):
                    if isinstance(problem, ResourceBusy) and tries > 1:
                        problem.message += f" Tried {tries} times."
                        problem.next_step = _LATER
                    raise without_frames(problem)  # noqa: B904 - itself, with its causes
            else:
                self._room = min(self._room + 1 / self._room, AT_ONCE)
                return response
            finally:
                heapq.heappush(self._lanes, lane)
                self._changed.set()

    def shut_for(self, pause: float) -> None:
        """Let no request through for `pause` seconds, and fewer at once afterwards."""
        now = time.monotonic()
        if now >= self._shut_until:
            # Of requests that were under way together the first refusal counts.
            self._room = max(self._room / 2, 1.0)
        self._shut_until = max(self._shut_until, now + pause)

    async def opened(self) -> None:
        """Wait until no pause is left that the API asked for."""
        pause = self._shut_until - time.monotonic()
        while pause > 0:
            await asyncio.sleep(pause)
            pause = self._shut_until - time.monotonic()

    async def _enter(self) -> int:
        while True:
            await self.opened()
            if AT_ONCE - len(self._lanes) < int(self._room):
                return heapq.heappop(self._lanes)
            self._changed.clear()
            await self._changed.wait()

    def _may_help(self, problem: OAuthError, tries: int) -> bool:
        """Shut for a while if asking again after that may help; False if it may not."""
        pause = FIRST_PAUSE * 2 ** (tries - 1)
        most = _TRIES_AFTER_FAILURE
        if isinstance(problem, ResourceBusy):
            most = TRIES
            if problem.retry_after is not None:
                # Who was told "at once" in vain waits a little all the same.
                # check: transport/retries
                pause = max(problem.retry_after, pause if tries > 1 else 0.0)
        unsent = isinstance(problem, TransportError) and not problem.sent
        if not problem.retry_may_help or unsent or tries >= most:
            return False
        # check: transport/retries
        if pause > LONGEST_PAUSE:
            return False
        self.shut_for(pause)
        return True
