"""Pages for the bench: 1,000 nested records each, 19 MB of JSON in a hundred of them.

    python tests/bench/pages.py        # prints its port, and serves until it is stopped

GET /items?page=N&pages=N&rows=N&delay=SECONDS: the next page's address and the total in the body,
the next and the last in the Link header. GET /events?cursor=WORD&pages=N&rows=N: the next cursor
alone. GET /customers/N/orders?rows=N&delay=SECONDS: one page. Bodies are made once. It asks for no
token.
"""

from __future__ import annotations

import asyncio
import json
import socket
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

DEFAULTS = {"page": "0", "pages": "100", "rows": "1000", "delay": "0"}


def record(number: int) -> dict[str, Any]:
    """Return plain values, one nested object and one list, 180 bytes of JSON."""
    return {
        "id": number,
        "user": {
            "name": f"user {number}",
            "email": f"user-{number}@example.org",
            "phone": f"+47{number:08d}",
        },
        "amount": number * 1.37,
        "at": "2026-01-01T00:00:00Z",
        "active": number % 3 == 0,
        "tags": ["a", "b"],
        "state": ("new", "open", "done")[number * 7 % 3],
    }


@lru_cache(maxsize=200)
def records(page: int, rows: int) -> bytes:
    """Return the records of a page, counted from 0, as JSON."""
    made = [record(page * rows + at) for at in range(rows)]
    return json.dumps(made, separators=(",", ":")).encode()


async def items(request: Request) -> Response:
    """Answer with one page."""
    query = {**DEFAULTS, **request.query_params}
    page, pages, rows = (int(query[name]) for name in ("page", "pages", "rows"))

    def address(number: int) -> str:
        return f"{request.url.replace(query='')}?{urlencode({**query, 'page': number})}"

    following = address(page + 1) if page + 1 < pages else None
    links = [f'<{address(pages - 1)}>; rel="last"']
    if following:
        links.append(f'<{following}>; rel="next"')
    if float(query["delay"]):
        await asyncio.sleep(float(query["delay"]))
    around = json.dumps({"next": following, "total": pages * rows}).encode()
    body = b'{"items":' + records(page % 100, rows) + b"," + around[1:]
    return Response(body, media_type="application/json", headers={"link": ", ".join(links)})


async def events(request: Request) -> Response:
    """Answer with one page, and the word that leads to the next."""
    query = {**DEFAULTS, "cursor": "", **request.query_params}
    pages, rows = int(query["pages"]), int(query["rows"])
    page = int(query["cursor"].removeprefix("c") or 0)
    around = json.dumps({"next_cursor": f"c{page + 1}" if page + 1 < pages else None}).encode()
    body = b'{"items":' + records(page % 100, rows) + b"," + around[1:]
    return Response(body, media_type="application/json")


async def orders(request: Request) -> Response:
    """Answer with the only page of a customer."""
    query = {**DEFAULTS, "rows": "20", **request.query_params}
    await asyncio.sleep(float(query["delay"]))
    number = int(request.path_params["number"])
    body = b'{"items":' + records(number % 100, int(query["rows"])) + b',"next_cursor":null}'
    return Response(body, media_type="application/json")


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # Else the second of two writes waits 40 ms for the first to be confirmed.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        print(listener.getsockname()[1], flush=True)  # noqa: T201 - for who started this
        served = {"/items": items, "/events": events, "/customers/{number:int}/orders": orders}
        app = Starlette(routes=[Route(path, serve) for path, serve in served.items()])
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


if __name__ == "__main__":
    main()
