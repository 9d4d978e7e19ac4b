"""What one request sees of a made-up collection: its page of rows and the way to the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

PER_PAGE = 2
MANY, ONE, NONE = 5, 2, 0

Row = dict[str, Any]
Place = Callable[[Mapping[str, str]], int]


@dataclass(frozen=True)
class View:
    """The page that begins with row `first` of `total`; `link` makes addresses of this API."""

    base: str
    path: str
    query: dict[str, str]
    first: int
    total: int
    parameter: str
    counts: str

    @property
    def rows(self) -> list[Row]:
        last = min(self.first + PER_PAGE, self.total)
        return [{"id": n, "name": f"n{n}"} for n in range(self.first, last)]

    @property
    def more(self) -> bool:
        return self.first + PER_PAGE < self.total

    @property
    def number(self) -> int:
        """The page's number, counted from 1."""
        return self.first // PER_PAGE + 1

    @property
    def pages(self) -> int:
        return -(-self.total // PER_PAGE)

    @property
    def word(self) -> str | None:
        """What goes into the parameter for the next page."""
        following = self.first + PER_PAGE
        if not self.more:
            return None
        numbers = {
            "page": self.number + 1,
            "page0": self.number,
            "offset": following,
            "offset1": following + 1,
        }
        return str(numbers.get(self.counts, f"t{following}"))

    @property
    def link(self) -> str | None:
        """The whole address of the next page."""
        rest = self.relative
        return None if rest is None else self.base + rest

    @property
    def relative(self) -> str | None:
        query = urlencode({**self.query, self.parameter: self.word})
        return f"{self.path}?{query}" if self.more else None

    def opt(self, name: str, value: object = None) -> dict[str, Any]:
        """Return a member that is left out on the last page."""
        value = self.word if value is None else value
        return {name: value} if self.more else {}


@dataclass(frozen=True)
class Shape:
    """An API's way of answering: the `docs` that describe it, and the answer to a request.

    `counts` says what the `parameter` holds: a page from 1 or 0, an offset from 0 or 1, or a token.
    Without `hint` everything is found; with one, an answer of many pages is refused or warned of
    without it. `ids` names the column with the numbers of rows, and `to_send` is the query of the
    first address.
    """

    name: str
    docs: str
    parameter: str
    counts: str
    body: Callable[[View], Any]
    headers: Callable[[View], dict[str, str]] = lambda _: {}
    hint: dict[str, Any] = field(default_factory=dict)
    ids: str = "id"
    to_send: str = ""
    kind: str = "application/json"
    single: bool = False

    def view(self, base: str, target: str, total: int) -> View:
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query))
        text = query.get(self.parameter, "")
        first = 0
        if self.counts == "token":
            first = int(text[1:]) if text[:1] == "t" and text[1:].isdecimal() else 0
        elif text.isdecimal():
            number = int(text)
            places = {
                "page": (number - 1) * PER_PAGE,
                "page0": number * PER_PAGE,
                "offset": number,
                "offset1": number - 1,
            }
            first = max(places[self.counts], 0)
        if self.single:
            first = 0
        return View(base, parts.path, query, first, total, self.parameter, self.counts)


def features(view: View) -> list[dict[str, Any]]:
    point = {"type": "Point", "coordinates": [1.5, 2.5]}
    return [{"type": "Feature", "id": row["id"], "geometry": point} for row in view.rows]
