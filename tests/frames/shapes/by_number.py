"""APIs whose pages are numbered or counted, each with the page that documents it."""

from __future__ import annotations

from .view import PER_PAGE, Shape, View


def _offset(view: View, *, first: int = 0) -> dict[str, int]:
    return {"offset": view.first + first, "limit": PER_PAGE}


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
