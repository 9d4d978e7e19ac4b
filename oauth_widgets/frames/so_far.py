"""What a fetch knows after some pages, and what one more adds: the whole of it, or nothing."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from oauth_widgets._net.message import NO_CONTENT, Response
from oauth_widgets.errors import UnexpectedAnswer, foreign_text
from oauth_widgets.frames import repeats
from oauth_widgets.frames.columns import Columns, Page
from oauth_widgets.frames.counting import OFFSETS, PAGES, number_in, sent_values
from oauth_widgets.frames.decode import Decoded, Decoder
from oauth_widgets.frames.hints import short_of
from oauth_widgets.frames.pages import Onward, PageInfo
from oauth_widgets.frames.paging import onward
from oauth_widgets.frames.plan import Plan
from oauth_widgets.frames.understood import Understood
from oauth_widgets.secret.quoting import quoted_problem, without

_NOTHING_NEW = 100
_DOUBTFUL = 2
_NOTHING_YET = Understood()
_ANOTHER_WAY = (
    'Pass the parameter that the API counts by, as in paging={"page": "p"} or {"offset": '
    '"start"}, or the member that leads to the next page, as in {"next": "more.url"}; with '
    'paging="none", only this page is read.'
)


@dataclass(frozen=True)
class Arrived:
    """The answer for the next page: what was read of it, and the way on, or why there is none."""

    response: Response
    decoder: Decoder
    decoded: Decoded
    way: Onward | UnexpectedAnswer


@dataclass(frozen=True)
class SoFar:
    """The pages that were kept, as far as the next one is concerned, which is at `next`.

    A page that is refused, for whatever reason, leaves no trace: it would have made another value.
    `total` is how many rows there will be, `problem` why there is no next page although there are
    more. `most_rows` is how many rows the longest page had, `at` the address of the last one. What
    was `understood` may have names that the API made of secrets.
    """

    next: str | None
    decoder: Decoder
    columns: Columns
    pages: int = 0
    total: int | None = None
    problem: UnexpectedAnswer | None = None
    most_rows: int = 0
    at: str = ""
    _last: Page | None = None
    _first_pages: tuple[Page, ...] = ()
    _restarted: bool = False
    _similar_pages: int = 0
    _trusted: bool = False
    _counted: bool = False
    _at_most: int | None = None
    _idle: int = 0
    _hint: str = ""
    _otherwise: tuple[str, ...] = ()
    _tried: tuple[str, ...] = ()
    stays: bool = False
    led_by_header: bool = False
    understood: Understood = _NOTHING_YET
    doubts: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        """How many rows were kept."""
        return self.columns.rows

    def read(self, response: Response, plan: Plan) -> Arrived:
        """Return the answer from `next` and the way on from it, before its records become columns.

        Raises UnexpectedAnswer, AnswerTooLarge or ServerUnreachable.
        """
        decoder = self.decoder.copy()
        left = None if plan.limit is None else plan.limit - self.rows
        if response.status == NO_CONTENT and self.pages and not self._counted:
            raise UnexpectedAnswer(
                f"Page {self.pages + 1} has no content (status 204), although the page before it "
                "leads there.",
                next_step="Try again later.",
            )
        try:
            decoded = decoder.decode(response, page=self.pages + 1, rows=left)
        except UnexpectedAnswer as problem:
            raise quoted_problem(problem, response.hidden) from None
        decoder.keep(decoded)
        try:
            way = onward(self._info(response, decoded, plan), plan.way)
        except UnexpectedAnswer as problem:
            return Arrived(response, decoder, decoded, problem)
        return Arrived(response, decoder, decoded, way)

    def likely_next(self, arrived: Arrived) -> Onward:
        """Return the way on from an answer before its page is checked; none if that is a guess."""
        way = arrived.way
        if isinstance(way, UnexpectedAnswer) or self._otherwise or self.stays or way.stays:
            return Onward(None)
        return way

    def after(
        self, arrived: Arrived, plan: Plan, visited: AbstractSet[str]
    ) -> tuple[SoFar, Page | None, Onward]:
        """Return what is known after the answer from `next`, its page, and the way on.

        There is no page if a repeated one shows that the pages before it were all. `visited` are
        the addresses of those. Raises UnexpectedAnswer for a page that cannot be the next one.
        """
        hidden = arrived.response.hidden
        try:
            after, page, way = self._after(arrived, plan, visited)
        except UnexpectedAnswer as problem:
            raise quoted_problem(problem, hidden) from None
        if after.problem is not None:
            quoted_problem(after.problem, hidden)
        doubts = tuple(without(doubt, hidden) for doubt in after.doubts)
        return after if doubts == after.doubts else replace(after, doubts=doubts), page, way

    def _after(
        self, arrived: Arrived, plan: Plan, visited: AbstractSet[str]
    ) -> tuple[SoFar, Page | None, Onward]:
        number, limit = self.pages + 1, plan.limit
        left = None if limit is None else limit - self.rows
        decoded, way = arrived.decoded, arrived.way
        if isinstance(way, UnexpectedAnswer):
            if self._otherwise:
                return self._another_way()
            raise self._ignored() if self._tried else way
        page, at = decoded.page, self.next or ""
        whole = self._whole(page, arrived.response, cut=page.rows == left)
        again = repeats.same_rows(whole, self._last)
        similar = not again and repeats.same_records(whole, self._last)
        if again and (self.rows == self._at_most or self.stays):
            return replace(self, next=None), None, Onward(None, total=self.total)
        # An answer that gives the number asked for has heeded the parameter.
        confirmed = way.counted and plan.way is None
        if self._otherwise and not confirmed and self._is_wrong(whole, again=again or similar):
            return self._another_way(similar=similar)
        if similar and self._tried and self._similar_pages:
            raise self._ignored()
        if again:
            self._check_repeated(whole, way, visited)
        restarted = self._check_restarted(whole, way)
        at_most = self._believed(way, page.rows)
        _check_total(number, self.rows + page.rows, at_most)
        columns = self.columns.grown(page, arrived.response.hidden)
        if limit is not None and columns.rows >= limit:
            way = Onward(None, total=way.total)
        after = replace(
            self,
            next=way.next,
            decoder=arrived.decoder,
            columns=columns,
            pages=number,
            total=way.total if limit is None else min(limit, way.total or limit),
            problem=way.problem,
            most_rows=max(self.most_rows, page.rows),
            stays=way.stays,
            led_by_header=way.by_header,
            understood=self.understood if self.pages else _understood(decoded, way),
            doubts=_doubts(way, columns.rows, at_most, plan),
            _hint=way.hint,
            _otherwise=way.otherwise,
            _tried=(),
            at=at,
            _last=page,
            _first_pages=self._with_first_pages(page),
            _restarted=restarted,
            _similar_pages=(self._similar_pages + 1) * similar,
            _counted=way.counted,
            _at_most=at_most,
            _idle=self._idle + 1 if not page.rows or (again and at_most is None) else 0,
        )
        after.check_idle()
        return after, page, way

    def _info(self, response: Response, decoded: Decoded, plan: Plan) -> PageInfo:
        return PageInfo(
            response.url,
            self.pages + 1,
            decoded.rows,
            decoded.outline,
            response.headers,
            decoded.last,
            requested=self.next or "",
            first=plan.url,
            records=decoded.path or "",
            before=self.rows,
            guessed=response.is_json,
            led_by_header=self.led_by_header,
        )

    def without_page(self) -> SoFar:
        """Return the same without the last page, which would keep its records in memory."""
        return replace(self, _last=None, _first_pages=())

    def _whole(self, page: Page, response: Response, *, cut: bool) -> Page:
        """Return a page with all its rows, if those that a limit left may be of the page before."""
        last = self._last
        if last is None or not cut or not 0 < page.rows < last.rows:
            return page
        if not repeats.may_repeat(page, last):
            return page
        return self.decoder.copy().decode(response, page=self.pages + 1).page

    def _is_wrong(self, page: Page, *, again: bool) -> bool:
        """Whether a page is not the next one, and another address may lead there.

        It is the page before, or begins with its last row: the API counts from 1.
        """
        same_names = sent_values(self._otherwise[0]).keys() == sent_values(self.next or "").keys()
        last = self._last
        if again and same_names:
            by_page = sent_values(self._otherwise[0]).items() - sent_values(self.next or "").items()
            return {value for _, value in by_page} == {"2"}
        if again:
            return not repeats.all_alike(page)
        return same_names and last is not None and repeats.overlaps(page, last)

    def _another_way(self, *, similar: bool = False) -> tuple[SoFar, None, Onward]:
        """Return what is known without this page, which is asked for in another way."""
        following, *others = self._otherwise
        after = replace(
            self,
            next=following,
            _otherwise=tuple(others),
            _tried=(*self._tried, self.next or ""),
            _similar_pages=self._similar_pages + similar,
        )
        return after, None, Onward(following, total=self.total)

    def _check_repeated(self, page: Page, way: Onward, visited: AbstractSet[str]) -> None:
        """Raise UnexpectedAnswer for the rows of the page before, if they cannot be new ones.

        Rows that are all alike may fill many pages. If an API leads to the next page, to one
        that was not seen yet or to the end, it knows what it does.
        """
        number = self.pages + 1
        if way.next is not None and (way.next == self.next or way.next in visited):
            why = f", with the same rows as page {self.pages}"
            raise points_back(number, f"{why}: the API ignores {self._moved()}", self._hint)
        alike = page.rows > 1 and repeats.all_alike(page)
        if alike or (not self._counted and (way.next is None or page.rows == 1)):
            return
        raise self._ignored()

    @property
    def is_doubtful(self) -> bool:
        """Whether pages have the same records, and only `judged` can tell if the API moves on."""
        many = self._similar_pages >= (_DOUBTFUL if self._counted else _NOTHING_NEW)
        again = self.next is not None and "#" not in self.at and not self.stays
        return many and again and not self._trusted

    def judged(self, response: Response) -> SoFar:
        """Return what is known after a second answer from `at`, if that is the same as the first.

        Raises UnexpectedAnswer if it isn't: then values change with every request, although the
        records stay the same.
        """
        page = self.decoder.copy().decode(response, page=self.pages).page
        if repeats.same_rows(page, self._last):
            return replace(self, _trusted=True)
        problem = UnexpectedAnswer(
            f"Page {self.pages} has the same records as page {self.pages - 1}, except for values "
            "that change with every request: the API ignores "
            f"{foreign_text(' and '.join(self._changed(self.next or '')))}.",
            next_step=_named(self._hint),
        )
        raise quoted_problem(problem, response.hidden)

    def _with_first_pages(self, page: Page) -> tuple[Page, ...]:
        """Return the first two pages with rows that aren't large, to notice if they come again."""
        enough = len(self._first_pages) > 1 or not page.rows or not repeats.is_small(page)
        return self._first_pages if enough else (*self._first_pages, page)

    def _check_restarted(self, page: Page, way: Onward) -> bool:
        """Return whether a page is the first one again; raise UnexpectedAnswer if the next is, too.

        One page may come twice for other reasons. An API that leads to its next page, or tells
        how many rows there are, doesn't start over.
        """
        known = not way.counted or way.total is not None
        if len(self._first_pages) < 2 or way.next is None or known:
            return False
        first, second = self._first_pages
        if self._restarted and repeats.is_distinctive(second) and repeats.same_rows(page, second):
            raise UnexpectedAnswer(
                f"Pages {self.pages} and {self.pages + 1} repeat the first two: the API starts "
                "over after its last page.",
                next_step=f"If there are no other rows, pass limit={self.rows - first.rows}. "
                f"{_named(self._hint)}",
            )
        return repeats.same_rows(page, first)

    def _ignored(self) -> UnexpectedAnswer:
        step = _named(self._hint)
        if self._tried and self._similar_pages and self._counted:
            # A page with other values of the same records is not to be lost.
            name = foreign_text(" and ".join(self._changed(self.next or "")))
            step = (
                "If each page has the same records with other values, say where the first one is: "
                f'params={{"{name}": 0}}. {step}'
            )
        return UnexpectedAnswer(
            f"Page {self.pages + 1} has the same rows as page {self.pages}: the API ignores "
            f"{self._moved()}, or repeats its last page.",
            next_step=step,
        )

    def _moved(self) -> str:
        """Return the parameters that led on from the page before: "page=2"."""
        tried = (*self._tried, self.next or "")
        found = {tuple(self._changed(one)): self._shown(one) for one in tried}
        return foreign_text(" and ".join(found.values())) or "the address that it sent"

    def _shown(self, address: str) -> str:
        # A value that the API made may be confidential.
        query = sent_values(address)
        names = self._changed(address)
        return " and ".join(f"{name}={query[name]}" if self._counted else name for name in names)

    def _changed(self, address: str) -> list[str]:
        before, query = sent_values(self.at), sent_values(address)
        return [name for name, value in query.items() if before.get(name) != value]

    def _believed(self, way: Onward, rows: int) -> int | None:
        """Return how many rows there are at most, None if no number means that."""
        if way.estimated or (self.pages and self._at_most is None):
            return None
        if not self.pages and way.total is not None and not way.counted and rows >= way.total:
            # It leads on nevertheless, so it counts the rows of a page.
            return None if way.next is not None else way.total
        # Rows may come and go meanwhile.
        return max((one for one in (self._at_most, way.total) if one is not None), default=None)

    def check_idle(self) -> None:
        """Raise UnexpectedAnswer if page after page has no rows."""
        if self.next is not None and self._idle >= _NOTHING_NEW:
            raise UnexpectedAnswer(
                f"Page {self.pages} says that there are more, but the last {_NOTHING_NEW} had "
                "nothing new.",
                next_step="Check whether the API counts its pages in another way: paging=….",
            )


def _named(hint: str) -> str:
    """Return what to write; `hint` is the cursor that was seen, with its parameter left open."""
    if not hint:
        return _ANOTHER_WAY
    return (
        f"Pass the parameter that takes the cursor, from the API's documentation: "
        f'paging={hint}. With paging="none", only this page is read.'
    )


def points_back(number: int, why: str = "", hint: str = "") -> UnexpectedAnswer:
    """Return the error for a page that leads to one that was seen before it."""
    message = f"Page {number} points back to an earlier page{why}."
    return UnexpectedAnswer(message, next_step=_named(hint))


def _check_total(number: int, rows: int, at_most: int | None) -> None:
    if at_most is not None and rows > at_most:
        raise UnexpectedAnswer(
            f"Page {number} brings the total to {rows} rows, but the API says that there are only "
            f"{at_most}.",
            next_step=f"The pages overlap, or the API counts them in another way. {_ANOTHER_WAY}",
        )


def _understood(decoded: Decoded, way: Onward) -> Understood:
    """Return what the first page says, in words."""
    following = way.how or ("the API gives it" if way.next else "there is only this page")
    return Understood(decoded.records, following, way.total, decoded.left_out)


def _doubts(way: Onward, rows: int, at_most: int | None, plan: Plan) -> tuple[str, ...]:
    """Return why there may be more rows, if there is no next page and no limit."""
    alone = plan.way is not None and plan.way.kind == "none"
    if way.next is not None or way.problem is not None or plan.limit is not None or alone:
        return ()
    if way.doubt:
        return (way.doubt,)
    in_the_middle = number_in(plan.url, PAGES | OFFSETS) is not None
    short = at_most is not None and rows < at_most and not in_the_middle
    return (short_of(rows, at_most),) if short and at_most is not None else ()
