"""How APIs lead to the next page."""

from __future__ import annotations

import base64
from typing import Any
from urllib.parse import urlsplit

from .rows import PAGES, PER_PAGE, SALES, TOTAL, page
from .server import Asked, Peer, Reply, Route, as_json


def _next(peer: Peer, asked: Asked) -> str | None:
    number = asked.number
    return peer.link(asked, page=number + 1) if number < PAGES else None


def link_header(peer: Peer, asked: Asked) -> Reply:
    links = [
        f'<{peer.link(asked, page=1)}>; rel="first"',
        f"<{peer.link(asked, page=PAGES)}>; rel=last",
    ]
    after = _next(peer, asked)
    if after is not None:
        links.insert(1, f'<{after}>; title="a, b"; rel="next"')
    return as_json(page(asked.number), headers={"Link": ", ".join(links)})


def link_header_relative(_: Peer, asked: Asked) -> Reply:
    number = asked.number
    more = {"Link": f"<?page={number + 1}>; rel=next"} if number < PAGES else {}
    return as_json(page(number), headers=more)


def body(*names: str, rows: str = "results") -> Route:
    """Name the next address in the body, at the path `names`; on the last page null."""

    def route(peer: Peer, asked: Asked) -> Reply:
        said: Any = _next(peer, asked)
        for name in reversed(names):
            said = {name: said}
        return as_json({"count": TOTAL, rows: page(asked.number), **said})

    return route


def body_relative(whole: bool) -> Route:
    """Name the next address from the root on, or from the page on."""

    def route(peer: Peer, asked: Asked) -> Reply:
        after = _next(peer, asked)
        parts = urlsplit(after or "")
        said = f"{parts.path if whole else ''}?{parts.query}" if after else ""
        return as_json({"next": said, "results": page(asked.number)})

    return route


def resource(row: dict[str, Any]) -> dict[str, Any]:
    """Return a record as JSON:API writes it."""
    rest = {name: value for name, value in row.items() if name != "id"}
    return {"type": "sales", "id": str(row["id"]), "attributes": rest}


def json_api(peer: Peer, asked: Asked) -> Reply:
    links = {"self": peer.link(asked), "next": _next(peer, asked)}
    data = [resource(row) for row in page(asked.number)]
    said = {"jsonapi": {"version": "1.1"}, "data": data, "links": links, "meta": {"total": TOTAL}}
    return as_json(said, kind="application/vnd.api+json")


def _cursor(first: int) -> str | None:
    # with characters that an address has to escape
    return base64.b64encode(f"{first:03}?>~".encode()).decode() if first < TOTAL else None


def _first(cursor: str | None) -> int:
    return 0 if cursor is None else int(base64.b64decode(cursor)[:3])


def cursor(
    *names: str, parameter: str = "cursor", more: str | None = None, last: Any = None
) -> Route:
    """Name a cursor at the path `names` that the query parameter `parameter` takes."""

    def route(_: Peer, asked: Asked) -> Reply:
        first = _first(asked.query.get(parameter))
        after = _cursor(first + PER_PAGE)
        said: Any = last if after is None else after
        for name in reversed(names):
            said = {name: said}
        flag = {} if more is None else {more: after is not None}
        return as_json({"data": SALES[first : first + PER_PAGE], **said, **flag})

    return route


def page_of_pages(_: Peer, asked: Asked) -> Reply:
    number = asked.number
    said = {"page": number, "per_page": PER_PAGE, "total_pages": PAGES, "total": TOTAL}
    return as_json({**said, "items": page(number)})


def page_in_meta(_: Peer, asked: Asked) -> Reply:
    meta = {"current_page": asked.number, "last_page": PAGES, "per_page": PER_PAGE}
    return as_json({"data": page(asked.number), "meta": {**meta, "total": TOTAL}})


def offset_of_total(_: Peer, asked: Asked) -> Reply:
    offset, limit = int(asked.query.get("offset", 0)), int(asked.query.get("limit", PER_PAGE))
    said = {"offset": offset, "limit": limit, "total": TOTAL}
    return as_json({**said, "items": SALES[offset : offset + limit]})


def offset_capped(_: Peer, asked: Asked) -> Reply:
    """Give fewer at a time than asked for, as APIs with a highest limit do."""
    offset = int(asked.query.get("offset", 0))
    limit = min(int(asked.query.get("limit", 10)), 10)
    return as_json(
        {"offset": offset, "limit": limit, "total": TOTAL, "items": SALES[offset : offset + limit]}
    )


def next_page_header(_: Peer, asked: Asked) -> Reply:
    number = asked.number
    after = str(number + 1) if number < PAGES else ""
    said = {"X-Page": str(number), "X-Next-Page": after, "X-Total-Pages": str(PAGES)}
    return as_json(page(number), headers=said)


def next_address_header(peer: Peer, asked: Asked) -> Reply:
    after = _next(peer, asked)
    return as_json(page(asked.number), headers={} if after is None else {"X-Next": after})


def page_headers(_: Peer, asked: Asked) -> Reply:
    said = {"X-Page": str(asked.number), "X-Total-Pages": str(PAGES)}
    return as_json(page(asked.number), headers=said)


def page_in_page(_: Peer, asked: Asked) -> Reply:
    said = {"number": asked.number, "size": PER_PAGE, "totalPages": PAGES}
    return as_json({"data": page(asked.number), "meta": {"page": said}})


def truncated(_: Peer, asked: Asked) -> Reply:
    """Page as S3 does."""
    first = _first(asked.query.get("marker"))
    after = _cursor(first + PER_PAGE)
    rows = {"Contents": SALES[first : first + PER_PAGE]}
    return as_json({**rows, "IsTruncated": after is not None, "NextMarker": after})


def stripe(_: Peer, asked: Asked) -> Reply:
    """Page as Stripe does: continue after the last record."""
    after = asked.query.get("starting_after")
    first = 0 if after is None else int(after) + 1
    said = {"object": "list", "url": asked.place, "has_more": first + PER_PAGE < TOTAL}
    return as_json({**said, "data": SALES[first : first + PER_PAGE]})


def _ckan(peer: Peer, action: str, result: dict[str, Any]) -> Reply:
    help_at = f"{peer.api}/3/action/help_show?name={action}"
    return as_json({"help": help_at, "success": True, "result": result})


def ckan_datastore(peer: Peer, asked: Asked) -> Reply:
    """Give records of CKAN's, which link on and on."""
    offset, limit = int(asked.query.get("offset", 0)), int(asked.query.get("limit", PER_PAGE))
    start = f"{asked.place}?resource_id=r&limit={limit}"
    links = {"start": start, "next": f"{start}&offset={offset + limit}"}
    result = {
        "include_total": True,
        "limit": limit,
        "records_format": "objects",
        "resource_id": "r",
        "total_estimation_threshold": None,
        "records": SALES[offset : offset + limit],
        "fields": [{"id": "_id", "type": "int"}, {"id": "amount", "type": "numeric"}],
        "_links": links,
        "total": TOTAL,
        "total_was_estimated": False,
    }
    return _ckan(peer, "datastore_search", result)


def ckan_packages(peer: Peer, asked: Asked) -> Reply:
    """Search CKAN's data sets, whose answers don't give their offset."""
    first, rows = int(asked.query.get("start", 0)), int(asked.query.get("rows", PER_PAGE))
    facets = {"facets": {}, "search_facets": {}, "sort": "score desc"}
    result = {"count": TOTAL, **facets, "results": SALES[first : first + rows]}
    return _ckan(peer, "package_search", result)


def entry(row: dict[str, Any]) -> dict[str, Any]:
    """Return a record as an entry of a Bundle of FHIR."""
    at = f"https://fhir.example/Sale/{row['id']}"
    return {"fullUrl": at, "resource": {"resourceType": "Sale", **row}, "search": {"mode": "match"}}


def fhir(peer: Peer, asked: Asked) -> Reply:
    links = [{"relation": "self", "url": peer.link(asked)}]
    if (after := _next(peer, asked)) is not None:
        links.append({"relation": "next", "url": after})
    said = {"resourceType": "Bundle", "id": "b", "type": "searchset", "total": TOTAL, "link": links}
    rows = [entry(row) for row in page(asked.number)]
    return as_json({**said, "entry": rows}, kind="application/fhir+json; charset=utf-8")


def postgrest(*, total: bool) -> Route:
    """Give rows as PostgREST does: say how many there are only if they were counted."""

    def route(_: Peer, asked: Asked) -> Reply:
        first = int(asked.query.get("offset", 0))
        rows = SALES[first : first + PER_PAGE]
        of = f"{first}-{first + len(rows) - 1}" if rows else "*"
        said = {"Range-Unit": "items", "Content-Range": f"{of}/{TOTAL if total else '*'}"}
        return as_json(rows, status=206 if total else 200, headers=said)

    return route


def rows_of_a_range(_: Peer, asked: Asked) -> Reply:
    """Give a part of the list, and say which it is and of how many."""
    first = int(asked.query.get("skip", 0))
    rows = SALES[first : first + PER_PAGE]
    said = {"Content-Range": f"items {first}-{first + len(rows) - 1}/{TOTAL}"}
    return as_json(rows, status=206, headers=said)


def after_the_last(_: Peer, asked: Asked) -> Reply:
    """Continue after the last record, without saying so."""
    first = int(asked.query.get("since", -1)) + 1
    return as_json(SALES[first : first + PER_PAGE])


def once(_: Peer, __: Asked) -> Reply:
    """Give everything at once."""
    return as_json(SALES)


STYLES: dict[str, Route] = {
    "link-header": link_header,
    "link-header-relative": link_header_relative,
    "body-next": body("next"),
    "body-next-url": body("next_url", rows="data"),
    "body-paging-next": body("paging", "next", rows="data"),
    "body-pagination-next-url": body("pagination", "next_url", rows="data"),
    "body-meta-next": body("meta", "next", rows="objects"),
    "relative-path": body_relative(whole=True),
    "relative-query": body_relative(whole=False),
    "json-api": json_api,
    "cursor": cursor("next_cursor"),
    "cursor-empty-at-the-end": cursor("next_cursor", last=""),
    "cursor-in-meta": cursor("meta", "next_cursor"),
    "page-of-pages": page_of_pages,
    "page-in-meta": page_in_meta,
    "offset-of-total": offset_of_total,
    "offset-capped": offset_capped,
    "page-token": cursor("nextPageToken", parameter="pageToken"),
    "page-token-snake": cursor("next_page_token", parameter="page_token"),
    "has-more": cursor("next_cursor", more="has_more"),
    "next-page-header": next_page_header,
    "next-address-header": next_address_header,
    "page-headers": page_headers,
    "page-in-page": page_in_page,
    "truncated": truncated,
    "stripe": stripe,
    "ckan-datastore": ckan_datastore,
    "ckan-packages": ckan_packages,
    "fhir": fhir,
    "postgrest": postgrest(total=False),
    "postgrest-counted": postgrest(total=True),
    "once": once,
}

TOLD: dict[str, Route] = {"after-the-last": after_the_last, "rows-of-a-range": rows_of_a_range}
"""Ways that no answer says."""
