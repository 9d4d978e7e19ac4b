"""What a fetch knows after some pages, and what one more adds: the whole of it, or nothing."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Any

from oauth_widgets.errors import UnexpectedAnswer, foreign_text
from oauth_widgets.frames.address import parameters
from oauth_widgets.frames.asked import Asked
from oauth_widgets.frames.columns import Columns, Page, Path
from oauth_widgets.frames.decode import Decoded, Decoder
from oauth_widgets.frames.paging import Onward, Seen, onward
from oauth_widgets.frames.understood import Understood
from oauth_widgets.protocol.message import Response

_NOTHING_NEW = 100
_NOTHING_YET = Understood()
_ANOTHER_WAY = (
    'Name the parameter that the API counts by, as in paging={"page": "p"} or {"offset": "start"}, '
    'or the member that leads on, as in {"next": "more.url"}; with paging="none" this page is all.'
)


@dataclass(frozen=True)
class SoFar:
    """The pages that were kept, as far as the next one is concerned, which is at `next`.

    A page that is refused, for whatever reason, leaves no trace: it would have made another value.
    `total` is how many rows there will be, `problem` why there is no next page although there are
    more. `most_rows` is how many rows the longest page had.
    """

    next: str | None
    decoder: Decoder
    columns: Columns
    pages: int = 0
    total: int | None = None
    problem: UnexpectedAnswer | None = None
    most_rows: int = 0
    left_out: tuple[str, ...] = ()
    _at: str = ""
    _last: Page | None = None
    _counted: bool = False
    _at_most: int | None = None
    _idle: int = 0
    understood: Understood = _NOTHING_YET

    @property
    def rows(self) -> int:
        """How many rows were kept."""
        return self.columns.rows

    def after(
        self, response: Response, asked: Asked, seen: AbstractSet[str]
    ) -> tuple[SoFar, Page | None, Onward]:
        """Return what is known after the answer from `next`, its page, and the way on.

        There is no page where a repeated one shows that the pages before it were all. `seen` are
        the addresses of those. Raises UnexpectedAnswer for a page that cannot be the next one.
        """
        number, limit = self.pages + 1, asked.limit
        decoder = self.decoder.copy()
        left = None if limit is None else limit - self.rows
        decoded = decoder.decode(response, page=number, rows=left)
        decoder.keep(decoded)
        page, at = decoded.page, self.next or ""
        way = onward(
            Seen(
                response.url,
                number,
                page.rows,
                decoded.outline,
                response.headers,
                page.last,
                asked=at,
                first=asked.url,
            ),
            asked.way,
        )
        again = _same_rows(page, self._last, cut=page.rows == left)
        if again and self.rows == self._at_most:
            return replace(self, next=None), None, Onward(None, total=self.total)
        if again:
            self._check_repeated(page, way, seen)
        at_most = self._believed(way, page.rows)
        _check_total(number, self.rows + page.rows, at_most)
        columns = self.columns.grown(page, response.hidden)
        if limit is not None and columns.rows >= limit:
            way = Onward(None, total=way.total)
        after = replace(
            self,
            next=way.next,
            decoder=decoder,
            columns=columns,
            pages=number,
            total=way.total if limit is None else min(limit, way.total or limit),
            problem=way.problem,
            most_rows=max(self.most_rows, page.rows),
            left_out=self.left_out or decoded.left_out,
            understood=self.understood if self.pages else _understood(decoded, way),
            _at=at,
            _last=page,
            _counted=way.counted,
            _at_most=at_most,
            _idle=self._idle + 1 if not page.rows or (again and at_most is None) else 0,
        )
        after.check_idle()
        return after, page, way

    def without_page(self) -> SoFar:
        """Return the same without the last page, which would keep its records in memory."""
        return replace(self, _last=None)

    def _check_repeated(self, page: Page, way: Onward, seen: AbstractSet[str]) -> None:
        """Raise UnexpectedAnswer for the rows of the page before, where they cannot be new ones.

        Rows that are all alike may fill many pages, and where an API leads on by itself, to a page
        that was not seen yet or to the end, it knows what it does.
        """
        number = self.pages + 1
        if way.next is not None and (way.next == self.next or way.next in seen):
            why = f", with the same rows as page {self.pages}"
            raise points_back(number, f"{why}: the API takes no notice of {self._moved()}")
        alike = page.rows > 1 and _all_alike(page)
        if alike or (not self._counted and (way.next is None or page.rows == 1)):
            return
        raise UnexpectedAnswer(
            f"Page {number} has the same rows as page {self.pages}: the API takes no notice of "
            f"{self._moved()}, or gives its last page again.",
            next_step=_ANOTHER_WAY,
        )

    def _moved(self) -> str:
        """Return the parameter that led on from the page before: "page=2"."""
        before, query = parameters(self._at), parameters(self.next or "")
        moved = [name for name, value in query.items() if before.get(name) != value]
        # where the API made it, what it holds is its own affair
        written = [f"{name}={query[name]}" if self._counted else name for name in moved]
        return foreign_text(" and ".join(written)) or "the address that it gave"

    def _believed(self, way: Onward, rows: int) -> int | None:
        """Return how many rows there are at most, None where nothing that is said means that."""
        if way.estimated or (self.pages and self._at_most is None):
            return None
        if not self.pages and way.total is not None and not way.counted and rows >= way.total:
            # it leads on nevertheless, so it counts the rows of a page
            return None if way.next is not None else way.total
        # rows may come and go meanwhile
        return max((one for one in (self._at_most, way.total) if one is not None), default=None)

    def check_idle(self) -> None:
        """Raise UnexpectedAnswer where pages go on and on and bring nothing."""
        if self.next is not None and self._idle >= _NOTHING_NEW:
            raise UnexpectedAnswer(
                f"Page {self.pages} says that there are more, and the last {_NOTHING_NEW} brought "
                "nothing new.",
                next_step="See whether the API counts its pages in another way: paging=….",
            )


def _understood(decoded: Decoded, way: Onward) -> Understood:
    records = "the answer is one record"
    if decoded.path is None or (not decoded.path and not decoded.outline):
        records = "the rows of the answer"
    elif decoded.path:
        records = f"the list at {foreign_text(decoded.path)}"
    paging = "this page is all"
    if way.next is not None:
        paging = "a number is counted up" if way.counted else "the answer leads to the next page"
    return Understood(records, paging, way.total, decoded.left_out)


def points_back(number: int, why: str = "") -> UnexpectedAnswer:
    """Return the error for a page that leads to one that was seen before it."""
    message = f"Page {number} points back to an earlier page{why}."
    return UnexpectedAnswer(message, next_step=_ANOTHER_WAY)


def _check_total(number: int, rows: int, at_most: int | None) -> None:
    if at_most is not None and rows > at_most:
        raise UnexpectedAnswer(
            f"Page {number} would make it {rows} rows, and the API says that there are {at_most} "
            "in all.",
            next_step=f"Its pages overlap, or do not follow each other like this. {_ANOTHER_WAY}",
        )


def _same_rows(page: Page, other: Page | None, *, cut: bool) -> bool:
    """Whether a page has the rows of another one; of a page that the limit `cut`, the first."""
    if other is None or not 0 < page.rows <= other.rows:
        return False
    if page.rows == other.rows:
        return page.arrays == other.arrays
    return cut and _filled(page) == _filled(other.first(page.rows))


def _filled(page: Page) -> dict[Path, list[Any]]:
    """Return the values of a page, whatever rows that are cut off made of their types."""
    return {
        path: array.to_pylist()
        for path, array in page.arrays.items()
        if array.null_count < len(array)
    }


def _all_alike(page: Page) -> bool:
    return all(array[1:].equals(array[:-1]) for array in page.arrays.values())
