"""A fetch of every page: side by side where addresses are foreseen, kept in order, never lost."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, Protocol, TypeVar

from oauth_widgets._loop import arun, run
from oauth_widgets.errors import ConfigurationError, OAuthError, UnexpectedAnswer
from oauth_widgets.frames.address import same
from oauth_widgets.frames.asked import Asked, Kind
from oauth_widgets.frames.columns import Columns, Page
from oauth_widgets.frames.decode import ACCEPT, Decoder
from oauth_widgets.frames.gate import AT_ONCE, gate_to
from oauth_widgets.frames.paging import Onward, Seen, onward
from oauth_widgets.frames.progress import Progress, Report
from oauth_widgets.frames.provenance import Provenance
from oauth_widgets.frames.results import AsFrame, AsParquet, AsTable, Result
from oauth_widgets.protocol.address import origin
from oauth_widgets.protocol.message import Response
from oauth_widgets.resource import Resource

R = TypeVar("R")
T = TypeVar("T")

_NOTHING_NEW = 100
_TOGETHER = 8
_AHEAD_BYTES = 64 * 2**20


class HasResource(Protocol):
    """Who may go on with a fetch; a Session is one."""

    _resource: Resource


class Fetch(Generic[T]):
    """A fetch of many pages, under way, ended, or stopped before its end."""

    def __init__(
        self, resource: Resource, asked: Asked, result: Result[T], report: Report | None
    ) -> None:
        self._resource = resource
        self._asked = asked
        # nothing is kept of what was handed out
        self._result: Result[T] | None = result
        self._report = report
        self._decoder = Decoder(
            asked.records, told=asked.way is not None, max_bytes=asked.max_bytes
        )
        self._columns = Columns(asked.max_bytes, together=result.together)
        self._provenance = Provenance(asked.url.partition("?")[0])
        self._next: str | None = asked.url
        self._seen: set[str] = set()
        self._last: Page | None = None
        self._nothing_new = 0
        self._total: int | None = None
        self._before = 0.0
        self._since: float | None = None
        self._alone = asyncio.Lock()

    @property
    def finished(self) -> bool:
        """Whether the whole was handed out."""
        return self._result is None

    @property
    def partial(self) -> T | None:
        """What has come so far: a DataFrame or a table; None for a file or what is done."""
        # what was stopped may still be at its last page
        return run(self._now())

    def resume(self, session: HasResource | None = None) -> T:
        """Go on where it stopped and return the whole, by the token of `session` where given."""
        self._go_on_with(session)
        return self.run()

    async def aresume(self, session: HasResource | None = None) -> T:
        """Await `resume`."""
        self._go_on_with(session)
        return await self.arun()

    def run(self) -> T:
        """Fetch all pages that are left, and return the whole."""
        try:
            return run(self._run(), meanwhile=self._told)
        finally:
            self._told(ended=True)

    async def arun(self) -> T:
        """Await `run`."""
        try:
            return await arun(self._run(), meanwhile=self._told)
        finally:
            self._told(ended=True)

    def _go_on_with(self, session: HasResource | None) -> None:
        if session is not None:
            self._resource = session._resource  # noqa: SLF001 - a session's inner side is ours

    def _told(self, *, ended: bool = False) -> None:
        if self._report is not None:
            spent = 0.0 if self._since is None else time.monotonic() - self._since
            done = self._provenance
            seconds = self._before + spent
            self._report(Progress(done.pages, done.rows, self._total, seconds, ended=ended))

    async def _now(self) -> T | None:
        async with self._alone:
            if self._result is None:
                return None
            return await asyncio.to_thread(self._result.partial, self._columns, self._provenance)

    async def _run(self) -> T:
        async with self._alone:
            if self._result is None:
                raise ConfigurationError("This fetch is done.", next_step="Begin another one.")
            self._since = time.monotonic()
            window = _Window(self._get)
            try:
                with ThreadPoolExecutor(1, "oauth_widgets_decoder") as decoder:
                    await self._pages(window, decoder, self._result)
                    made = await _apart(decoder, self._result.made, self._columns, self._provenance)
            except OAuthError as problem:
                raise self._explained(problem) from problem.__cause__
            finally:
                window.clear()
                self._before += time.monotonic() - self._since
                self._since = None
            self._result = None
            return made

    async def _pages(self, window: _Window, decoder: ThreadPoolExecutor, result: Result[T]) -> None:
        while self._next is not None:
            if self._next in self._seen:
                done = self._provenance.pages
                raise UnexpectedAnswer(f"Page {done} points back to an earlier page.")
            responses = await window.take(self._next)
            window.foresee(self._wanted(await _apart(decoder, self._take_all, responses, result)))

    def _wanted(self, way: Onward) -> Iterator[str]:
        """Yield the addresses of the pages that come next, no more than the limit needs."""
        if way.next is None or self._next is None:
            return iter(())
        addresses = itertools.chain([way.next], way.ahead)
        if self._asked.limit is None:
            return addresses
        each = max(self._last.rows if self._last else 1, 1)
        return itertools.islice(addresses, -(-(self._asked.limit - self._columns.rows) // each))

    async def _get(self, url: str) -> Response:
        resource = self._resource
        # before a gate is asked for: it may be no address at all
        resource.check(url)
        return await gate_to(origin(url)).through(
            lambda lane: resource.get(url, accept=ACCEPT, lane=lane)
        )

    def _take_all(self, responses: list[Response], result: Result[T]) -> Onward:
        """Take in answers up to the first that was foreseen wrongly; return the way on."""
        way = self._take(responses[0], result)
        for response in responses[1:]:
            if way.next is None or way.next in self._seen or not same(response.url, way.next):
                break
            way = self._take(response, result)
        return way

    def _take(self, response: Response, result: Result[T]) -> Onward:
        """Take in the answer of the next page; all at once, so that a stop never splits it."""
        number = self._provenance.pages + 1
        limit = self._asked.limit
        left = None if limit is None else limit - self._columns.rows
        decoded = self._decoder.decode(response, page=number, rows=left)
        page = decoded.page
        seen = Seen(response.url, number, page.rows, decoded.outline, response.headers, page.last)
        full = limit is not None and self._columns.rows + page.rows >= limit
        way = Onward(None) if full else onward(seen, self._asked.way)
        self._check_new(page, way, number)
        columns = self._columns.grown(page)
        # counted once it is kept
        result.add(page)
        self._columns = columns
        self._decoder.keep(decoded)
        self._provenance.note(response.headers, page.rows, getattr(response, "secrets", ()))
        self._provenance.left_out = self._provenance.left_out or decoded.left_out
        self._seen.add(self._next or "")
        self._next, self._last = way.next, decoded.page
        self._total = limit if limit is not None and (way.total or limit) >= limit else way.total
        if way.problem is not None:
            raise way.problem
        return way

    def _check_new(self, page: Page, way: Onward, number: int) -> None:
        """Raise UnexpectedAnswer where pages go on and on and bring nothing."""
        if way.total is not None:
            return
        same_again = self._last is not None and page.arrays == self._last.arrays
        self._nothing_new = self._nothing_new + 1 if same_again or not page.rows else 0
        if self._nothing_new >= _NOTHING_NEW:
            raise UnexpectedAnswer(
                f"Page {number} says that there are more, and the last {_NOTHING_NEW} brought "
                "nothing new.",
                next_step="See whether the API counts its pages in another way: paging=….",
            )

    def _explained(self, problem: OAuthError) -> OAuthError:
        """Return `problem` with the number of the page and the way to what came before it."""
        problem.unfinished = self
        done = self._provenance
        if done.pages:
            if not problem.message.startswith("Page ") and self._next is not None:
                problem.message = f"Page {done.pages + 1}: {problem.message}"
            problem.next_step += (
                f" {done.rows} rows of {done.pages} pages came before: this error's partial has "
                "them, and its resume() goes on."
            )
        return problem


def fetch(
    resource: Resource,
    asked: Asked,
    kind: Kind,
    how: Any,  # noqa: ANN401 - what belongs to the kind
    report: Report | None,
) -> Fetch[Any]:
    """Return a fetch that has not begun; `how` is a file's path or pandas' `dtype_backend`."""
    times = asked.timestamps
    result: Result[Any]
    if kind == "parquet":
        result = AsParquet(times, how)
    else:
        result = AsTable(times) if kind == "arrow" else AsFrame(times, how)
    return Fetch(resource, asked, result, report)


class _Window:
    """Pages asked for ahead, a few at a time, and handed out in order."""

    def __init__(self, get: Callable[[str], Awaitable[Response]]) -> None:
        self._get = get
        self._asked: deque[tuple[str, asyncio.Task[Response]]] = deque()
        self._ahead: Iterator[str] = iter(())
        self._size = 2

    async def take(self, url: str) -> list[Response]:
        """Return the answer from `url`, and some that follow it if they are there already.

        `url` is the first address that was foreseen, or none was.
        """
        if not self._asked:
            self._ask(url)
        _, task = self._asked.popleft()
        self._fill()
        responses = [await task]
        while self._asked and len(responses) < _TOGETHER and _is_there(self._asked[0][1]):
            responses.append(self._asked.popleft()[1].result())
        self._size = min(max(_AHEAD_BYTES // (len(responses[0].body) + 1), 1), AT_ONCE + 4)
        self._fill()
        return responses

    def foresee(self, addresses: Iterator[str]) -> None:
        """Ask for `addresses` ahead, unless that is what is done already."""
        following = next(addresses, None)
        if following is None or not (self._asked and same(self._asked[0][0], following)):
            self.clear()
            if following is None:
                return
            self._ask(following)
            self._ahead = addresses
        self._fill()

    def clear(self) -> None:
        """Give up what was asked for ahead."""
        for _, task in self._asked:
            task.cancel()
        self._asked.clear()
        self._ahead = iter(())

    def _fill(self) -> None:
        while len(self._asked) < self._size and (url := next(self._ahead, None)) is not None:
            self._ask(url)

    def _ask(self, url: str) -> None:
        task = asyncio.ensure_future(self._get(url))
        # the failure of one that nobody waits for any more is nobody's
        task.add_done_callback(lambda done: done.cancelled() or done.exception())
        self._asked.append((url, task))


def _is_there(task: asyncio.Task[Response]) -> bool:
    return task.done() and not task.cancelled() and task.exception() is None


async def _apart(
    decoder: ThreadPoolExecutor,
    work: Callable[..., R],
    *given: Any,  # noqa: ANN401
) -> R:
    """Run `work` on the decoder's thread, and to its end even where nobody waits any longer."""
    done = asyncio.get_running_loop().run_in_executor(decoder, work, *given)
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        await asyncio.wait([done])
        raise
