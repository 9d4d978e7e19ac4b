"""Which rows of a list an answer holds, as its Content-Range says (RFC 9110 14.4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# PostgREST leaves out the unit, which the standard asks for
_ROWS = re.compile(
    r"(?:(?P<unit>[\w-]+) )?(?P<first>[0-9]{1,12})-[0-9]{1,12}/(?:\*|(?P<total>[0-9]{1,12}))"
)


@dataclass(frozen=True)
class ContentRange:
    """Rows of a list from the `first` on, counted from 0, in `unit`, "" if none is named.

    `total` is how many there are in all, None if that is not said.
    """

    unit: str
    first: int
    total: int | None


def content_range(headers: Mapping[str, str]) -> ContentRange | None:
    """Return the rows that an answer with these headers holds; None if they do not say it.

    A range of bytes is none of rows.
    """
    found = _ROWS.fullmatch(headers.get("content-range", ""))
    if found is None or (found["unit"] or "").lower() == "bytes":
        return None
    total = None if found["total"] is None else int(found["total"])
    return ContentRange(found["unit"] or "", int(found["first"]), total)
