"""APIs that need a word on how they page, each with the page that documents it."""

from __future__ import annotations

from .view import Shape, features

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
            "features": features(v),
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
