"""Pages asked for ahead: a few at a time, handed out in order, never too many bytes at once."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

from oauth_widgets._net.message import Response
from oauth_widgets.errors import AnswerTooLarge
from oauth_widgets.frames.address import same
from oauth_widgets.resource.gate import AT_ONCE

_AHEAD = AT_ONCE + 4
_TOGETHER = 8


@dataclass(frozen=True)
class _Request:
    """A page that was asked for; `most` is how many bytes there is room for."""

    url: str
    most: int
    task: asyncio.Task[Response]

    @property
    def is_there(self) -> bool:
        """Whether its answer has come."""
        return self.task.done() and not self.task.cancelled() and self.task.exception() is None

    @property
    def size(self) -> int:
        """The bytes that it takes, or may take."""
        return len(self.task.result().body) if self.is_there else self.most


class Window:
    """Pages asked for ahead by `get`, which is given an address and how many bytes it may bring.

    A page may bring `alone` bytes, and so many at most are on their way, or there and not read yet,
    if it is one page; half as many if they are several. How large a page will be is not known
    before it is there: so each that is asked for ahead gets a share. One that is larger is asked
    for again in its turn, alone, and fewer are asked for ahead from then on.
    """

    def __init__(self, get: Callable[[str, int], Awaitable[Response]], *, alone: int) -> None:
        self._get = get
        self._alone = alone
        self._most = alone // 2
        self._pending: deque[_Request] = deque()
        self._ahead: Iterator[str] = iter(())
        self._needed = _AHEAD
        self._largest = 0
        self._held = 0

    @property
    def has_more(self) -> bool:
        """Whether pages are asked for that nothing has taken yet."""
        return bool(self._pending)

    async def take(self, url: str) -> list[Response]:
        """Return the answer from `url`, and some that follow it if they are there already.

        `url` is the first address that was foreseen, or none was. Those taken before count as read.
        """
        self._held = 0
        if not self._pending:
            self._ask(url, self._alone)
        self._fill()
        responses = [await self._first()]
        self._pending.popleft()
        while self._pending and len(responses) < _TOGETHER and self._pending[0].is_there:
            responses.append(self._pending.popleft().task.result())
        sizes = [len(response.body) for response in responses]
        self._held = sum(sizes)
        # Quick to believe in large pages, slow to forget them.
        self._largest = max(*sizes, self._largest * 3 // 4)
        self._needed -= len(responses)
        self._fill()
        return responses

    def foresee(self, addresses: Iterator[str], needed: int | None) -> None:
        """Ask for `addresses` ahead, unless that is done already, and for no more than `needed`."""
        self._needed = _AHEAD if needed is None else needed
        following = next(addresses, None)
        if following is None or not (self._pending and same(self._pending[0].url, following)):
            self.clear()
            if following is None:
                return
            self._ahead = itertools.chain([following], addresses)
        while len(self._pending) > self._needed:
            self._pending.pop().task.cancel()
            # The one that was given up may be needed after all.
            self._ahead = iter(())
        self._fill()

    def clear(self) -> None:
        """Give up what was asked for ahead."""
        for one in self._pending:
            one.task.cancel()
        self._pending.clear()
        self._ahead = iter(())

    async def _first(self) -> Response:
        first = self._pending[0]
        try:
            return await first.task
        except AnswerTooLarge:
            if first.most >= self._alone:
                raise
        self.clear()
        self._ask(first.url, self._alone)
        return await self._pending[0].task

    def _fill(self) -> None:
        most = min(self._needed, _AHEAD)
        share = min(max(2 * self._largest, self._most // _AHEAD, 1), self._alone)
        room = self._most - self._held - sum(one.size for one in self._pending)
        while len(self._pending) < most and room >= share:
            url = next(self._ahead, None)
            if url is None:
                return
            self._ask(url, share)
            room -= share

    def _ask(self, url: str, most: int) -> None:
        task = asyncio.ensure_future(self._get(url, most))
        # A failure that no one waits for any more is not reported.
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._pending.append(_Request(url, most, task))
