"""What an answer says of pages: numbers, words and links, around its records and above them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from oauth_widgets._net.address import absolute
from oauth_widgets.frames.envelope import Outline, Rows
from oauth_widgets.frames.vocabulary import AROUND, ASIDE, HOLDERS, LONGEST, ORDINARY, SURE, plain

NEXT: tuple[str, ...] = ("next", "nexthref", "nextlink", "nextpage", "nextpagelink", "nextpageurl")
NEXT += (
    "nexturi",
    "nexturl",
    "nextpageuri",
    "nextrecordsurl",
    "afterurl",
    "nextresults",
    "moreurl",
)
_MORE: tuple[str, ...] = (
    "hasmore",
    "hasnext",
    "hasnextpage",
    "istruncated",
    "exceededtransferlimit",
    "moreitems",
)
_MORE += ("hasmoreitems", "hasmoreresults", "morerecords", "moreresultsavailable", "more")
_SURELY_LAST = ("islast", "islastpage", "endofstream", "endofrecords", "isend", "nomore")
_LAST = (*_SURELY_LAST, "last", "done", "lastpage", "end", "complete", "isdone")
_ENDINGS = frozenset({*_MORE, *_LAST})
_TOTAL = re.compile(
    r"(?:i?total|est(?:imated)?total)"
    r"(?:count|elements?|items?|results?|records?|rows?|size|hits|entries|found|num|number|objects"
    r"|matches|docs|features|resources|displayrecords)?"
    r"|(?:count|hits?|results?|records?|items?|entries|rows?|num|numrows|numresults)total"
    r"|n(?:b|um)(?:hits|results|items|records|rows|objects|total)|(?:num|total)?found"
    r"|(?:number)?matched|hitcount|recordsfiltered|fullcount|availableresults"
)
_COUNT = ("count", "resultcount", "recordcount", "hits", "rowcount", "itemcount", "entrycount")
_DEEPEST = 3
_WHOLE = 10**12


@dataclass(frozen=True)
class Sign:
    """A member that describes pages: its `name` as written, its dotted `path`, what it holds."""

    name: str
    path: str
    value: Any


class Signs:
    """The members of an answer that describe pages, found by one scan of what is around `records`.

    What is closer to the records comes before what is further away.
    """

    def __init__(self, outline: Outline, records: str = "") -> None:
        self._holders = list(_around(outline, records))
        self._found: dict[str, Sign] = {}
        for path, holder in self._holders:
            parent = plain(path.rpartition(".")[2])
            for name, value in holder.items():
                if isinstance(value, dict | list | Rows):
                    continue
                sign = Sign(name, f"{path}.{name}" if path else name, value)
                self._found.setdefault(plain(name), sign)
                if parent in {"next", "cursor", "cursors"}:
                    key = f"next{plain(name)}" if parent == "next" else "nextcursor"
                    if parent == "next" or plain(name) in {"next", "after"}:
                        self._found.setdefault(key, sign)

    def sign(self, names: tuple[str, ...]) -> Sign | None:
        """Return the first of `names` that holds a word or a number."""
        for name in names:
            sign = self._found.get(name)
            value = None if sign is None else sign.value
            if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
                return sign
        return None

    def ends_at(self, name: str) -> bool:
        """Whether a member of this name is there and says that nothing follows."""
        sign = self._found.get(name)
        return sign is not None and sign.value in (None, "", False)

    def whole(self, names: tuple[str, ...]) -> tuple[str, int] | None:
        """Return the first of `names` that holds a whole number, as it is written, and that."""
        for name in names:
            sign = self._found.get(name)
            number = None if sign is None else whole(sign.value)
            if sign is not None and number is not None:
                return sign.name, number
        return None

    def total(self, *, at_least: int) -> int | None:
        """Return how many rows there are in all, if the answer says so.

        `count` is in some answers the number of records on the page: it is believed if it is more
        than `at_least`.
        """
        # One that is an object has its number inside: {"value": 5, "relation": "eq"}.
        for _, holder in self._holders:
            for name, value in holder.items():
                inner = value.get("value") if isinstance(value, dict) else value
                if _is_total(plain(name)) and (number := whole(inner)) is not None:
                    return number
        counted = self.whole(_COUNT)
        return counted[1] if counted is not None and counted[1] > at_least else None

    @property
    def estimated(self) -> bool:
        """Whether it says that the number of rows in all is a guess, or the least there are."""
        for _, holder in self._holders:
            for name, value in holder.items():
                relation = value.get("relation") if isinstance(value, dict) else None
                if relation == "gte" or (plain(name).endswith("relation") and value == "gte"):
                    return True
                key = plain(name)
                if value is True and ("estimat" in key or "approx" in key):
                    return True
        return False

    @property
    def no_more(self) -> bool:
        """Whether it says in so many words that this page is the last."""
        if self._found.keys().isdisjoint(_ENDINGS):
            return False
        said = [self._found[name].value for name in _MORE if name in self._found]
        last = any(self._true(name) for name in _LAST)
        return (bool(said) and not any(said)) or last

    @property
    def surely_no_more(self) -> bool:
        """Whether it says so by a name with one meaning, so that a link next to it is ignored."""
        if self._found.keys().isdisjoint(_ENDINGS):
            return False
        said = [self._found[name].value for name in _MORE[:-1] if name in self._found]
        no = bool(said) and all(one is False or one == "false" for one in said)
        return no or any(self._true(name) for name in _SURELY_LAST)

    @property
    def more(self) -> str | None:
        """The name of the member that says that there are more."""
        for name in (*_MORE, *NEXT):
            sign = self._found.get(name)
            if sign is not None and sign.value and sign.value != "false":
                return sign.name
        for name in _LAST:
            sign = self._found.get(name)
            if sign is not None and (sign.value is False or sign.value == "false"):
                return sign.name
        return None

    @property
    def links_pages(self) -> bool:
        """Whether it is of a kind that links its pages, so that no link means no page."""
        named = any(name in self._found for name in NEXT)
        odata = any(name.startswith("@odata.") for _, one in self._holders for name in one)
        return named or odata or self.has_links

    @property
    def has_links(self) -> bool:
        """Whether it has links, to whatever."""
        return any(
            plain(name) == "links" or (isinstance(value, Rows) and value.members)
            for _, holder in self._holders
            for name, value in holder.items()
        )

    def link(self, names: tuple[str, ...], url: str) -> str | None:
        """Return the address that a link of one of these relations leads to, from `url` on."""
        for path, holder in self._holders:
            base = holder.get("base")
            for name, value in holder.items():
                for link in _links(name, value, names):
                    # Anywhere else such a name may hold a word or a date.
                    if _is_address(link, plain(path.rpartition(".")[2])):
                        return absolute(_based(link, base), url)
        return None

    def members(self) -> Iterator[tuple[str, Any]]:
        """Yield what was found, by its dotted path."""
        for sign in self._found.values():
            yield sign.path, sign.value

    def _true(self, name: str) -> bool:
        sign = self._found.get(name)
        return sign is not None and (sign.value is True or sign.value == "true")


@lru_cache(4096)
def _is_total(name: str) -> bool:
    return _TOTAL.fullmatch(name) is not None


def whole(value: object) -> int | None:
    """Return a whole number, also if it is text or a float such as 5.0; None for anything else."""
    if isinstance(value, str) and value.isdecimal() and len(value) <= 12:
        value = int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _WHOLE:
        return value
    return None


def _around(outline: Outline, records: str) -> Iterator[tuple[str, Outline]]:
    """Yield the objects that may describe the pages, those closest to the records first."""
    levels: list[tuple[str, Outline]] = [("", outline)]
    on_the_way: list[object] = []
    names = records.split(".")[:-1] if records else []
    for name in names:
        path, level = levels[-1]
        inner = level.get(name)
        if not isinstance(inner, dict):
            break
        on_the_way.append(inner)
        levels.append((f"{path}.{name}" if path else name, inner))
    for path, level in reversed(levels):
        yield path, level
        yield from _holders(path, level, on_the_way, 1, inside=False)


def _holders(
    path: str, level: Outline, but: list[object], depth: int, *, inside: bool
) -> Iterator[tuple[str, Outline]]:
    for name, value in level.items():
        if not isinstance(value, dict) or len(name) > LONGEST or any(value is one for one in but):
            continue
        key = plain(name)
        if key in ASIDE and key not in {"responseheader", "params", "request", "headers"}:
            continue
        here = f"{path}.{name}" if path else name
        # An object inside a holder describes pages too, such as `meta.results`.
        if inside or key in HOLDERS | AROUND or key in NEXT or _looks_like_one(value):
            yield here, value
        if depth < _DEEPEST:
            describes = inside or key in HOLDERS
            yield from _holders(here, value, but, depth + 1, inside=describes)


def _looks_like_one(value: Outline) -> bool:
    names = {plain(name) for name in value}
    return bool(names & SURE) or len(names & ORDINARY) > 1


def _links(name: str, value: object, names: tuple[str, ...]) -> Iterator[str]:
    """Yield the targets of the links in a member: a string, an object with `href`, or a list."""
    listed = value.members if isinstance(value, Rows) else ()
    if not listed and not isinstance(value, str | dict):
        return
    for link in listed or [value]:
        relation = name
        if listed and isinstance(link, dict):
            relation = str(link.get("rel") or link.get("relation"))
        target = link.get("href") or link.get("url") if isinstance(link, dict) else link
        key = plain(relation)
        linking = key in names or (
            key.startswith("more") and key.endswith("url") and "moreurl" in names
        )
        if linking and isinstance(target, str) and target:
            yield target


def _is_address(text: str, holder: str) -> bool:
    if "://" in text or text[0] in "/?":
        return True
    # A word may have a slash in it, as Base64 has.
    return holder == "links" or ("?" in text and "=" in text) or text.startswith("./")


def _based(link: str, base: object) -> str:
    """Return a link below the base that the answer gives for it (Confluence)."""
    rooted = link.startswith("/") and not link.startswith("//")
    if not rooted or not isinstance(base, str) or "://" not in base:
        return link
    root = "/".join(base.split("/")[:3])
    own = base.removeprefix(root).rstrip("/")
    return root + link if own and link.startswith(f"{own}/") else root + own + link
