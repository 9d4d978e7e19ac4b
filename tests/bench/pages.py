"""Pages for the bench: 1,000 nested records each, 19 MB of JSON in a hundred of them.

    python tests/bench/pages.py        # prints its port, and serves until it is stopped

GET /items?page=N&pages=N&rows=N&delay=SECONDS: the next page's address and the total in the body,
the next and the last in the Link header. Bodies are made once. It asks for no token.
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
    """Return one nested object and one list beside plain values, 180 bytes of JSON."""
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


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        print(listener.getsockname()[1], flush=True)  # noqa: T201 - for who started this
        app = Starlette(routes=[Route("/items", items)])
        uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])


if __name__ == "__main__":
    main()
