"""Rows as JSON, NDJSON or CSV, in the format that a request asks for."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from starlette.requests import Request

from oauth_widgets.sandbox.server.wire import Params

MEDIA_TYPES = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8; header=present",
}
_ACCEPTED = {
    "application/json": "json",
    "*/*": "json",
    "application/x-ndjson": "ndjson",
    "application/ndjson": "ndjson",
    "application/jsonl": "ndjson",
    "text/csv": "csv",
}
_SMALL = 1024  # bytes; compressing fewer saves nothing
_QUICKLY = 1  # gzip's level 1 already gives a tenth of the size, in a fifth of the time


def format_of(request: Request, query: Params) -> str:
    """Return json, ndjson or csv: the parameter `format`, or else the first choice of `Accept`.

    If Accept names no known format, the answer is JSON (RFC 9110 12.5.1).
    """
    likes = _likes(request.headers.get("accept", "*/*"))
    choices = [(weight, _ACCEPTED[name]) for name, weight in likes.items() if name in _ACCEPTED]
    best = max(choices, key=lambda choice: choice[0], default=(0, "json"))
    return query.one_of("format", best[1] if best[0] else "json", MEDIA_TYPES)


def packed(request: Request, body: bytes, headers: dict[str, str]) -> bytes:
    """Return `body`, with gzip if the request accepts it, and then add the header for it."""
    if len(body) < _SMALL or not takes_gzip(request):
        return body
    headers["Content-Encoding"] = "gzip"
    return gzip.compress(body, _QUICKLY, mtime=0)


def takes_gzip(request: Request) -> bool:
    """Return whether the request accepts gzip (RFC 9110 12.5.3)."""
    likes = _likes(request.headers.get("accept-encoding", ""))
    return likes.get("gzip", likes.get("*", 0)) > 0


def as_json(value: object) -> bytes:
    """Return JSON in UTF-8, without spaces."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def as_ndjson(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return one line of JSON for each row."""
    return b"".join(as_json(row) + b"\n" for row in rows)


def as_csv(rows: Iterable[Mapping[str, Any]], fields: Iterable[str], *, header: bool) -> bytes:
    """Return CSV (RFC 4180) with a column for each dotted name in `fields`.

    A missing value is empty; a list or an object in a cell is JSON.
    """
    lines = io.StringIO(newline="")
    writer = csv.writer(lines)
    columns = tuple(fields)
    if header:
        writer.writerow(columns)
    writer.writerows([_cell(value_at(row, column)) for column in columns] for row in rows)
    return lines.getvalue().encode()


def value_at(row: Mapping[str, Any], column: str) -> object:
    """Return the value of a field by its dotted name, or None."""
    # A dot may also be part of a name.
    if column in row:
        return row[column]
    name, dot, rest = column.partition(".")
    inner = row.get(name)
    return value_at(inner, rest) if dot and isinstance(inner, Mapping) else None


def _cell(value: object) -> object:
    if isinstance(value, bool | list | dict):
        return as_json(value).decode()
    return value


def _likes(header: str) -> dict[str, float]:
    """Return the values in an Accept header with their weights (RFC 9110 12.4.2)."""
    likes: dict[str, float] = {}
    for value in header.lower().split(","):
        name, *parameters = (part.strip() for part in value.split(";"))
        weights = [re.fullmatch(r"q=([01](?:\.[0-9]{0,3})?)", each) for each in parameters]
        likes[name] = next((float(weight[1]) for weight in weights if weight), 1.0)
    return likes
