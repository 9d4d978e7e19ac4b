"""One page of an API: its records, and whether it says that there are more."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, NoReturn, TypeGuard

from oauth_widgets.errors import UnexpectedAnswer, foreign_text
from oauth_widgets.protocol.message import Response

Record = dict[str, Any]

# names are compared in lower case, without _ and -
_NEXT = frozenset(
    {"next", "nextcursor", "nextlink", "nextpage", "nextpagetoken", "nexttoken", "nexturl"}
    | {"hasmore", "hasnext", "hasnextpage"}
)
_HOLDERS = frozenset({"links", "meta", "page", "pageinfo", "pagination", "paging"})
_ENVELOPE = frozenset(
    {"previous", "prev", "prevcursor", "previouscursor", "prevpage", "previouspage", "hasprevious"}
    | {"first", "last", "self", "total", "totalcount", "totalpages", "count", "pages", "pagesize"}
    | {"perpage", "limit", "offset", "cursor", "status", "took", "success", "ok"}
    | _NEXT
    | _HOLDERS
)
_ODATA = "@odata."


def records_of(response: Response, *, page: int, linked: bool) -> list[Record]:
    """Return the records of a page: a list of objects, one in an envelope, or one object.

    An envelope is an object with that list and else with what describes pages, by the usual names;
    any other object is one record, so that nothing of it is lost. `linked` says that the answer's
    headers name the next page. Raises UnexpectedAnswer, also where the envelope alone says that
    there are more.
    """
    if not response.is_json:
        kind = foreign_text(response.media_type) or "an unnamed type"
        raise UnexpectedAnswer(f"Page {page} is {kind}, not JSON.")
    try:
        body = json.loads(response.body, object_pairs_hook=_object, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise UnexpectedAnswer(f"Page {page} is not proper JSON.") from None
    if isinstance(body, dict):
        name = _list_in(body)
        if name is None:
            return [body]
        more = None if linked else _more(body, besides=name)
        if more is not None:
            raise UnexpectedAnswer(
                f"Page {page} says in {foreign_text(more)!r} that there are more, and this way of "
                "paging is not followed yet.",
                next_step="See whether the API offers Link headers (RFC 8288) or larger pages, or "
                "fetch page after page with session.http().",
            )
        body = body[name]
    if not _are_records(body):
        raise UnexpectedAnswer(f"Page {page} holds no list of records.")
    return body


def shared_column(name: str) -> UnexpectedAnswer:
    """Return the error for two members that would be one column, of which one would be lost."""
    return UnexpectedAnswer(f"Two members would share the column {foreign_text(name)!r}.")


def _list_in(body: Record) -> str | None:
    """Return the name of the list that `body` is an envelope of; None where it is none."""
    lists = [name for name, value in body.items() if isinstance(value, list)]
    if len(lists) > 1:
        lists = [name for name in lists if _plain(name) != "links"]
    if len(lists) != 1 or not _are_records(body[lists[0]]):
        return None
    others = (item for item in body.items() if item[0] != lists[0])
    return lists[0] if all(_describes_pages(*item) for item in others) else None


def _are_records(value: object) -> TypeGuard[list[Record]]:
    return isinstance(value, list) and all(isinstance(record, dict) for record in value)


def _describes_pages(name: str, value: object) -> bool:
    if isinstance(value, dict | list):
        return _plain(name) in _HOLDERS
    return _plain(name) in _ENVELOPE or name.startswith(_ODATA)


def _more(body: Record, *, besides: str) -> str | None:
    """Return the name of the member that leads to a next page."""
    members = {name: value for name, value in body.items() if name != besides}
    for outer, inner in list(members.items()):
        if isinstance(inner, dict):
            members |= {f"{outer}.{name}": value for name, value in inner.items()}
        if isinstance(inner, list) and any(
            isinstance(link, dict) and link.get("rel") == "next" for link in inner
        ):
            return outer
    # an empty text or false says that this is the last page, as null does
    return next((n for n, v in members.items() if v and _plain(n.split(".")[-1]) in _NEXT), None)


def _plain(name: str) -> str:
    return name.lower().replace("_", "").replace("-", "")


def _object(pairs: list[tuple[str, Any]]) -> Record:
    # a call of Python's own for each object lets other threads run in between, too
    found = dict(pairs)
    if len(found) != len(pairs):
        ((name, _),) = Counter(name for name, _ in pairs).most_common(1)
        raise shared_column(name)
    return found


def _no_constant(_: str) -> NoReturn:
    raise ValueError
