"""The sample API: a resource server beside the authorization server."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse

from oauth_widgets._sandbox.bearer import bearer
from oauth_widgets._sandbox.events import COUNT, event
from oauth_widgets._sandbox.refusals import Refusal
from oauth_widgets._sandbox.wire import NO_STORE, query_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from oauth_widgets._sandbox.realm import Realm
    from oauth_widgets._sandbox.wire import Params

PER_PAGE = 500
MOST_PER_PAGE = 1000


async def events(realm: Realm, request: Request) -> Response:
    """Return one page of events as a JSON array, the other pages in `Link` (RFC 8288)."""
    bearer(realm, request, "events.read", "phone")
    query = query_of(request)
    per_page = _number(query, "per_page", PER_PAGE, MOST_PER_PAGE)
    page = _number(query, "page", 1, 1_000_000)
    first = (page - 1) * per_page
    rows = [event(realm.seed, number) for number in range(first, min(first + per_page, COUNT))]
    headers = {
        **NO_STORE,
        "Link": _links(f"{realm.api}/events", page, per_page),
        "X-Total-Count": str(COUNT),
    }
    return JSONResponse(rows, headers=headers)


def _links(address: str, page: int, per_page: int) -> str:
    last = -(-COUNT // per_page)
    pages = {"first": 1, "prev": page - 1, "next": page + 1, "last": last}
    return ", ".join(
        f'<{address}?page={number}&per_page={per_page}>; rel="{relation}"'
        for relation, number in pages.items()
        if 1 <= number <= last
    )


def _number(query: Params, name: str, default: int, most: int) -> int:
    value = query.get(name)
    if value is None:
        return default
    if not re.fullmatch(r"[0-9]{1,7}", value) or not 1 <= int(value) <= most:
        raise Refusal("invalid_request", f"{name} is a whole number from 1 to {most}.")
    return int(value)
