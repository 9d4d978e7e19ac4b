"""What the headers of an answer say about pages, except for Link."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from oauth_widgets.frames.signs import Sign, whole
from oauth_widgets.resource.content_range import content_range

NEXT_HEADERS = ("x-next-page", "x-next", "x-next-url", "x-next-link")
_OTHER = re.compile("cache|rate|limit|quota|time|byte|size|length")
_TOTAL = re.compile(
    r"(?:x-)?(?:[a-z]+-)*?(?:total(?:-?(?:count|results?|records?|items?|elements?|entries|rows))?"
    r"|hits|(?:results?|records?|count|items?)-total|totalcount)"
)
_PAGES = re.compile(r"(?:x-)?(?:[a-z]+-)*?(?:total-?pages|page-?count|pages-total|last-page)")
_PAGE = (
    "x-page",
    "x-current-page",
    "x-pagination-current-page",
    "x-page-number",
    "x-pagination-page",
)
_CURSOR = re.compile(
    r"(?:x-)?(?:[a-z]+-)*?(?:next-?(?:page-?)?(?:cursor|token|marker|offset|start|key|bookmark)"
    r"|cursor-next|continuation(?:-?token)?|locator|search-after|bookmark)"
)
_NOTHING = frozenset({"", "null", "none", "0", "-1", "false"})


@lru_cache(4096)
def _kind(name: str) -> str:
    """Return what a header of this name says: "total", "pages", "cursor", or "" for nothing."""
    if _OTHER.search(name):
        return ""
    kinds = {"total": _TOTAL, "pages": _PAGES, "cursor": _CURSOR}
    return next((kind for kind, pattern in kinds.items() if pattern.fullmatch(name)), "")


# The answers of one API have the same headers.
@lru_cache(256)
def _of_kind(names: tuple[str, ...], kind: str) -> tuple[str, ...]:
    return tuple(name for name in names if _kind(name) == kind)


def total_in(headers: Mapping[str, str]) -> int | None:
    """Return how many rows the headers say there are in all."""
    for name in _of_kind(tuple(headers), "total"):
        value = headers[name]
        if value.strip().isdecimal():
            return whole(value.strip()) or (0 if int(value[:13]) == 0 else 10**12)
    part = content_range(headers)
    return None if part is None else part.total


def pages_in(headers: Mapping[str, str]) -> tuple[int | None, int | None]:
    """Return the number of this page, and how many there are."""
    counts = (whole(headers[name]) for name in _of_kind(tuple(headers), "pages"))
    pages = next((one for one in counts if one is not None), None)
    numbers = (whole(headers[name]) for name in _PAGE if name in headers)
    return next((one for one in numbers if one is not None), None), pages


def cursor_in(headers: Mapping[str, str]) -> Sign | None:
    """Return the word for the next page that a header has; "" after the last."""
    for name in _of_kind(tuple(headers), "cursor"):
        found = headers[name].strip()
        return Sign(name, name, "" if found.lower() in _NOTHING else found)
    return None


def described_in(headers: Mapping[str, str]) -> dict[str, Any]:
    """Return the object that the header X-Pagination has (ASP.NET); {} without one."""
    text = headers.get("x-pagination", "") or headers.get("pagination", "")
    if not text.startswith("{") or len(text) > 4096:
        return {}
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
