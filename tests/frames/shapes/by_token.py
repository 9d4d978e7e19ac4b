"""APIs whose answers hold a token for the next page, each with the page that documents it."""

from __future__ import annotations

from .view import Shape

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
