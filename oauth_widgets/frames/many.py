"""A fetch from many addresses, one for each row of a table: side by side, and kept in its order."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, TypeVar

import pyarrow as pa

from oauth_widgets._net.message import Response
from oauth_widgets.errors import (
    AnswerTooLarge,
    ForeignOrigin,
    InsufficientScope,
    InvalidToken,
    OAuthError,
    ResourceError,
    TransportError,
)
from oauth_widgets.frames.address import without_query
from oauth_widgets.frames.columns import Columns, Meant, Page, Path
from oauth_widgets.frames.each import Rows
from oauth_widgets.frames.fetch import Fetch, Journal, apart, are_small
from oauth_widgets.frames.plan import Kind, Plan
from oauth_widgets.frames.progress import Progress, Report
from oauth_widgets.frames.results import Result, result_of
from oauth_widgets.frames.size import CELL, beyond_cells, most_of_a_page
from oauth_widgets.frames.so_far import SoFar, points_back
from oauth_widgets.resource.gate import AT_ONCE
from oauth_widgets.resource.resource import Resource
from oauth_widgets.secret.quoting import quoted_problem

T = TypeVar("T")

_AHEAD = 4 * AT_ONCE
"""How many addresses may be done before the first that isn't, if their pages can't be held."""

_HELD = 64 * 2**20
"""Bytes of pages that may wait for an address before theirs, if the result holds none itself."""

_FAILURES = 10
"""How many addresses may fail before no further ones are tried."""

_NAMED = 3
_NO_SUCH_THING = 404


@dataclass
class _Walk:
    """The pages of one address, number `at`, as far as they were read."""

    at: int
    plan: Plan
    so_far: SoFar
    visited: set[str] = field(default_factory=set)
    pages: list[Page] = field(default_factory=list)
    done: bool = False
    failure: OAuthError | None = None


class FetchOfEach(Fetch[T]):
    """A fetch of every page of many addresses, under way, ended, or stopped before its end."""

    def __init__(
        self,
        resource: Resource,
        plans: list[Plan],
        rows: Rows,
        result: Result[T],
        report: Report | None,
        *,
        skips: bool,
        journal: Journal | None = None,
    ) -> None:
        super().__init__(resource, plans[0], result, report, journal=journal)
        self._skips = skips
        self._provenance.source = rows.template
        prototype = self._so_far
        count = len(rows.addresses)
        self._walks = [
            _Walk(at, one, replace(prototype, next=one.url, decoder=prototype.decoder.copy()))
            for at, one in enumerate(plans[:count])
        ]
        self._values: dict[Path, pa.Array] = {
            (f"each.{name}",): _array(values, count) for name, values in rows.columns.items()
        }
        bare: dict[Path, pa.Array] = {path: made[:0] for path, made in self._values.items()}
        empty = replace(prototype.columns, front=tuple(self._values))
        self._columns = replace(empty.grown(Page(0, bare)), pages=0)
        self._front = 0
        self._before_front = 0
        self._held = 0
        self._failed: list[_Walk] = []
        self._moved = asyncio.Event()
        self._large = asyncio.Lock()
        # Held for moments, so that each page is among the waiting ones or in the columns.
        self._counting = threading.Lock()

    def _progress(self, seconds: float, *, ended: bool) -> Progress:
        done = sum(walk.done for walk in self._walks)
        pages = sum(walk.so_far.pages for walk in self._walks)
        rows = self._before_front + sum(walk.so_far.rows for walk in self._walks)
        return Progress(pages, rows, None, seconds, ended, done, len(self._walks))

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why there may be more rows than were read."""
        doubtful = [walk for walk in self._walks if walk.so_far.doubts]
        if not doubtful or len(self._walks) == 1:
            return tuple(doubt for walk in doubtful for doubt in walk.so_far.doubts)
        first = doubtful[0]
        where = without_query(first.plan.url)
        counted = (
            f"{len(doubtful)} of {len(self._walks)} addresses may have more rows than were read."
        )
        return (f"{counted} The first is {where}: {first.so_far.doubts[0]}",)

    @property
    def columns(self) -> Columns:
        """The columns of the pages that the result has been given, which says how many."""
        return self._columns

    def beginning(self, at: int) -> SoFar:
        """Return what is known of the address number `at`: before its first page, where it is."""
        return self._walks[at].so_far

    def restore_each(
        self, front: int, walks: Mapping[int, tuple[SoFar, list[Page]]], columns: Columns | None
    ) -> None:
        """Continue after what is kept: rows that make `columns`, and some pages after them.

        `front` is the number of the first address that isn't done. Of those from there on,
        `walks` has what is known, and the pages that belong to no row yet.
        """
        for walk in self._walks[:front]:
            walk.done = True
        for at, (so_far, pages) in walks.items():
            walk = self._walks[at]
            walk.so_far, walk.pages = so_far, pages
            walk.done = so_far.next is None
            self._held += sum(map(self._size, pages))
        self._front, self._columns = front, columns or self._columns
        known = sum(walk.so_far.rows - sum(p.rows for p in walk.pages) for walk in self._walks)
        self._before_front = self._columns.rows - known
        self._hand_over()

    def _partial(self) -> T | None:
        if not self._result.together:
            return None
        with self._counting:
            columns, walks = self._columns, self._walks[self._front :]
            waiting = [(walk.at, page) for walk in walks for page in walk.pages]
        further: list[Page] = []
        for at, page in waiting:
            further.append(self._with_values(page, at, columns.rows))
            columns = columns.grown(further[-1])
        return self._result.partial(columns, self._provenance, further)

    async def _pages(self, decoder: ThreadPoolExecutor) -> None:
        self._failed = []
        left = iter([at for at, walk in enumerate(self._walks) if not walk.done])
        walkers = [asyncio.ensure_future(self._walk_on(left, decoder)) for _ in range(AT_ONCE)]
        try:
            await asyncio.gather(*walkers)
        finally:
            for walker in walkers:
                walker.cancel()
            # A page that is being taken in is taken in whole.
            await asyncio.wait(walkers)
        if not self._is_enough:
            self._check_failures()

    async def _walk_on(self, left: Iterator[int], decoder: ThreadPoolExecutor) -> None:
        for at in left:
            while not self._may_begin(at):
                if self._failed:
                    return
                self._moved.clear()
                await self._moved.wait()
            if self._is_enough or len(self._failed) >= _FAILURES:
                return
            walk = self._walks[at]
            try:
                await self._walk(walk, decoder)
            except OAuthError as problem:
                if not _is_of_one_address(problem):
                    raise
                walk.failure = problem
                self._failed.append(walk)
                self._moved.set()
            else:
                walk.done = True
                await self._hand_on(decoder)

    async def _walk(self, walk: _Walk, decoder: ThreadPoolExecutor) -> None:
        while (url := walk.so_far.next) is not None:
            while not self._has_room(walk):
                self._moved.clear()
                await self._moved.wait()
            if url in walk.visited and not walk.so_far.stays:
                raise points_back(walk.so_far.pages)
            try:
                response = await self._answer(walk.plan, url)
            except ResourceError as problem:
                missing = problem.status == _NO_SUCH_THING and not walk.so_far.pages
                if missing and self._skips:
                    await self._skip(walk, decoder)
                    return
                raise
            if self._journal is None and are_small([response]):
                self._take_in(walk, response)
            else:
                await apart(decoder, self._take_in, walk, response)
            if walk.so_far.is_doubtful:
                walk.so_far = await self._judged(walk.so_far, decoder)
            if not self._result.together and walk.at == self._front and walk.so_far.next:
                # Pages of an address with many of them are not held until its end.
                await self._hand_on(decoder)
        if walk.so_far.problem is not None:
            raise walk.so_far.problem

    async def _answer(self, plan: Plan, url: str) -> Response:
        alone = most_of_a_page(plan.max_bytes)
        if plan.posts:
            return await self._get(url, alone)
        try:
            return await self._get(url, max(alone // (2 * AT_ONCE), 1))
        except AnswerTooLarge:
            # How large one is turns out too late: large ones are read one at a time.
            async with self._large:
                return await self._get(url, alone)

    def _take_in(self, walk: _Walk, response: Response) -> None:
        before = walk.so_far
        arrived = before.read(response, walk.plan)
        after, page, _ = before.after(arrived, walk.plan, walk.visited)
        if self._journal is not None:
            self._journal.note(walk.at, after, page, response.hidden)
        walk.so_far = after
        walk.visited.add(before.next or "")
        if page is not None:
            size = self._size(page)
            walk.pages.append(page)
            self._held += size
            self._provenance.note(response.headers, response.hidden)
            if not self._provenance.understood.records:
                self._provenance.understood = after.understood.without(response.hidden)

    async def _skip(self, walk: _Walk, decoder: ThreadPoolExecutor) -> None:
        """Leave out an address that the API doesn't have."""
        walk.so_far = replace(walk.so_far, next=None)
        if self._journal is not None:
            await apart(decoder, self._journal.note, walk.at, walk.so_far, None, ())

    async def _hand_on(self, decoder: ThreadPoolExecutor) -> None:
        """Give the result the pages of all addresses that are done, and of the first that isn't."""
        if self._journal is None:
            self._hand_over()
        else:
            # Where it keeps pages, so that one thing is done at a time.
            await apart(decoder, self._hand_over)
        self._moved.set()

    def _hand_over(self) -> None:
        while self._front < len(self._walks):
            walk = self._walks[self._front]
            if not walk.done and self._result.together:
                return
            while walk.pages and not self._is_enough:
                page = self._with_values(walk.pages[0], self._front, self._columns.rows)
                columns = self._columns.grown(page)
                self._result.add(page)
                # From here on the page counts.
                with self._counting:
                    self._columns = columns
                    handed = walk.pages.pop(0)
                self._held -= self._size(handed)
            if not walk.done:
                return
            walk.so_far = walk.so_far.without_page()
            size = sum(map(self._size, walk.pages))
            with self._counting:
                walk.pages.clear()
                self._front += 1
            self._held -= size

    def _with_values(self, page: Page, at: int, rows: int) -> Page:
        """Return a page with the values of its address in front, as far as the limit wants it."""
        if self._plan.limit is not None:
            page = page.first(self._plan.limit - rows)
        values: dict[Path, pa.Array] = {
            path: pa.repeat(array[at], page.rows) for path, array in self._values.items()
        }
        meant = page.meant
        if meant is not None:
            said: dict[Path, Meant] = {
                path: Meant(array.type, frozenset()) for path, array in values.items()
            }
            meant = {**said, **meant}
        return replace(page, arrays={**values, **page.arrays}, meant=meant)

    def _size(self, page: Page) -> int:
        """Return the bytes of a page that wait, 0 if all pages are held anyway."""
        if self._result.together:
            return 0
        return page.rows * len(page.arrays) * CELL + beyond_cells(page.arrays.values())

    @property
    def _is_enough(self) -> bool:
        limit = self._plan.limit
        return limit is not None and self._columns.rows >= limit

    def _has_room(self, walk: _Walk) -> bool:
        """Whether a further page of an address can be held, until those before it are done."""
        if self._result.together or walk.at == self._front or self._failed:
            return True
        return self._held < _HELD

    def _may_begin(self, at: int) -> bool:
        """Whether there is room for the pages of an address until those before it are done."""
        return self._result.together or self._is_enough or at - self._front < _AHEAD

    def _check_failures(self) -> None:
        failed = sorted(self._failed, key=lambda walk: walk.at)
        if not failed:
            return
        problem = failed[0].failure
        assert problem is not None  # noqa: S101 - it failed
        if len(self._walks) > 1:
            places = [without_query(one.plan.url) for one in failed[:_NAMED]]
            more = ", …" if len(failed) > _NAMED else ""
            problem.message = (
                f"{len(failed)} of {len(self._walks)} addresses failed "
                f"({', '.join(places)}{more}). The first: {problem.message}"
            )
        raise problem

    def _explained(self, problem: OAuthError) -> OAuthError:
        if problem.unfinished is self:
            return problem
        problem.unfinished = self
        quoted_problem(problem, self._hidden)
        done = sum(walk.done for walk in self._walks)
        if getattr(problem, "status", None) == _NO_SUCH_THING:
            problem.next_step = 'To skip what the API doesn\'t have, pass missing="skip".'
        what = f"The rows of {done} of {len(self._walks)} addresses"
        problem.next_step += self._how_to_continue(what)
        return problem


def _is_of_one_address(problem: OAuthError) -> bool:
    """Whether other addresses may be read although this one can't."""
    if isinstance(problem, InvalidToken | InsufficientScope | ForeignOrigin | AnswerTooLarge):
        return False
    return isinstance(problem, ResourceError | TransportError)


def _array(values: list[Any], count: int) -> pa.Array:
    """Return a column of the caller's; as text if its values have no type in common."""
    dates = {isinstance(value, datetime) for value in values if isinstance(value, date)}
    if len(dates) > 1:
        # If one value is only a date, Arrow would drop the time of day of the others.
        return pa.array([str(value) for value in values[:count]], pa.string())
    try:
        return pa.array(values)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return pa.array([str(value) for value in values[:count]], pa.string())


def fetch(  # noqa: PLR0917 - what a caller says, piece by piece
    resource: Resource,
    plans: list[Plan],
    kind: Kind,
    how: Any,  # noqa: ANN401 - what belongs to the kind
    report: Report | None,
    rows: Rows | None,
    *,
    skips: bool,
) -> Fetch[Any]:
    """Return a fetch that has not begun; `how` is a file's path or pandas' `dtype_backend`."""
    result = result_of(kind, how, plans[0].timestamps)
    if rows is None:
        return Fetch(resource, plans[0], result, report)
    return FetchOfEach(resource, plans, rows, result, report, skips=skips)
