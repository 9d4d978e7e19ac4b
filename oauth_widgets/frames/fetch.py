"""A fetch of every page: side by side if addresses are foreseen, kept in order, never lost."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Any, Protocol, TypeVar

from oauth_widgets._net import watching
from oauth_widgets._net.address import origin
from oauth_widgets._net.message import Response
from oauth_widgets._net.unpacking import GZIP
from oauth_widgets.errors import AnswerTooLarge, ConfigurationError, OAuthError, without_frames
from oauth_widgets.frames.address import same, without_query
from oauth_widgets.frames.body import content_of, is_graphql
from oauth_widgets.frames.columns import Columns, Page
from oauth_widgets.frames.decode import ACCEPT, Decoder
from oauth_widgets.frames.pages import Onward
from oauth_widgets.frames.plan import Plan
from oauth_widgets.frames.progress import Progress, Report
from oauth_widgets.frames.provenance import Provenance
from oauth_widgets.frames.results import Result
from oauth_widgets.frames.resumable import Resumable
from oauth_widgets.frames.size import most_of_a_page
from oauth_widgets.frames.so_far import Arrived, SoFar, points_back
from oauth_widgets.frames.understood import Understood
from oauth_widgets.frames.window import Window
from oauth_widgets.protocol import watched
from oauth_widgets.resource.gate import gate_to
from oauth_widgets.resource.resource import Resource
from oauth_widgets.secret.quoting import Secrets, quoted_problem

_SMALL = 2**16
_FEW_CELLS = 2**14
_PACKED = (GZIP, b"PAR1")

R = TypeVar("R")
T = TypeVar("T")


class Journal(Protocol):
    """Where each page is kept before it counts, so that the end of this process costs nothing."""

    @property
    def place(self) -> str:
        """Its name for people."""

    def note(self, at: int, after: SoFar, page: Page | None, secrets: Secrets) -> None:
        """Keep a page of the address number `at`, and what is known after it.

        It is called on the decoder's thread. What it raises leaves the page out.
        """


class Fetch(Resumable[T]):
    """A fetch of many pages, under way, ended, or stopped before its end."""

    def __init__(
        self,
        resource: Resource,
        plan: Plan,
        result: Result[T],
        report: Report | None,
        *,
        journal: Journal | None = None,
    ) -> None:
        self._resource = resource
        self._journal = journal
        self._plan = plan
        self._result = result
        self._report = report
        self._so_far = SoFar(
            plan.url,
            Decoder(
                plan.records,
                ruled=plan.way is not None,
                max_bytes=plan.max_bytes,
                graphql=plan.posts and is_graphql(plan.url),
            ),
            Columns(plan.max_bytes, together=result.together, boxed=result.boxed),
        )
        self._provenance = Provenance(without_query(plan.url))
        self._visited: set[str] = set()
        self._before = 0.0
        self._since: float | None = None
        self._alone = asyncio.Lock()
        self._hidden: Secrets = ()

    @property
    def partial(self) -> T | None:
        """What has come so far: a DataFrame or a table; None for a file or what is done.

        It waits for nothing. A page that is still being read is missing, and counts once it's read.
        """
        if self._made is None and not self.finished:
            some = self._partial()
            # Otherwise the result was made meanwhile, and the pages were dropped.
            if self._made is None and not self.finished:
                return some
        return self._made if self._result.together else None

    @property
    def so_far(self) -> SoFar:
        """What is known after the pages so far; with several addresses, before any."""
        return self._so_far

    @property
    def columns(self) -> Columns:
        """The columns of the pages that the result has been given, which says how many."""
        return self._so_far.columns

    def restore(self, so_far: SoFar, columns: Columns, pages: Iterable[Page]) -> None:
        """Continue after what is kept: rows that make `columns`, and `pages` that follow them."""
        for page in pages:
            columns = columns.grown(page)
            self._result.add(page)
        columns = replace(columns, pages=so_far.pages, rows=so_far.rows)
        self._so_far = replace(so_far, columns=columns)

    def tell(self, *, ended: bool = False) -> None:
        """Report how far this is; `ended` says that it goes no further."""
        if ended and watching.watchers:
            done = self._so_far
            watching.tell(watched.Fetched(self._plan.url, done.pages, done.rows))
        if self._report is not None:
            spent = 0.0 if self._since is None else time.monotonic() - self._since
            self._report(self._progress(self._before + spent, ended=ended))

    def _progress(self, seconds: float, *, ended: bool) -> Progress:
        done = self._so_far
        return Progress(done.pages, done.rows, done.total, seconds, ended=ended)

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why there may be more rows than were read."""
        return self._so_far.doubts

    def _partial(self) -> T | None:
        return self._result.partial(self.columns, self._provenance)

    async def whole(self) -> T:
        """Fetch all pages that are left, and return the whole (I/O loop only)."""
        async with self._alone:
            if self.finished:
                raise ConfigurationError("This fetch has finished.", next_step="Start a new one.")
            self._result.keep(self.columns.pages)
            self._since = time.monotonic()
            try:
                with ThreadPoolExecutor(1, "oauth_widgets_decoder") as decoder:
                    await self._pages(decoder)
                    if self._journal is None and self.columns.cells <= _FEW_CELLS:
                        return self._make()
                    return await apart(decoder, self._make)
            except OAuthError as problem:
                raise without_frames(self._explained(problem)) from problem.__cause__
            except MemoryError as problem:
                problem.add_note("The rows read so far are kept in session.unfinished.")
                raise
            finally:
                self._before += time.monotonic() - self._since
                self._since = None

    async def _pages(self, decoder: ThreadPoolExecutor) -> None:
        window = Window(self._get, alone=most_of_a_page(self._plan.max_bytes))
        try:
            while (url := self._so_far.next) is not None:
                if url in self._visited and not self._so_far.stays:
                    raise points_back(self._so_far.pages)
                way = await self._taken(await window.take(url), window, decoder)
                if self._so_far.is_doubtful:
                    self._so_far = await self._judged(self._so_far, decoder)
                window.foresee(_addresses(way), self._needed())
        finally:
            window.clear()
        if self._so_far.problem is not None:
            raise self._so_far.problem

    async def _judged(self, so_far: SoFar, decoder: ThreadPoolExecutor) -> SoFar:
        """Fetch the last page once more to see whether the API moves on.

        Raises UnexpectedAnswer if it doesn't.
        """
        again = await self._get(so_far.at, most_of_a_page(self._plan.max_bytes))
        return await apart(decoder, so_far.judged, again)

    async def first_page(self) -> tuple[T, Understood]:
        """Return what the first page makes, and what was understood of it; nothing else is read."""
        address = self._so_far.next or ""
        response = await self._get(address, most_of_a_page(self._plan.max_bytes))
        try:
            return await asyncio.to_thread(self._made_of, response), self._provenance.understood
        except OAuthError as problem:
            raise without_frames(quoted_problem(problem, response.hidden))  # noqa: B904 - itself

    def _made_of(self, response: Response) -> T:
        self._take(self._so_far.read(response, self._plan))
        return self._make()

    async def _taken(
        self, responses: list[Response], window: Window, decoder: ThreadPoolExecutor
    ) -> Onward:
        """Take in answers, and ask for the next page before the records of the first are columns.

        Small ones are read here, which is sooner done than handed on.
        """
        first, *others = responses
        loop = asyncio.get_running_loop()

        def on_the_decoders_thread() -> Onward:
            arrived = self._so_far.read(first, self._plan)
            if not others:
                loop.call_soon_threadsafe(self._ask_soon, window, *self._likely(arrived))
            return self._take_all(arrived, others)

        if self._journal is not None or not are_small(responses):
            return await apart(decoder, on_the_decoders_thread)
        arrived = self._so_far.read(first, self._plan)
        if not others and self._ask_soon(window, *self._likely(arrived)):
            try:
                # The request is sent meanwhile.
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                # What was read is kept, unless it is refused.
                with suppress(OAuthError):
                    self._take_all(arrived, others)
                raise
        return self._take_all(arrived, others)

    def _likely(self, arrived: Arrived) -> tuple[Onward, int | None]:
        """Return the likely way on from an answer, and how many pages the limit needs after it."""
        return self._so_far.likely_next(arrived), self._needed(arrived.decoded.rows)

    def _ask_soon(self, window: Window, way: Onward, needed: int | None) -> bool:
        """Ask for the pages that `way` leads to; False if they are asked for, or have to wait.

        A POST has to wait until the page before it was checked, since it may not be sent in vain.
        """
        if window.has_more or way.next is None or way.next in self._visited or self._plan.posts:
            return False
        window.foresee(_addresses(way), needed)
        return True

    def _needed(self, more: int = 0) -> int | None:
        """Return how many further pages the limit needs at most after `more` rows, if there is one.

        None stands for any number.
        """
        if self._plan.limit is None:
            return None
        # After nothing but empty pages it is not known how long others are.
        each = max(self._so_far.most_rows, more)
        left = self._plan.limit - self._so_far.rows - more
        return -(-left // each) if each else 1

    def _make(self) -> T:
        if self._made is None:
            # Kept until it is handed out, whatever happens in between.
            self._made = self._result.made(self.columns, self._provenance)
            # The session keeps this fetch, which must not keep the pages a second time.
            self._result.keep(0)
            self._so_far = self._so_far.without_page()
        return self._made

    async def _get(self, address: str, most: int) -> Response:
        resource, url, content = self._resource, address, None
        method = "POST" if self._plan.posts and "#" in address else "GET"
        if method == "POST":
            url, content = address.partition("#")[0], content_of(address)
        # Before a gate is asked for: it may be no address at all.
        resource.check(url)
        get = partial(
            resource.get,
            url,
            accept=ACCEPT,
            most=most,
            headers=self._plan.headers,
            method=method,
            content=content,
        )
        gate = gate_to(origin(url))
        response = await gate.through(lambda lane: get(lane=lane), repeatable=method == "GET")
        self._hidden = response.hidden
        return response

    def _take_all(self, first: Arrived, others: list[Response]) -> Onward:
        """Take in answers up to the first that was foreseen wrongly; return the way on."""
        way = self._take(first)
        for response in others:
            if way.next is None or way.next in self._visited or not same(response.url, way.next):
                break
            way = self._take(self._so_far.read(response, self._plan))
        return way

    def _take(self, arrived: Arrived) -> Onward:
        """Take in the answer of the next page; all at once, so that a stop never splits it."""
        before, response = self._so_far, arrived.response
        after, page, way = before.after(arrived, self._plan, self._visited)
        if self._journal is not None:
            self._journal.note(0, after, page, response.hidden)
        if page is not None:
            self._result.add(page)
        # From here on the page counts, in all that is known of it.
        self._so_far = after
        self._visited.add(before.next or "")
        if page is not None:
            self._provenance.note(response.headers, response.hidden)
            if not before.pages:
                self._provenance.understood = after.understood.without(response.hidden)
        return way

    def _explained(self, problem: OAuthError) -> OAuthError:
        """Return `problem` with the number of the page and the way to the pages before it."""
        if problem.unfinished is self:
            return problem
        problem.unfinished = self
        quoted_problem(problem, self._hidden)
        if isinstance(problem, AnswerTooLarge) and problem.next_step == AnswerTooLarge.next_step:
            enough = 2 * self._plan.max_bytes
            problem.next_step = f"Ask for smaller pages, or allow more: max_bytes={enough}."
        done = self._so_far
        if done.pages:
            if not problem.message.startswith("Page ") and done.next is not None:
                problem.message = f"Page {done.pages + 1}: {problem.message}"
            pages = f"{done.pages} page{'s' * (done.pages != 1)}"
            problem.next_step += self._how_to_continue(f"{done.rows:,} rows ({pages})")
        return problem

    def _how_to_continue(self, what: str) -> str:
        if self._journal is not None:
            return f"\n{what} are safe in {self._journal.place}. Repeat the call to continue."
        return f"\n{what} are safe in error.partial. Continue with error.resume()."


def _addresses(way: Onward) -> Iterator[str]:
    """Return the addresses of the pages that come next."""
    return iter(()) if way.next is None else itertools.chain([way.next], way.ahead)


def are_small(responses: list[Response]) -> bool:
    """Whether answers are read so soon that no thread is needed.

    What is packed may be large all the same.
    """
    small = sum(len(one.body) for one in responses) <= _SMALL
    return small and not any(one.body.startswith(_PACKED) for one in responses)


async def apart(
    decoder: ThreadPoolExecutor,
    work: Callable[..., R],
    *given: Any,  # noqa: ANN401
) -> R:
    """Run `work` on the decoder's thread, and to its end even if no one waits any longer."""
    done = asyncio.get_running_loop().run_in_executor(decoder, work, *given)
    try:
        return await asyncio.shield(done)
    except asyncio.CancelledError:
        await asyncio.wait([done])
        raise
