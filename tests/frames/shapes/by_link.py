"""APIs whose answers link to the next page, each with the page that documents it."""

from __future__ import annotations

from typing import Any

from .view import Shape, View, features


def _attributes(view: View) -> list[dict[str, Any]]:
    return [
        {"type": "things", "id": row["id"], "attributes": {"name": row["name"]}}
        for row in view.rows
    ]


def _hal(view: View) -> dict[str, Any]:
    links = {"self": {"href": view.path}, **({"next": {"href": view.link}} if view.more else {})}
    page = {"size": 2, "totalElements": view.total, "totalPages": view.pages}
    embedded = {"_embedded": {"things": view.rows}} if view.total else {"_embedded": {"things": []}}
    return {**embedded, "_links": links, "page": {**page, "number": view.number - 1}}


def _stac(view: View) -> dict[str, Any]:
    links = [{"rel": "self", "href": view.base + view.path}]
    if view.more:
        links.append({"rel": "next", "href": str(view.link), "type": "application/geo+json"})
    context = {"returned": len(view.rows), "matched": view.total}
    return {
        "type": "FeatureCollection",
        "features": features(view),
        "links": links,
        "context": context,
    }


BY_LINK = [
    Shape(
        "confluence",
        "https://developer.atlassian.com/cloud/confluence/rest/v1/intro/",
        "start",
        "offset",
        lambda v: {
            "results": v.rows,
            "start": v.first,
            "limit": 2,
            "size": len(v.rows),
            "_links": {
                "base": f"{v.base}/wiki",
                "context": "/wiki",
                "self": f"{v.base}{v.path}",
                **v.opt("next", str(v.relative).removeprefix("/wiki")),
            },
        },
    ),
    Shape(
        "sentry",
        "https://docs.sentry.io/api/pagination/",
        "cursor",
        "token",
        lambda v: v.rows,
        headers=lambda v: {
            "Link": f'<{v.link or v.base + v.path + "?cursor=t9"}>; rel="next"; '
            f'results="{"true" if v.more else "false"}"; cursor="0:100:0"'
        },
    ),
    Shape(
        "zendesk-incremental",
        "https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports/",
        "cursor",
        "token",
        lambda v: {
            "tickets": v.rows,
            "after_url": v.link or f"{v.base}{v.path}?cursor=t9",
            "before_url": None,
            "after_cursor": v.word or "t9",
            "end_of_stream": not v.more,
        },
    ),
    Shape(
        "zendesk-cursor",
        "https://developer.zendesk.com/api-reference/introduction/pagination/",
        "page[after]",
        "token",
        lambda v: {
            "users": v.rows,
            "meta": {"has_more": v.more, "after_cursor": v.word or "t9", "before_cursor": "b"},
            "links": {"prev": None, "next": v.link or f"{v.base}{v.path}?page%5Bafter%5D=t9"},
        },
    ),
    Shape(
        "github-search",
        "https://docs.github.com/en/rest/search/search",
        "page",
        "page",
        lambda v: {"total_count": v.total, "incomplete_results": False, "items": v.rows},
        headers=lambda v: {"Link": f'<{v.link}>; rel="next"'} if v.more else {},
    ),
    Shape(
        "shopify",
        "https://shopify.dev/docs/api/admin-rest/usage/pagination",
        "page_info",
        "token",
        lambda v: {"products": v.rows},
        headers=lambda v: {"Link": f'<{v.link}>; rel="next"'} if v.more else {},
    ),
    Shape(
        "spotify-search",
        "https://developer.spotify.com/documentation/web-api/reference/search",
        "offset",
        "offset",
        lambda v: {
            "artists": {
                "href": v.base,
                "limit": 2,
                "next": v.link,
                "offset": v.first,
                "previous": None,
                "total": v.total,
                "items": v.rows,
            }
        },
    ),
    Shape(
        "django-rest",
        "https://www.django-rest-framework.org/api-guide/pagination/",
        "page",
        "page",
        lambda v: {"count": v.total, "next": v.link, "previous": None, "results": v.rows},
    ),
    Shape(
        "json-api",
        "https://jsonapi.org/format/#fetching-pagination",
        "page[number]",
        "page",
        lambda v: {
            "data": _attributes(v),
            "included": [{"type": "people", "id": "9"}],
            "links": {"self": v.path, "next": v.link},
            "meta": {"total": v.total},
        },
    ),
    Shape(
        "hal",
        "https://docs.spring.io/spring-data/rest/reference/paging-and-sorting.html",
        "page",
        "page0",
        _hal,
    ),
    Shape(
        "odata-4",
        "https://docs.oasis-open.org/odata/odata-json-format/v4.01/",
        "$skiptoken",
        "token",
        lambda v: {
            "@odata.context": f"{v.base}/$metadata#things",
            "@odata.count": v.total,
            "value": v.rows,
            **v.opt("@odata.nextLink", v.link),
        },
    ),
    Shape(
        "odata-2",
        "https://www.odata.org/documentation/odata-version-2-0/json-format/",
        "$skiptoken",
        "token",
        lambda v: {"d": {"results": v.rows, "__count": str(v.total), **v.opt("__next", v.link)}},
    ),
    Shape(
        "graph",
        "https://learn.microsoft.com/en-us/graph/paging",
        "$skiptoken",
        "token",
        lambda v: {
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#users",
            **v.opt("@odata.nextLink", v.link),
            "value": v.rows,
        },
    ),
    Shape(
        "azure",
        "https://learn.microsoft.com/en-us/rest/api/resources/resources/list",
        "$skiptoken",
        "token",
        lambda v: {"value": v.rows, **v.opt("nextLink", v.link)},
    ),
    Shape(
        "salesforce-query",
        "https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/",
        "batch",
        "token",
        lambda v: {
            "totalSize": v.total,
            "done": not v.more,
            **v.opt("nextRecordsUrl", v.relative),
            "records": v.rows,
        },
    ),
    Shape(
        "sensor-things",
        "https://docs.ogc.org/is/18-088/18-088.html",
        "$skip",
        "offset",
        lambda v: {"@iot.count": v.total, **v.opt("@iot.nextLink", v.link), "value": v.rows},
    ),
    Shape(
        "stac",
        "https://api.stacspec.org/v1.0.0/item-search/",
        "token",
        "token",
        _stac,
    ),
    Shape(
        "discourse",
        "https://docs.discourse.org/#tag/Topics/operation/listLatestTopics",
        "page",
        "page0",
        lambda v: {
            "users": [{"id": 7, "username": "ada"}],
            "primary_groups": [],
            "topic_list": {
                "can_create_topic": True,
                **v.opt("more_topics_url", v.relative),
                "per_page": 2,
                "topics": v.rows,
            },
        },
    ),
    Shape(
        "trello-like-uri",
        "https://www.twilio.com/docs/usage/twilios-response#pagination",
        "PageToken",
        "token",
        lambda v: {
            "first_page_uri": f"{v.path}?Page=0",
            "end": v.first + 1,
            "previous_page_uri": None,
            "messages": v.rows,
            "uri": v.path,
            "page_size": 2,
            "start": v.first,
            "next_page_uri": v.relative,
            "page": v.number - 1,
        },
    ),
    Shape(
        "hydra",
        "https://api-platform.com/docs/core/pagination/",
        "page",
        "page",
        lambda v: {
            "@context": "/contexts/Thing",
            "@id": "/things",
            "@type": "hydra:Collection",
            "hydra:member": v.rows,
            "hydra:totalItems": v.total,
            "hydra:view": {"@id": v.path, **v.opt("hydra:next", v.relative)},
        },
    ),
]
