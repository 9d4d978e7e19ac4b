"""What an answer says of pages: numbers, words, links, wherever in it they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from oauth_widgets.frames.envelope import AROUND, HOLDERS, Outline, Rows, plain
from oauth_widgets.protocol.address import absolute
from oauth_widgets.resource.content_range import content_range

NEXT: tuple[str, ...] = (
    "next",
    "nexthref",
    "nextlink",
    "nextpage",
    "nextpagelink",
    "nextpageurl",
    "nexturi",
)
NEXT += ("nexturl", "nextrecordsurl")
_MORE = ("hasmore", "hasnext", "hasnextpage", "istruncated", "more")
_LAST = ("last", "islast", "done")
_TOTAL: tuple[str, ...] = (
    "total",
    "totalcount",
    "totalelements",
    "totalitems",
    "totalresults",
    "totalrecords",
)
_TOTAL += ("totalrows", "totalsize")
_TOTAL_HEADERS = ("x-total-count", "x-total", "total-count")
_WHOLE = 10**12


class Signs:
    """The members of an answer that describe pages, found by the usual names."""

    def __init__(self, outline: Outline) -> None:
        self._outline = outline
        self._found: dict[str, tuple[str, Any]] = {}
        for holder in (outline, *_holders(outline)):
            for name, value in holder.items():
                if not isinstance(value, Mapping | list | Rows):
                    self._found.setdefault(plain(name), (name, value))

    def word(self, names: tuple[str, ...]) -> tuple[str, str | int] | None:
        """Return the first of `names` that holds a word or a number, as it is written, and that."""
        for name in names:
            written, value = self._found.get(name, ("", None))
            if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                return written, value
        return None

    def whole(self, names: tuple[str, ...]) -> tuple[str, int] | None:
        """Return the first of `names` that holds a whole number, as it is written, and that."""
        for name in names:
            written, value = self._found.get(name, ("", None))
            if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _WHOLE:
                return written, value
        return None

    def total(self, headers: Mapping[str, str], *, at_least: int) -> int | None:
        """Return how many rows there are in all, where that is said.

        `count` is in some answers the number of records on the page: it is believed where there
        are more than `at_least`.
        """
        for name in _TOTAL_HEADERS:
            if headers.get(name, "").isdecimal():
                return min(int(headers[name][:13]), _WHOLE)
        part = content_range(headers)
        if part is not None and part.total is not None:
            return part.total
        if said := self.whole(_TOTAL):
            return said[1]
        counted = self.whole(("count",))
        return counted[1] if counted is not None and counted[1] > at_least else None

    @property
    def estimated(self) -> bool:
        """Whether it says that the number of rows in all is a guess, or the least there are."""
        for name, (_, value) in self._found.items():
            if name.endswith("relation") and value == "gte":
                return True
            if value is True and ("estimat" in name or "approx" in name):
                return True
        return False

    @property
    def no_more(self) -> bool:
        """Whether it says in so many words that this page is the last."""
        said = [self._found[name][1] for name in _MORE if name in self._found]
        last = any(self._found.get(name, ("", None))[1] is True for name in _LAST)
        return (bool(said) and not any(said)) or last

    @property
    def more(self) -> str | None:
        """The name of the member that says that there are more."""
        for name in (*_MORE, *NEXT):
            written, value = self._found.get(name, ("", None))
            if value:
                return written
        for name in _LAST:
            written, value = self._found.get(name, ("", None))
            if value is False:
                return written
        return None

    @property
    def links_pages(self) -> bool:
        """Whether it is of a kind that links its pages, so that no link means no page."""
        named = any(name in self._found for name in NEXT)
        odata = any(name.startswith("@odata.") for name in self._outline)
        links = any(
            plain(name) == "links" or (isinstance(value, Rows) and value.members)
            for name, value in self._outline.items()
        )
        return named or odata or links

    def link(self, names: tuple[str, ...], url: str) -> str | None:
        """Return the address that a link of one of these relations leads to, from `url` on."""
        for holder in (self._outline, *_holders(self._outline)):
            for name, value in holder.items():
                for link in _links(name, value, names):
                    # beside the records such a name may hold anything
                    if holder is not self._outline or _is_address(link):
                        return absolute(link, url)
        return None


def _holders(outline: Outline) -> Iterator[Outline]:
    for name, value in outline.items():
        if isinstance(value, Mapping) and plain(name) in HOLDERS | AROUND:
            yield value
            yield from _holders(value)


def _links(name: str, value: object, names: tuple[str, ...]) -> Iterator[str]:
    """Yield the targets of the links in a member: a string, an object with `href`, or a list."""
    listed = value.members if isinstance(value, Rows) else ()
    for link in listed or [value]:
        relation = name
        if listed and isinstance(link, Mapping):
            relation = str(link.get("rel") or link.get("relation"))
        target = link.get("href") or link.get("url") if isinstance(link, Mapping) else link
        if plain(relation) in names and isinstance(target, str) and target:
            yield target


def _is_address(text: str) -> bool:
    return "://" in text or text[0] in "/?"
