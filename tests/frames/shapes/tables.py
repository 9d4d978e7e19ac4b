"""Tables that are no lists of objects, each with the page that documents it."""

from __future__ import annotations

from typing import Any

from .view import Shape, View


def _cells(view: View) -> list[list[Any]]:
    return [[row["id"], row["name"]] for row in view.rows]


def _sparql(view: View) -> dict[str, Any]:
    whole = "http://www.w3.org/2001/XMLSchema#integer"
    bindings = [
        {
            "id": {"type": "literal", "datatype": whole, "value": str(row["id"])},
            "name": {"type": "literal", "value": row["name"]},
        }
        for row in view.rows
    ]
    return {"head": {"vars": ["id", "name"]}, "results": {"bindings": bindings}}


def _json_stat(view: View) -> dict[str, Any]:
    codes = [row["name"] for row in view.rows]
    return {
        "version": "2.0",
        "class": "dataset",
        "label": "Things",
        "id": ["thing"],
        "size": [len(codes)],
        "dimension": {"thing": {"category": {"index": codes}}},
        "value": [row["id"] for row in view.rows],
    }


def _sdmx(view: View) -> dict[str, Any]:
    codes = [{"id": row["name"], "name": row["name"]} for row in view.rows]
    observations = {str(at): [row["id"], 0] for at, row in enumerate(view.rows)}
    return {
        "header": {"id": "x", "test": False},
        "dataSets": [{"action": "Information", "observations": observations}],
        "structure": {"dimensions": {"observation": [{"id": "TIME_PERIOD", "values": codes}]}},
    }


TABLES = [
    Shape(
        "world-bank",
        "https://datahelpdesk.worldbank.org/knowledgebase/articles/898581",
        "page",
        "page",
        lambda v: [
            {"page": v.number, "pages": v.pages, "per_page": 2, "total": v.total},
            v.rows or None,
        ],
    ),
    Shape(
        "bigquery",
        "https://cloud.google.com/bigquery/docs/reference/rest/v2/jobs/getQueryResults",
        "pageToken",
        "token",
        lambda v: {
            "kind": "bigquery#getQueryResultsResponse",
            "etag": "e",
            "schema": {
                "fields": [
                    {"name": "id", "type": "INTEGER", "mode": "NULLABLE"},
                    {"name": "name", "type": "STRING", "mode": "NULLABLE"},
                ]
            },
            "jobReference": {"projectId": "p", "jobId": "j"},
            "totalRows": str(v.total),
            "jobComplete": True,
            **v.opt("pageToken"),
            **(
                {"rows": [{"f": [{"v": str(r["id"])}, {"v": r["name"]}]} for r in v.rows]}
                if v.rows
                else {}
            ),
        },
    ),
    Shape(
        "census",
        "https://www.census.gov/data/developers/guidance/api-user-guide.html",
        "page",
        "page",
        lambda v: [["name", "id"], *([row["name"], str(row["id"])] for row in v.rows)],
        single=True,
    ),
    Shape(
        "snowflake",
        "https://docs.snowflake.com/en/developer-guide/sql-api/handling-responses",
        "partition",
        "page0",
        lambda v: {
            "code": "090001",
            "statementHandle": "h",
            "message": "successfully executed",
            "resultSetMetaData": {
                "numRows": len(v.rows),
                "format": "jsonv2",
                "rowType": [
                    {"name": "id", "type": "fixed", "nullable": False},
                    {"name": "name", "type": "text", "nullable": True},
                ],
            },
            "data": [[str(row["id"]), row["name"]] for row in v.rows],
        },
        single=True,
    ),
    Shape(
        "sheets",
        "https://developers.google.com/sheets/api/reference/rest/v4/spreadsheets.values",
        "page",
        "page",
        lambda v: {
            "range": "Things!A1:B6",
            "majorDimension": "ROWS",
            "values": [["id", "name"], *_cells(v)],
        },
        single=True,
    ),
    Shape(
        "analytics",
        "https://developers.google.com/analytics/devguides/reporting/data/v1/rest/v1beta/",
        "offset",
        "offset",
        lambda v: {
            "dimensionHeaders": [{"name": "name"}],
            "metricHeaders": [{"name": "id", "type": "TYPE_INTEGER"}],
            "rows": [
                {
                    "dimensionValues": [{"value": r["name"]}],
                    "metricValues": [{"value": str(r["id"])}],
                }
                for r in v.rows
            ],
            "rowCount": v.total,
            "kind": "analyticsData#runReport",
        },
        hint={"paging": "offset"},
    ),
    Shape(
        "trino",
        "https://trino.io/docs/current/develop/client-protocol.html",
        "token",
        "token",
        lambda v: {
            "columns": [{"name": "id", "type": "bigint"}, {"name": "name", "type": "varchar"}],
            "data": _cells(v),
            "stats": {"state": "RUNNING"},
            **v.opt("nextUri", v.link),
        },
    ),
    Shape(
        "erddap",
        "https://coastwatch.pfeg.noaa.gov/erddap/rest.html",
        "page",
        "page",
        lambda v: {
            "table": {
                "columnNames": ["id", "name"],
                "columnTypes": ["int", "String"],
                "rows": _cells(v),
            }
        },
        single=True,
    ),
    Shape(
        "sparql",
        "https://www.w3.org/TR/sparql11-results-json/",
        "page",
        "page",
        _sparql,
        single=True,
    ),
    Shape(
        "json-stat",
        "https://json-stat.org/full/",
        "page",
        "page",
        _json_stat,
        ids="value",
        single=True,
    ),
    Shape(
        "sdmx",
        "https://github.com/sdmx-twg/sdmx-json/blob/master/data-message/docs/",
        "page",
        "page",
        _sdmx,
        ids="value",
        single=True,
    ),
]
