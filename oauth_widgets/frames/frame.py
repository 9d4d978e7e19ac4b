"""Walks the pages of an API and makes one DataFrame of them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from oauth_widgets.errors import UnexpectedAnswer
from oauth_widgets.frames.link import next_link
from oauth_widgets.frames.page import Record, records_of, shared_column
from oauth_widgets.resource import Resource

if TYPE_CHECKING:
    import pandas as pd


async def frame(
    resource: Resource, url_or_path: str, params: dict[str, str] | None = None
) -> pd.DataFrame:
    """Return every record of every page; nested objects become dotted columns.

    Pages are followed by their Link header (RFC 8288) within the API's own origins. Raises
    ForeignOrigin for a link elsewhere, UnexpectedAnswer for a page that holds no records, comes
    round again or names the next one in another way, and what `Resource.get` raises.
    """
    records: list[Record] = []
    url: str | None = resource.address(url_or_path, params)
    seen: set[str] = set()
    while url is not None:
        if url in seen:
            raise UnexpectedAnswer(f"Page {len(seen)} points back to an earlier page.")
        seen.add(url)
        response = await resource.get(url)
        url = next_link(response.headers.get("link", ""), url)
        # other sessions wait for this loop
        records += await asyncio.to_thread(
            records_of, response, page=len(seen), linked=url is not None
        )
    return await asyncio.to_thread(_joined, records)


def _joined(records: list[Record]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - heavy, and not needed to sign in

    _check_columns(records)
    try:
        return pd.json_normalize(records)
    except UnicodeEncodeError:
        raise UnexpectedAnswer("A page holds half a character, which is no text.") from None
    except RecursionError:
        raise UnexpectedAnswer("A record is nested too deeply.") from None


def _check_columns(records: list[Record]) -> None:
    """Raise UnexpectedAnswer where `{"a.b": …}` and `{"a": {"b": …}}` would be one column."""
    if not _any_dots(records):
        return
    known: dict[str, tuple[str, ...]] = {}
    left: list[tuple[tuple[str, ...], Record]] = [((), record) for record in records]
    while left:
        above, record = left.pop()
        for name, value in record.items():
            path = (*above, name)
            if isinstance(value, dict):
                left.append((path, value))
            elif known.setdefault(".".join(path), path) != path:
                raise shared_column(".".join(path))


def _any_dots(level: list[Record]) -> bool:
    while level:
        if any("." in name for name in set().union(*level)):
            return True
        level = [value for outer in level for value in outer.values() if isinstance(value, dict)]
    return False
