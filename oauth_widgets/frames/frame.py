"""Walks the pages of an API and makes one DataFrame of them."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import TYPE_CHECKING, Any, NoReturn

from oauth_widgets.errors import UnexpectedAnswer, foreign_text
from oauth_widgets.frames.link import next_link
from oauth_widgets.protocol.message import Response
from oauth_widgets.resource import Resource

if TYPE_CHECKING:
    import pandas as pd


async def frame(
    resource: Resource, url_or_path: str, params: dict[str, str] | None = None
) -> pd.DataFrame:
    """Return every record of every page; nested objects become dotted columns.

    Pages are followed by their Link header (RFC 8288) within the API's own origins. Raises
    ForeignOrigin for a link elsewhere, UnexpectedAnswer for a page that holds no records or comes
    round again, and what `Resource.get` raises.
    """
    records: list[dict[str, Any]] = []
    url: str | None = resource.address(url_or_path, params)
    seen: set[str] = set()
    while url is not None:
        if url in seen:
            raise UnexpectedAnswer(f"Page {len(seen)} points back to an earlier page.")
        seen.add(url)
        response = await resource.get(url)
        # other sessions wait for this loop
        records += await asyncio.to_thread(_records, response, page=len(seen))
        url = next_link(response.headers.get("link", ""), url)
    return await asyncio.to_thread(_joined, records)


def _joined(records: list[dict[str, Any]]) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - heavy, and not needed to sign in

    try:
        return pd.json_normalize(records)
    except UnicodeEncodeError:
        raise UnexpectedAnswer("A page holds half a character, which is no text.") from None
    except RecursionError:
        raise UnexpectedAnswer("A record is nested too deeply.") from None


def _records(response: Response, *, page: int) -> list[dict[str, Any]]:
    if not response.is_json:
        kind = foreign_text(response.media_type) or "an unnamed type"
        raise UnexpectedAnswer(f"Page {page} is {kind}, not JSON.")
    try:
        body = json.loads(response.body, object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise UnexpectedAnswer(f"Page {page} is not proper JSON.") from None
    if isinstance(body, dict):
        lists = [value for value in body.values() if isinstance(value, list)]
        body = lists[0] if len(lists) == 1 else [body]
    if not isinstance(body, list) or not all(isinstance(record, dict) for record in body):
        raise UnexpectedAnswer(f"Page {page} holds no list of records.")
    return body


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # a call of Python's own for each object lets other threads run in between, too
    found = dict(pairs)
    if len(found) != len(pairs):
        ((name, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise _shared_column(name)
    return found


def _shared_column(name: str) -> UnexpectedAnswer:
    return UnexpectedAnswer(f"Two members would share the column {foreign_text(name)!r}.")


def _no_constant(_: str) -> NoReturn:
    raise ValueError
