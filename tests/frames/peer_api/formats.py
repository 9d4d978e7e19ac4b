"""The same sales in the forms that APIs give tables in."""

from __future__ import annotations

import csv
import gzip
import io
import json
from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from .rows import SALES, page
from .server import Asked, Peer, Reply, Route
from .traps import listed

COLUMNS = ("id", "name", "city", "amount", "paid")


def flat(row: dict[str, Any]) -> dict[str, Any]:
    """Return a record as a row of a flat table; all its names can be written in Latin-1."""
    return {
        "id": row["id"],
        "name": row["buyer"]["name"].replace("№", "Nº"),
        "city": ["Århus", "Malmö"][row["id"] % 2],
        "amount": row["amount"],
        "paid": row["paid"],
    }


FLAT = [flat(row) for row in SALES]


def _linked(peer: Peer, asked: Asked, body: bytes, kind: str) -> Reply:
    return replace(listed(peer, asked), body=body, kind=kind)


def as_csv(rows: list[dict[str, Any]]) -> str:
    """Return a table of text with its head."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def lines(kind: str, *, end: bytes = b"\n") -> Route:
    """Give a line of JSON for each record."""

    def route(peer: Peer, asked: Asked) -> Reply:
        body = b"\n".join(json.dumps(row).encode() for row in page(asked.number))
        return _linked(peer, asked, body + end, kind)

    return route


def table(kind: str, encoding: str) -> Route:
    """Give CSV in an encoding."""

    def route(peer: Peer, asked: Asked) -> Reply:
        body = as_csv([flat(row) for row in page(asked.number)]).encode(encoding)
        return _linked(peer, asked, body, kind)

    return route


def parquet(kind: str) -> Route:
    """Give a Parquet file, nested columns included."""

    def route(peer: Peer, asked: Asked) -> Reply:
        into = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(page(asked.number)), into)
        return _linked(peer, asked, into.getvalue(), kind)

    return route


def packed(made: Route) -> Route:
    """Give what `made` gives, packed for the way."""

    def route(peer: Peer, asked: Asked) -> Reply:
        reply = made(peer, asked)
        headers = {**reply.headers, "Content-Encoding": "gzip"}
        return replace(reply, body=gzip.compress(reply.body), headers=headers)

    return route


def gzip_file(made: Route, kind: str, *, members: int = 1) -> Route:
    """Give what `made` gives as a gzip file, of several members one behind the other."""

    def route(peer: Peer, asked: Asked) -> Reply:
        reply = made(peer, asked)
        length = -(-len(reply.body) // members)
        pieces = [reply.body[at : at + length] for at in range(0, len(reply.body), length)]
        return replace(reply, body=b"".join(map(gzip.compress, pieces)), kind=kind)

    return route


def escaped_json(peer: Peer, asked: Asked) -> Reply:
    """Give JSON with a mark at its start, blanks, escapes, and an unusual content type."""
    body = json.dumps(page(asked.number), indent=3, ensure_ascii=True).encode()
    return _linked(peer, asked, body + b"\r\n", 'application/vnd.peer.v2+json; charset="utf-8"')


def around(*names: str, **beside: Any) -> Route:
    """Give the list of records some levels down, between other members."""

    def route(peer: Peer, asked: Asked) -> Reply:
        said: Any = page(asked.number)
        for name in reversed(names):
            said = {name: said, **beside}
        return _linked(peer, asked, json.dumps(said).encode(), "application/json")

    return route


NESTED: dict[str, Route] = {
    "json-packed": packed(around()),
    "json-escaped": escaped_json,
    "json-text": lambda peer, asked: _linked(
        peer, asked, json.dumps(page(asked.number)).encode(), "text/json"
    ),
    "sales.json.gz": gzip_file(around("items"), "application/gzip"),
    "sales.ndjson.gz": gzip_file(lines(""), "application/octet-stream", members=3),
    "json-zipped": gzip_file(around("items"), "application/json"),
    "ndjson": lines("application/x-ndjson"),
    "ndjson-jsonl": lines("application/jsonl", end=b""),
    "ndjson-blank-line": lines("application/x-ndjson; charset=utf-8", end=b"\n\n"),
    "parquet": parquet("application/vnd.apache.parquet"),
    "parquet-unnamed": parquet("application/octet-stream"),
    "around-data-items": around("data", "items"),
    "around-response": around("response", "results", status="ok"),
    "around-total": around("sales", total=3, took=1),
}
"""Forms that hold the records as they are."""

TABLES: dict[str, Route] = {
    "csv": table("text/csv; charset=utf-8", "utf-8"),
    "csv-unsaid": table("text/csv", "utf-8"),
    "csv-marked": table("text/csv", "utf-8-sig"),
    "csv-latin-1": table("text/csv; charset=ISO-8859-1", "latin-1"),
    "csv-windows": table('text/csv; header=present; charset="windows-1252"', "cp1252"),
    "csv-utf-16": table("text/csv; charset=utf-16", "utf-16"),
    "sales.csv.gz": gzip_file(table("", "utf-8"), "application/x-gzip", members=40),
    "csv-zipped": gzip_file(table("", "utf-8"), "text/csv"),
    "csv-packed": packed(table("text/csv; charset=utf-8", "utf-8")),
}
"""Forms without nesting."""

FORMATS: dict[str, Route] = {**NESTED, **TABLES}
