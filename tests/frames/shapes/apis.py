"""The shapes, each with the page that documents it."""

from __future__ import annotations

from typing import Any

from .view import PER_PAGE, Shape, View


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


def _geo(view: View) -> list[dict[str, Any]]:
    point = {"type": "Point", "coordinates": [1.5, 2.5]}
    return [{"type": "Feature", "id": row["id"], "geometry": point} for row in view.rows]


def _stac(view: View) -> dict[str, Any]:
    links = [{"rel": "self", "href": view.base + view.path}]
    if view.more:
        links.append({"rel": "next", "href": str(view.link), "type": "application/geo+json"})
    context = {"returned": len(view.rows), "matched": view.total}
    return {"type": "FeatureCollection", "features": _geo(view), "links": links, "context": context}


def _offset(view: View, *, first: int = 0) -> dict[str, int]:
    return {"offset": view.first + first, "limit": PER_PAGE}


_GOOGLE = "https://developers.google.com"

BY_TOKEN = [
    Shape(
        "drive",
        f"{_GOOGLE}/drive/api/reference/rest/v3/files/list",
        "pageToken",
        "token",
        lambda v: {
            "kind": "drive#fileList",
            "incompleteSearch": False,
            "files": v.rows,
            **v.opt("nextPageToken"),
        },
    ),
    Shape(
        "calendar",
        f"{_GOOGLE}/calendar/api/v3/reference/events/list",
        "pageToken",
        "token",
        lambda v: {
            "kind": "calendar#events",
            "etag": '"p33"',
            "summary": "Ours",
            "updated": "2026-01-01T00:00:00Z",
            "timeZone": "UTC",
            "accessRole": "owner",
            "defaultReminders": [{"method": "popup", "minutes": 10}],
            **v.opt("nextPageToken"),
            "items": v.rows,
        },
    ),
    Shape(
        "youtube",
        f"{_GOOGLE}/youtube/v3/docs/search/list",
        "pageToken",
        "token",
        lambda v: {
            "kind": "youtube#searchListResponse",
            "etag": "e",
            **v.opt("nextPageToken"),
            "regionCode": "NL",
            "pageInfo": {"totalResults": v.total, "resultsPerPage": 2},
            "items": v.rows,
        },
    ),
    Shape(
        "gmail",
        f"{_GOOGLE}/gmail/api/reference/rest/v1/users.messages/list",
        "pageToken",
        "token",
        lambda v: {
            **({"messages": v.rows} if v.rows else {}),
            **v.opt("nextPageToken"),
            "resultSizeEstimate": v.total,
        },
    ),
    Shape(
        "jira-search",
        "https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-search/",
        "nextPageToken",
        "token",
        lambda v: {"issues": v.rows, **v.opt("nextPageToken"), "isLast": not v.more},
    ),
    Shape(
        "airtable",
        "https://airtable.com/developers/web/api/list-records",
        "offset",
        "token",
        lambda v: {"records": v.rows, **v.opt("offset")},
    ),
    Shape(
        "notion",
        "https://developers.notion.com/reference/pagination",
        "start_cursor",
        "token",
        lambda v: {
            "object": "list",
            "results": v.rows,
            "next_cursor": v.word,
            "has_more": v.more,
            "type": "page",
            "page": {},
        },
        hint={"paging": {"cursor": "next_cursor", "parameter": "start_cursor"}},
    ),
    Shape(
        "hubspot",
        "https://developers.hubspot.com/docs/api/crm/contacts",
        "after",
        "token",
        lambda v: {
            "results": v.rows,
            **(
                {"paging": {"next": {"after": v.word, "link": "https://api.hubapi.com/x"}}}
                if v.more
                else {}
            ),
        },
    ),
    Shape(
        "slack",
        "https://api.slack.com/apis/pagination",
        "cursor",
        "token",
        lambda v: {
            "ok": True,
            "members": v.rows,
            "cache_ts": 1498777272,
            "response_metadata": {"next_cursor": v.word or ""},
        },
    ),
    Shape(
        "twitch",
        "https://dev.twitch.tv/docs/api/reference/#get-streams",
        "after",
        "token",
        lambda v: {"data": v.rows, "pagination": {"cursor": v.word} if v.more else {}},
        hint={"paging": {"cursor": "pagination.cursor", "parameter": "after"}},
    ),
    Shape(
        "x",
        "https://docs.x.com/x-api/fundamentals/pagination",
        "pagination_token",
        "token",
        lambda v: {
            **({"data": v.rows} if v.rows else {}),
            "meta": {"result_count": len(v.rows), **v.opt("next_token")},
        },
    ),
    Shape(
        "reddit",
        "https://www.reddit.com/dev/api/#listings",
        "after",
        "token",
        lambda v: {
            "kind": "Listing",
            "data": {
                "after": v.word,
                "dist": 2,
                "modhash": "",
                "geo_filter": None,
                "children": v.rows,
                "before": None,
            },
        },
    ),
    Shape(
        "kubernetes",
        "https://kubernetes.io/docs/reference/using-api/api-concepts/",
        "continue",
        "token",
        lambda v: {
            "kind": "PodList",
            "apiVersion": "v1",
            "metadata": {
                "resourceVersion": "10245",
                "continue": v.word or "",
                **({"remainingItemCount": v.total - v.first - 2} if v.more else {}),
            },
            "items": v.rows or None,
        },
    ),
    Shape(
        "couchdb-find",
        "https://docs.couchdb.org/en/stable/api/database/find.html",
        "bookmark",
        "token",
        lambda v: {"docs": v.rows, "bookmark": v.word or "nil", "warning": "no index"},
    ),
    Shape(
        "crossref",
        "https://api.crossref.org/swagger-ui/index.html",
        "cursor",
        "token",
        lambda v: {
            "status": "ok",
            "message-type": "work-list",
            "message-version": "1.0.0",
            "message": {
                "facets": {},
                "next-cursor": v.word or v.query.get("cursor"),
                "total-results": v.total,
                "items": v.rows,
                "items-per-page": 2,
                "query": {"start-index": 0, "search-terms": None},
            },
        },
        to_send="?cursor=*",
    ),
    Shape(
        "europepmc",
        "https://europepmc.org/RestfulWebService",
        "cursorMark",
        "token",
        lambda v: {
            "version": "6.9",
            "hitCount": v.total,
            **v.opt("nextCursorMark"),
            "request": {"queryString": "x", "resultType": "lite", "cursorMark": "*", "pageSize": 2},
            "resultList": {"result": v.rows},
        },
    ),
    Shape(
        "solr-cursor",
        "https://solr.apache.org/guide/solr/latest/query-guide/pagination-of-results.html",
        "cursorMark",
        "token",
        lambda v: {
            "responseHeader": {"status": 0, "QTime": 1, "params": {"q": "*:*", "rows": "2"}},
            "response": {"numFound": v.total, "start": 0, "docs": v.rows},
            "nextCursorMark": v.word or v.query.get("cursorMark"),
        },
        to_send="?cursorMark=*&rows=2",
    ),
    Shape(
        "bitbucket-server",
        "https://developer.atlassian.com/server/bitbucket/rest/",
        "start",
        "offset",
        lambda v: {
            "size": len(v.rows),
            "limit": 2,
            "isLastPage": not v.more,
            "values": v.rows,
            "start": v.first,
            "nextPageStart": int(v.word) if v.word else None,
        },
    ),
    Shape(
        "dynamo-gateway",
        "https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Scan.html",
        "ExclusiveStartKey",
        "token",
        lambda v: {
            "Count": len(v.rows),
            "ScannedCount": len(v.rows),
            "Items": v.rows,
            **v.opt("LastEvaluatedKey"),
        },
    ),
    Shape(
        "aws",
        "https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html",
        "NextToken",
        "token",
        lambda v: {"Accounts": v.rows, **v.opt("NextToken")},
    ),
    Shape(
        "wikipedia",
        "https://www.mediawiki.org/wiki/API:Continue",
        "sroffset",
        "offset",
        lambda v: {
            "batchcomplete": "",
            **({"continue": {"sroffset": int(v.word or 0), "continue": "-||"}} if v.more else {}),
            "query": {"searchinfo": {"totalhits": v.total}, "search": v.rows},
        },
    ),
    Shape(
        "graph-ql-over-get",
        "https://graphql.org/learn/pagination/",
        "after",
        "token",
        lambda v: {
            "data": {
                "viewer": {
                    "things": {
                        "nodes": v.rows,
                        "pageInfo": {"hasNextPage": v.more, "endCursor": v.word},
                    }
                }
            }
        },
    ),
    Shape(
        "opaque-next",
        "https://developer.squareup.com/docs/build-basics/common-api-patterns/pagination",
        "cursor",
        "token",
        lambda v: {"pagination": {"next": v.word, "size": 2}, "orders": v.rows},
    ),
    Shape(
        "devops",
        "https://learn.microsoft.com/en-us/rest/api/azure/devops/graph/users/list",
        "continuationToken",
        "token",
        lambda v: {"count": len(v.rows), "value": v.rows},
        headers=lambda v: v.opt("x-ms-continuationtoken"),
    ),
    Shape(
        "cursor-in-a-header",
        "https://docs.opensea.io/reference/pagination",
        "cursor",
        "token",
        lambda v: v.rows,
        headers=lambda v: v.opt("X-Next-Cursor"),
    ),
    Shape(
        "salesforce-bulk",
        "https://developer.salesforce.com/docs/atlas.en-us.api_asynch.meta/api_asynch/",
        "locator",
        "token",
        lambda v: "id,name\n" + "".join(f"{row['id']},{row['name']}\n" for row in v.rows),
        headers=lambda v: {"Sforce-Locator": v.word or "null"},
        kind="text/csv",
    ),
]

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

BY_NUMBER = [
    Shape(
        "jira-paged",
        "https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#pagination",
        "startAt",
        "offset",
        lambda v: {
            "expand": "names,schema",
            "startAt": v.first,
            "maxResults": 2,
            "total": v.total,
            "issues": v.rows,
        },
    ),
    Shape(
        "noaa",
        "https://www.ncdc.noaa.gov/cdo-web/webservices/v2",
        "offset",
        "offset1",
        lambda v: (
            {
                "metadata": {"resultset": {**_offset(v, first=1), "count": v.total}},
                "results": v.rows,
            }
            if v.total
            else {"metadata": {"resultset": {"offset": 1, "count": 0, "limit": 2}}, "results": []}
        ),
    ),
    Shape(
        "solr",
        "https://solr.apache.org/guide/solr/latest/query-guide/pagination-of-results.html",
        "start",
        "offset",
        lambda v: {
            "responseHeader": {"status": 0, "QTime": 1, "params": {"q": "*:*"}},
            "response": {"numFound": v.total, "start": v.first, "docs": v.rows},
            "facet_counts": {"facet_queries": {}, "facet_fields": {}},
        },
    ),
    Shape(
        "openalex",
        "https://docs.openalex.org/how-to-use-the-api/get-lists-of-entities/paging",
        "page",
        "page",
        lambda v: {
            "meta": {"count": v.total, "db_response_time_ms": 5, "page": v.number, "per_page": 2},
            "results": v.rows,
            "group_by": [],
        },
    ),
    Shape(
        "openfda",
        "https://open.fda.gov/apis/paging/",
        "skip",
        "offset",
        lambda v: {
            "meta": {
                "disclaimer": "Do not rely on this.",
                "terms": "https://open.fda.gov/terms/",
                "results": {"skip": v.first, "limit": 2, "total": v.total},
            },
            "results": v.rows,
        },
    ),
    Shape(
        "scim",
        "https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2",
        "startIndex",
        "offset1",
        lambda v: {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": v.total,
            "startIndex": v.first + 1,
            "itemsPerPage": 2,
            "Resources": v.rows,
        },
    ),
    Shape(
        "spring-data",
        "https://docs.spring.io/spring-data/commons/docs/current/api/",
        "page",
        "page0",
        lambda v: {
            "content": v.rows,
            "pageable": {"pageNumber": v.number - 1, "pageSize": 2, "paged": True},
            "last": not v.more,
            "totalPages": v.pages,
            "totalElements": v.total,
            "number": v.number - 1,
            "size": 2,
            "sort": {"sorted": False},
            "first": v.number == 1,
            "empty": not v.rows,
        },
    ),
    Shape(
        "algolia",
        "https://www.algolia.com/doc/api-reference/api-methods/search/",
        "page",
        "page0",
        lambda v: {
            "hits": v.rows,
            "nbHits": v.total,
            "page": v.number - 1,
            "nbPages": v.pages,
            "hitsPerPage": 2,
            "exhaustiveNbHits": True,
            "query": "q",
            "params": "query=q",
            "processingTimeMS": 1,
        },
    ),
    Shape(
        "typesense",
        "https://typesense.org/docs/latest/api/search.html",
        "page",
        "page",
        lambda v: {
            "facet_counts": [],
            "found": v.total,
            "out_of": 100,
            "page": v.number,
            "request_params": {"collection_name": "things", "per_page": 2, "q": "x"},
            "search_cutoff": False,
            "search_time_ms": 1,
            "hits": v.rows,
        },
    ),
    Shape(
        "inaturalist",
        "https://api.inaturalist.org/v1/docs/",
        "page",
        "page",
        lambda v: {"total_results": v.total, "page": v.number, "per_page": 2, "results": v.rows},
    ),
    Shape(
        "gbif",
        "https://techdocs.gbif.org/en/openapi/",
        "offset",
        "offset",
        lambda v: {
            **_offset(v),
            "endOfRecords": not v.more,
            "results": v.rows,
            "facets": [],
        },
    ),
    Shape(
        "dummyjson",
        "https://dummyjson.com/docs/products",
        "skip",
        "offset",
        lambda v: {"products": v.rows, "total": v.total, "skip": v.first, "limit": 2},
    ),
    Shape(
        "arcgis",
        "https://developers.arcgis.com/rest/services-reference/enterprise/query-feature-service-layer/",
        "resultOffset",
        "offset",
        lambda v: {
            "objectIdFieldName": "id",
            "globalIdFieldName": "",
            "fields": [{"name": "id", "type": "esriFieldTypeOID", "alias": "id"}],
            "features": [{"attributes": row} for row in v.rows],
            **({"exceededTransferLimit": True} if v.more else {}),
        },
        ids="attributes.id",
    ),
    Shape(
        "wordpress",
        "https://developer.wordpress.org/rest-api/using-the-rest-api/pagination/",
        "page",
        "page",
        lambda v: v.rows,
        headers=lambda v: {"X-WP-Total": str(v.total), "X-WP-TotalPages": str(v.pages)},
    ),
    Shape(
        "gitlab",
        "https://docs.gitlab.com/api/rest/#pagination",
        "page",
        "page",
        lambda v: v.rows,
        headers=lambda v: {"X-Page": str(v.number), "X-Next-Page": v.word or "", "X-Per-Page": "2"},
    ),
    Shape(
        "next-page-in-a-header",
        "https://docs.gitlab.com/api/rest/#pagination",
        "page",
        "page",
        lambda v: {"page": v.number, "per_page": 2, "things": v.rows},
        headers=lambda v: v.opt("X-Next-Page"),
    ),
    Shape(
        "asp-net",
        "https://learn.microsoft.com/en-us/aspnet/core/data/ef-mvc/sort-filter-page",
        "page",
        "page",
        lambda v: v.rows,
        headers=lambda v: {
            "X-Pagination": f'{{"CurrentPage":{v.number},"TotalPages":{v.pages},'
            f'"PageSize":2,"TotalCount":{v.total}}}'
        },
    ),
    Shape(
        "lastfm",
        "https://www.last.fm/api/show/user.getTopTracks",
        "page",
        "page",
        lambda v: {
            "toptracks": {
                "track": v.rows,
                "@attr": {
                    "user": "ada",
                    "totalPages": str(v.pages),
                    "page": str(v.number),
                    "perPage": "2",
                    "total": str(v.total),
                },
            }
        },
    ),
    Shape(
        "flickr",
        "https://www.flickr.com/services/api/flickr.photos.search.html",
        "page",
        "page",
        lambda v: {
            "photos": {
                "page": v.number,
                "pages": v.pages,
                "perpage": 2,
                "total": str(v.total),
                "photo": v.rows,
            },
            "stat": "ok",
        },
    ),
    Shape(
        "tmdb",
        "https://developer.themoviedb.org/reference/search-movie",
        "page",
        "page",
        lambda v: {
            "page": v.number,
            "results": v.rows,
            "total_pages": v.pages,
            "total_results": v.total,
        },
    ),
    Shape(
        "ergast",
        "https://github.com/jolpica/jolpica-f1/blob/main/docs/README.md",
        "offset",
        "offset",
        lambda v: {
            "MRData": {
                "xmlns": "",
                "series": "f1",
                "limit": "2",
                "offset": str(v.first),
                "total": str(v.total),
                "DriverTable": {"Drivers": v.rows},
            }
        },
    ),
    Shape(
        "opendatasoft-export-of-pages",
        "https://help.opendatasoft.com/apis/ods-explore-v2/",
        "offset",
        "offset",
        lambda v: {"total_count": v.total, "results": v.rows},
        hint={"paging": "offset"},
    ),
]

TOLD = [
    Shape(
        "elasticsearch",
        "https://www.elastic.co/guide/en/elasticsearch/reference/current/search-search.html",
        "from",
        "offset",
        lambda v: {
            "took": 1,
            "timed_out": False,
            "_shards": {"total": 1, "successful": 1, "skipped": 0, "failed": 0},
            "hits": {
                "total": {"value": v.total, "relation": "eq"},
                "max_score": 1.0,
                "hits": v.rows,
            },
        },
        hint={"paging": {"offset": "from"}},
    ),
    Shape(
        "cmr",
        "https://cmr.earthdata.nasa.gov/search/site/docs/search/api.html",
        "page_num",
        "page",
        lambda v: {
            "feed": {
                "updated": "2026-01-01T00:00:00Z",
                "id": "https://cmr.example/search",
                "title": "ECHO dataset metadata",
                "entry": v.rows,
            }
        },
        headers=lambda v: {"CMR-Hits": str(v.total)},
        hint={"paging": {"page": "page_num"}},
    ),
    Shape(
        "wfs",
        "https://docs.geoserver.org/latest/en/user/services/wfs/reference.html",
        "startIndex",
        "offset",
        lambda v: {
            "type": "FeatureCollection",
            "features": _geo(v),
            "totalFeatures": v.total,
            "numberMatched": v.total,
            "numberReturned": len(v.rows),
            "timeStamp": "2026-01-01T00:00:00Z",
            "crs": None,
        },
        hint={"paging": {"offset": "startIndex"}},
    ),
    Shape(
        "hugging-face",
        "https://huggingface.co/docs/dataset-viewer/rows",
        "offset",
        "offset",
        lambda v: {
            "features": [{"feature_idx": 0, "name": "id", "type": {"dtype": "int64"}}],
            "rows": [{"row_idx": row["id"], "row": row, "truncated_cells": []} for row in v.rows],
            "num_rows_total": v.total,
            "num_rows_per_page": 2,
            "partial": False,
        },
        hint={"paging": "offset"},
        ids="row.id",
    ),
    Shape(
        "strava",
        "https://developers.strava.com/docs/#Pagination",
        "page",
        "page",
        lambda v: v.rows,
        hint={"paging": "page"},
        to_send="?per_page=2",
    ),
    Shape(
        "socrata",
        "https://dev.socrata.com/docs/queries/limit",
        "$offset",
        "offset",
        lambda v: v.rows,
        hint={"paging": {"offset": "$offset"}},
        to_send="?$limit=2",
    ),
    Shape(
        "odata-of-a-part",
        "https://docs.oasis-open.org/odata/odata/v4.01/",
        "$skip",
        "offset",
        lambda v: {"@odata.context": "$metadata#things", "@odata.count": v.total, "value": v.rows},
        hint={"paging": {"offset": "$skip"}},
        to_send="?$top=2&$count=true",
    ),
    Shape(
        "mailchimp",
        "https://mailchimp.com/developer/marketing/docs/methods-parameters/#pagination",
        "offset",
        "offset",
        lambda v: {
            "lists": v.rows,
            "total_items": v.total,
            "constraints": {"may_create": True, "max_instances": 9},
            "_links": [{"rel": "self", "href": v.path, "method": "GET"}],
        },
        hint={"paging": "offset"},
    ),
    Shape(
        "discord",
        "https://discord.com/developers/docs/resources/guild#list-guild-members",
        "after",
        "token",
        lambda v: [{**row, "mark": f"t{row['id'] + 1}"} for row in v.rows],
        hint={"paging": {"last": "mark", "parameter": "after"}},
        to_send="?limit=2",
    ),
]
