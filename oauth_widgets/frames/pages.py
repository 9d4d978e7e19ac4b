"""A page as far as the way on is concerned, and that way: plain values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from oauth_widgets.errors import UnexpectedAnswer
from oauth_widgets.frames.envelope import Outline


@dataclass(frozen=True)
class PageInfo:
    """A page, as far as the way on is concerned; `page` is its number among those fetched.

    `last` gives what the last record has under a dotted name. `requested` is the address that was
    asked for, which a redirect may have led away from, and `first` that of the first page: its
    query is the person's own. `records` is the dotted path of the records, and `before` the number
    of rows on earlier pages. A page that is `guessed` at is JSON, so that its length means
    something. `led_by_header` says that a header of the page before it led here.
    """

    url: str
    page: int
    rows: int
    outline: Outline
    headers: Mapping[str, str] = field(default_factory=dict)
    last: Callable[[str], Any] = lambda _: None
    requested: str = ""
    first: str = ""
    records: str = ""
    before: int = 0
    guessed: bool = False
    led_by_header: bool = False

    @property
    def sent(self) -> str:
        """The address that was asked for, with what a redirect may have dropped."""
        return self.requested or self.url


@dataclass(frozen=True)
class Onward:
    """The next page's address, None after the last, and the addresses foreseen `ahead` of it.

    `total` is the number of rows in all, if it is known, and `estimated` whether that is a guess.
    `problem` is why there is no way on although there are more pages, `doubt` why there may be
    more. `counted` says that the address was made here by counting, and not taken from the answer.
    If the next page repeats this one, the addresses `otherwise` are tried in its place. `stays`
    says that the cursor is the one that was sent, so that the address is the same again. `how` says
    in words what leads on, and `by_header` that it is a header, which may be missing after the last
    page. `hint` is the `paging=` for a cursor whose parameter was guessed.
    """

    next: str | None
    ahead: Iterable[str] = ()
    total: int | None = None
    problem: UnexpectedAnswer | None = None
    estimated: bool = False
    counted: bool = False
    otherwise: tuple[str, ...] = ()
    stays: bool = False
    by_header: bool = False
    doubt: str = ""
    how: str = ""
    hint: str = ""
