"""What goes wrong between pages: lists by Link header, each with one fault."""

from __future__ import annotations

import json

from .rows import PAGES, PER_PAGE, TOTAL, page
from .server import Asked, Peer, Reply, Route, as_json

AT = 3
"""The page that the trap is at, from 1."""

HTML = b"<!doctype html><html><body>Sign in, please</body></html>"


def listed(peer: Peer, asked: Asked) -> Reply:
    """Give one page as it should be."""
    number = asked.number
    more = {"Link": f'<{peer.link(asked, page=number + 1)}>; rel="next"'} if number < PAGES else {}
    return as_json(page(number), headers=more)


def at_page(fault: Route) -> Route:
    """Have `fault` answer in the place of page AT."""

    def route(peer: Peer, asked: Asked) -> Reply:
        return fault(peer, asked) if asked.number == AT else listed(peer, asked)

    return route


def said(reply: Reply) -> Route:
    """Have page AT be `reply`."""
    return at_page(lambda *_: reply)


def in_header(peer: Peer, asked: Asked) -> Reply:
    return as_json(page(AT), headers={"Link": f'<{peer.foreign}{asked.place}>; rel="next"'})


def in_body(peer: Peer, asked: Asked) -> Reply:
    return as_json({"results": page(asked.number), "next": f"{peer.foreign}/v2/sales?page=2"})


def without_scheme(peer: Peer, asked: Asked) -> Reply:
    host = peer.foreign.removeprefix("http:")
    return as_json(page(asked.number), headers={"Link": f"<{host}/>; rel=next"})


def redirected(status: int) -> Route:
    """Send page AT on to the other origin."""
    return at_page(
        lambda peer, _: Reply(status=status, headers={"Location": f"{peer.foreign}/v2/sales"})
    )


def moved(peer: Peer, asked: Asked) -> Reply:
    """Send on within the API."""
    if "slash" in asked.query:
        return listed(peer, asked)
    path = "/" + peer.link(asked, slash=1).split("/", 3)[3]
    return Reply(status=307, headers={"Location": path})


def endless_cursor(_: Peer, __: Asked) -> Reply:
    """Always name the same cursor."""
    return as_json({"items": [{"id": 1}], "next_cursor": "again"})


def cut(_: Peer, __: Asked) -> Reply:
    """Announce more than comes."""
    body = json.dumps(page(AT)).encode()
    return Reply(body[: len(body) // 2], length=len(body))


def half(_: Peer, __: Asked) -> Reply:
    """Send half of the JSON and announce no more."""
    body = json.dumps(page(AT)).encode()
    return Reply(body[: len(body) // 2])


def says_more(_: Peer, __: Asked) -> Reply:
    """Say that there are more, and not where."""
    return as_json({"object": "list", "has_more": True, "data": page(1)})


def of_more(_: Peer, __: Asked) -> Reply:
    """Say how many there are, and not where."""
    said = {"Content-Range": f"sales 0-{PER_PAGE - 1}/{TOTAL}"}
    return as_json(page(1), headers=said)


def part(content_range: str, **more: str) -> Reply:
    """Give a part, as who sends a Range header gets it."""
    headers = {"Content-Range": content_range, **more}
    return as_json(page(1), status=206, headers=headers)


def stuck_range(_: Peer, __: Asked) -> Reply:
    """Give the same rows of more, whatever is asked for."""
    return part(f"0-{PER_PAGE - 1}/{TOTAL}")


def for_ever(status: int, **headers: str) -> Route:
    """Refuse page AT for ever."""
    return said(as_json({"detail": "not today"}, status=status, headers=headers))


def healing(fault: Route) -> Route:
    """Have `fault` answer in the place of page AT until the peer is healthy."""

    def route(peer: Peer, asked: Asked) -> Reply:
        return listed(peer, asked) if peer.healthy else at_page(fault)(peer, asked)

    return route


TRAPS: dict[str, Route] = {
    "foreign-link": at_page(in_header),
    "foreign-next": in_body,
    "foreign-without-scheme": without_scheme,
    **{f"redirect-{status}": redirected(status) for status in (301, 302, 303, 307, 308)},
    "moved": moved,
    "endless-cursor": endless_cursor,
    "cut": at_page(cut),
    "half": at_page(half),
    "html": said(Reply(HTML, "text/html; charset=utf-8")),
    "html-as-json": said(Reply(HTML)),
    "xml": said(Reply(b"<rows><row/></rows>", "application/xml")),
    "nothing": said(Reply(b"")),
    "untyped": said(Reply(b"[]", "")),
    "scalars": said(as_json([1, 2, 3])),
    "some-scalars": said(as_json([{"id": 1}, 2])),
    "no-content": said(Reply(status=204)),
    "says-more": says_more,
    "of-more": of_more,
    "part-of-rows": lambda *_: part(f"items 0-{PER_PAGE - 1}/{TOTAL}"),
    "part-of-bytes": lambda *_: part("bytes 0-99/1000"),
    "part-by-header": lambda *_: part("id a..z; max=25", **{"Next-Range": "]z..; max=25"}),
    "part-of-unknown": lambda *_: part("items 0-24/*"),
    "stuck-range": stuck_range,
    "busy-for-ever": for_ever(429, **{"Retry-After": "3600"}),
    "broken-for-ever": for_ever(500),
    "gone-for-ever": for_ever(404),
    "forbidden": for_ever(
        403, **{"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="sales.all"'}
    ),
    "healing-broken": healing(for_ever(500)),
    "healing-html": healing(said(Reply(HTML, "text/html"))),
    "healing-cut": healing(cut),
    "healing-forbidden": healing(
        for_ever(
            403, **{"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="sales.all"'}
        )
    ),
}
