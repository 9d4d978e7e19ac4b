"""Ways of paging: how a request names a page, and how an answer points to the next one."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.wire import Params

Body = Callable[["Page"], object]

PER_PAGE = 500
MOST_PER_PAGE = 1000
_MOST_PAGES = 1_000_000
_SIZES = ("per_page", "limit")


@dataclass(frozen=True, kw_only=True)
class Window:
    """The rows of a page: `size` rows of `total`, starting at row `first`, counted from 0."""

    first: int
    size: int
    total: int

    @property
    def numbers(self) -> range:
        """The numbers of the rows; empty beyond the end of the list."""
        return range(self.first, min(self.first + self.size, self.total))

    @property
    def page(self) -> int:
        """The number of the page, from 1."""
        return self.first // self.size + 1

    @property
    def pages(self) -> int:
        """How many pages there are."""
        return -(-self.total // self.size)

    def moved_to(self, first: int) -> Window | None:
        """Return the page that starts at `first`, or None if there is none."""
        return replace(self, first=max(first, 0)) if -self.size < first < self.total else None

    @property
    def next(self) -> Window | None:
        """The page after this one."""
        return self.moved_to(self.first + self.size)

    @property
    def previous(self) -> Window | None:
        """The page before this one."""
        return self.moved_to(self.first - self.size)


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page to send; `address` gives the address of any page of the list."""

    service: str
    rows: list[dict[str, Any]]
    window: Window
    address: Callable[[Window], str]

    def link(self, window: Window | None) -> str | None:
        """Return the address of another page, or None if there is none."""
        return None if window is None else self.address(window)

    @property
    def links(self) -> dict[str, str]:
        """The addresses of the pages that exist, by relation (RFC 8288)."""
        window = self.window
        others = {
            "first": window.moved_to(0),
            "prev": window.previous,
            "next": window.next,
            "last": window.moved_to((window.pages - 1) * window.size),
        }
        return {name: self.address(other) for name, other in others.items() if other is not None}


@dataclass(frozen=True, kw_only=True)
class Style:
    """One way of paging: the parameters `place` and `size` name a page, `body` wraps its rows."""

    says: str
    body: Body
    place: str = "page"
    size: str = "per_page"
    media_type: str = "application/json"

    @property
    def parameters(self) -> tuple[str, ...]:
        """The parameters that name a page; the size has its usual names too."""
        return tuple(dict.fromkeys((self.place, self.size, *_SIZES)))

    def window(self, query: Params, total: int) -> Window:
        """Return the requested rows; raises Refusal for a place or size out of bounds."""
        given = next((name for name in self.parameters[1:] if query.get(name)), self.size)
        size = query.whole(given, PER_PAGE, 1, MOST_PER_PAGE)
        return Window(first=self._first(query, size), size=size, total=total)

    def written(self, window: Window) -> dict[str, str]:
        """Return the parameters that name a page."""
        places = {"page": window.page, "page[number]": window.page, "offset": window.first}
        place = places.get(self.place, _opaque(window.first))
        return {self.place: str(place), self.size: str(window.size)}

    def _first(self, query: Params, size: int) -> int:
        if self.place in {"page", "page[number]"}:
            return (query.whole(self.place, 1, 1, _MOST_PAGES) - 1) * size
        if self.place == "offset":
            return query.whole(self.place, 0, 0, _MOST_PAGES * MOST_PER_PAGE - 1)
        return _row(query.get(self.place), self.place)


def _opaque(first: int) -> str:
    return base64.urlsafe_b64encode(f"row {first}".encode()).rstrip(b"=").decode()


def _row(cursor: str | None, name: str) -> int:
    if cursor is None:
        return 0
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True)
    except ValueError:
        text = b""
    found = re.fullmatch(rb"row ([0-9]{1,9})", text)
    if found is None:
        raise Refusal("invalid_request", f"{name} is not from this API.")
    return int(found[1])


def _rows(page: Page) -> object:
    return page.rows


def _cursor(page: Page) -> object:
    after = page.window.next
    return {
        "items": page.rows,
        "next_cursor": None if after is None else _opaque(after.first),
        "has_more": after is not None,
    }


def _numbered(page: Page) -> object:
    window = page.window
    return {
        "items": page.rows,
        "page": window.page,
        "per_page": window.size,
        "total": window.total,
        "total_pages": window.pages,
    }


def _offset(page: Page) -> object:
    window = page.window
    return {
        "items": page.rows,
        "offset": window.first,
        "limit": window.size,
        "total": window.total,
    }


def _next(page: Page) -> object:
    return {
        "count": page.window.total,
        "next": page.link(page.window.next),
        "previous": page.link(page.window.previous),
        "results": page.rows,
    }


def _odata(page: Page) -> object:
    body = {"@odata.count": page.window.total, "value": page.rows}
    after = page.link(page.window.next)
    return body if after is None else {**body, "@odata.nextLink": after}


def _hal(page: Page) -> object:
    links = {"self": page.address(page.window), **page.links}
    return {
        "_embedded": {page.service: page.rows},
        "_links": {name: {"href": address} for name, address in links.items()},
        "total": page.window.total,
    }


def _jsonapi(page: Page) -> object:
    window = page.window
    return {
        "data": [
            {
                "type": page.service,
                "id": str(row.get("id", number)),
                "attributes": {name: value for name, value in row.items() if name != "id"},
            }
            for number, row in enumerate(page.rows, window.first + 1)
        ],
        "links": {
            "self": page.address(window),
            "prev": page.link(window.previous),
            "next": page.link(window.next),
        },
        "meta": {"total": window.total},
    }


STYLES = {
    "link": Style(
        says="An array; the other pages' addresses are in the Link header, the total in "
        "X-Total-Count",
        body=_rows,
    ),
    "cursor": Style(
        says="next_cursor in the body goes into the parameter cursor; no total",
        body=_cursor,
        place="cursor",
        size="limit",
    ),
    "page": Style(says="Page number and total in the body, no addresses", body=_numbered),
    "offset": Style(
        says="Offset, limit and total in the body, no addresses",
        body=_offset,
        place="offset",
        size="limit",
    ),
    "next": Style(says='The next page\'s address in the body, as "next"', body=_next),
    "odata": Style(
        says='OData: rows in "value", the next page\'s address in @odata.nextLink',
        body=_odata,
        place="$skiptoken",
    ),
    "hal": Style(
        says="HAL: rows in _embedded, the next page's address in _links.next.href",
        body=_hal,
        media_type="application/hal+json",
    ),
    "jsonapi": Style(
        says='JSON:API: rows in "data", the next page\'s address in links.next',
        body=_jsonapi,
        place="page[number]",
        size="page[size]",
        media_type="application/vnd.api+json",
    ),
}
