"""Tables that come as something other than a list of objects: rows as lists, cells by number.

Each reader knows one family of formats and returns None for anything else.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from oauth_widgets.frames.columns import check_names
from oauth_widgets.frames.envelope import Outline, Rows
from oauth_widgets.frames.statistics import json_stat, sdmx
from oauth_widgets.frames.vocabulary import LONGEST, OWN, RECORDS, plain

Record = dict[str, Any]

_ROWS = ("rows", "data", "values", "records", "results", "result", "dataarray", "dataset", "items")
_HEADERS = ("columns", "fields", "columnnames", "headers", "header", "cols", "rowtype", "schema")
_NAMED = ("name", "fieldName", "columnName", "field", "id", "key", "title", "label")
_TYPED = ("dataTypeName", "dataType", "type")
_KEYED = frozenset(RECORDS) | {"pages", "entities", "response"}
_TIMES = frozenset({"time", "date", "timestamp", "datetime", "period"})
_DEEPEST = 3
MALFORMED = (AttributeError, LookupError, TypeError, ValueError)
"""What reading raises if a part isn't what its format requires."""


@dataclass(frozen=True)
class Table:
    """Records made of a table at `path`; `names` are its columns, in case it has no rows.

    `around` is what describes the pages, unless that is the answer itself. A short answer may be
    a huge table: of its `rows` records, `made` cells are not in the answer. If nothing names its
    columns, it is `unnamed` and has no records.
    """

    path: str
    records: Iterable[Record]
    names: tuple[str, ...] = ()
    around: Outline = field(default_factory=dict)
    rows: int = 0
    made: int = 0
    unnamed: bool = False


_Reader = Callable[[Outline], Table | None]


def table_in(outline: Any) -> Table | None:  # noqa: ANN401 - any JSON
    """Return the table that an answer surely is, by the marks of its format; None if none."""
    if isinstance(outline, list):
        return _of_a_list(outline)
    return _first(_MARKED, outline) if isinstance(outline, Mapping) else None


def likely_table_in(outline: Outline) -> Table | None:
    """Return the table that an answer may be that has no list of objects."""
    return _first(_UNMARKED, outline)


def _first(readers: tuple[_Reader, ...], outline: Outline) -> Table | None:
    for read in readers:
        # An answer that only looks like this format may be in another one.
        with suppress(*MALFORMED):
            table = read(outline)
            if table is not None:
                return table
    return None


def _of_a_list(outline: list[Any]) -> Table | None:
    """Read rows of which the first is the header (US Census), or [meta, rows] (World Bank)."""
    if len(outline) == 2 and isinstance(outline[0], Mapping):
        meta, rows = outline
        empty = rows is None and any(plain(name) in {"total", "pages", "count"} for name in meta)
        if empty or (isinstance(rows, list) and all(isinstance(row, Mapping) for row in rows)):
            return Table("[1]", [dict(row) for row in rows or ()], around=meta)
    if not _is_matrix(outline):
        return None
    return _headed("", outline)


def _headed(path: str, rows: list[Any]) -> Table:
    """Read rows of which the first one names the columns."""
    names = rows[0]
    if not _are_names(names) or max(map(len, rows)) > len(names):
        return Table(path, (), unnamed=True)
    return _table(path, names, rows[1:])


def _are_names(names: Sequence[Any]) -> bool:
    named = all(isinstance(name, str) and name for name in names)
    return bool(names) and named and len(set(names)) == len(names)


def _sheet(outline: Outline) -> Table | None:
    """Read the cells of a spreadsheet (Google Sheets): the first row names the columns."""
    if "majorDimension" not in outline or "range" not in outline:
        return None
    found = outline.get("values")
    if not found:
        return Table("values", [])
    if not _is_matrix(found):
        return None
    by_columns = outline["majorDimension"] == "COLUMNS"
    return _turned("values", found) if by_columns else _headed("values", found)


def _turned(path: str, columns: list[list[Any]]) -> Table:
    """Read columns, each with its name first. Rows are made one by one: there may be too many."""
    height = max(map(len, columns))
    if not height:
        return Table(path, [])
    made = len(columns) * height - sum(map(len, columns))
    rows = itertools.zip_longest(*columns)
    names = next(rows)
    if not _are_names(names):
        return Table(path, (), rows=height, made=made, unnamed=True)
    records = (dict(zip(names, row, strict=True)) for row in rows)
    return Table(path, records, names, rows=height - 1, made=made)


def _sparql(outline: Outline) -> Table | None:
    """Read the results of a query in SPARQL: one column a variable."""
    head, results = outline.get("head"), outline.get("results")
    if not isinstance(head, Mapping) or not isinstance(results, Mapping):
        return None
    names, bindings = head.get("vars"), results.get("bindings")
    if not isinstance(names, list) or not isinstance(bindings, Rows | list):
        return None
    if not all(isinstance(name, str) for name in names):
        return None
    found = bindings.as_list() if isinstance(bindings, Rows) else bindings
    cells = [cell for row in found for cell in row.values() if cell is not None]
    if not all(isinstance(cell, Mapping) and "value" in cell for cell in cells):
        return None
    records = ({name: _bound(row.get(name)) for name in names} for row in found)
    made = len(names) * len(found) - sum(map(len, found))
    return Table("results.bindings", records, tuple(map(str, names)), rows=len(found), made=made)


def _bound(cell: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return the value of a variable; None if it is not bound."""
    if cell is None:
        return None
    return _typed(cell["value"], str(cell.get("datatype") or "").rpartition("#")[2])


def _bigquery(outline: Outline) -> Table | None:
    """Read rows of BigQuery: the cells lie in `f`, each under `v`."""
    schema = outline.get("schema")
    fields = schema.get("fields") if isinstance(schema, Mapping) else None
    if not isinstance(fields, Rows):
        return None
    rows = outline.get("rows")
    found = rows.as_list() if isinstance(rows, Rows) else []
    if rows and not all("f" in row for row in found):
        return None
    if not rows and not any(plain(name) in {"totalrows", "jobcomplete"} for name in outline):
        return None
    columns = fields.as_list()
    check_names([str(one.get("name")) for one in columns])
    records = [_of_cells(columns, row) for row in found]
    return Table("rows", records, tuple(str(one.get("name")) for one in columns))


def _of_cells(columns: list[Record], row: Mapping[str, Any]) -> Record:
    return {
        str(column.get("name")): _cell(column, cell.get("v"))
        for column, cell in zip(columns, row.get("f") or (), strict=False)
    }


def _cell(column: Mapping[str, Any], value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [_cell(column, one.get("v")) for one in value]
    if isinstance(value, Mapping):
        return _of_cells(column.get("fields") or [], value)
    return _typed(value, str(column.get("type") or ""))


def _analytics(outline: Outline) -> Table | None:
    """Read a report of Google Analytics: dimensions and metrics have their names apart."""
    kinds = ("dimension", "metric")
    headers = [outline.get(f"{kind}Headers") for kind in kinds]
    rows = outline.get("rows") or []
    if not all(isinstance(one, Rows) for one in headers) or not isinstance(rows, Rows | list):
        return None
    columns = [column for one in headers if isinstance(one, Rows) for column in one.as_list()]
    names = tuple(str(column.get("name")) for column in columns)
    types = tuple(str(column.get("type") or "").removeprefix("TYPE_") for column in columns)
    found = rows.as_list() if isinstance(rows, Rows) else rows
    cells = [
        [cell.get("value") for kind in kinds for cell in row.get(f"{kind}Values") or ()]
        for row in found
    ]
    return _table("rows", names, cells, types)


def _with_header(outline: Outline) -> Table | None:
    """Read rows that are lists, next to the names of the columns (Snowflake, Socrata, Trino)."""
    for path, level in _levels(outline, ""):
        for name, rows in level.items():
            if plain(name) not in _ROWS or not isinstance(rows, list):
                continue
            for columns in (_header(level), _header(outline)):
                if columns is None or (not rows and _other_rows(level)):
                    continue
                if all(isinstance(row, list) and len(row) == len(columns.names) for row in rows):
                    return _table(path + name, columns.names, rows, columns.types)
    return None


def _without_header(outline: Outline) -> Table | None:
    """Read rows that are lists, the first of them the header, of an envelope that has no record."""
    if any(plain(name) in OWN for name in outline):
        return None
    if any(isinstance(value, Rows) for value in outline.values()):
        return None
    for name, rows in outline.items():
        if plain(name) in _ROWS and _is_matrix(rows):
            return _headed(name, rows)
    return None


@dataclass(frozen=True)
class _Columns:
    names: tuple[str, ...]
    types: tuple[str, ...]


def _other_rows(level: Outline) -> bool:
    """Whether a level has a list of objects that does not name columns."""
    return any(
        isinstance(value, Rows) and plain(name) not in _HEADERS for name, value in level.items()
    )


def _header(level: Outline) -> _Columns | None:
    """Return what names the columns, at a level or in what describes it."""
    for _, inner in _levels(level, ""):
        for name, value in inner.items():
            if plain(name) not in _HEADERS:
                continue
            if isinstance(value, list) and value and all(isinstance(one, str) for one in value):
                return _Columns(tuple(value), ("",) * len(value))
            if isinstance(value, Rows):
                columns = value.as_list()
                key = next((one for one in _NAMED if all(c.get(one) for c in columns)), None)
                typed = next((one for one in _TYPED if all(c.get(one) for c in columns)), "")
                if key is not None:
                    names = tuple(str(column[key]) for column in columns)
                    types = tuple(str(column.get(typed) or "") for column in columns)
                    return _Columns(names, types)
    return None


def _numbered(outline: Outline) -> Table | None:
    """Read an object of objects whose names are numbers (`query.pages` of MediaWiki)."""
    if any(plain(name) in OWN for name in outline):
        return None
    for path, level in _levels(outline, ""):
        for name, value in level.items():
            if not isinstance(value, Mapping) or not value or plain(name) not in _KEYED:
                continue
            numbers = all(key.removeprefix("-").isdecimal() for key in value)
            if numbers and all(isinstance(one, Mapping) for one in value.values()):
                return Table(path + name, [_raw(one) for one in value.values()])
    return None


def _by_columns(outline: Outline) -> Table | None:
    """Read a series that comes as one list a column, one of them the time (Open-Meteo)."""
    found = [
        (path[:-1], level)
        for path, level in _levels(outline, "")
        if path
        and len(level) > 1
        and any(plain(name) in _TIMES for name in level)
        and all(isinstance(values, list) and values for values in level.values())
        and len({len(values) for values in level.values()}) == 1
    ]
    if len(found) != 1 or any(plain(name) in OWN for name in outline):
        return None
    path, level = found[0]
    names = tuple(level)
    rows = [list(row) for row in zip(*level.values(), strict=True)]
    if any(isinstance(cell, list | Mapping) for row in rows for cell in row):
        return None
    return _table(path, names, rows)


def _statistics(outline: Outline) -> Table | None:
    """Read a cube of statistics: JSON-stat, SDMX-JSON."""
    inner = [outline, *(value for value in outline.values() if isinstance(value, Mapping))]
    names = {name for level in inner for name in level}
    for path, mark, read in (("value", "dimension", json_stat), ("dataSets", "dataSets", sdmx)):
        cube = read(_raw(outline)) if mark in names else None
        if cube is not None:
            return Table(path, cube.records, rows=cube.cells, made=cube.cells * cube.axes)
    return None


_MARKED: tuple[_Reader, ...] = (_sheet, _sparql, _bigquery, _analytics)
_MARKED += (_statistics, _with_header)
_UNMARKED: tuple[_Reader, ...] = (_without_header, _by_columns, _numbered)


def _levels(level: Outline, above: str, depth: int = 1) -> Iterator[tuple[str, Outline]]:
    """Yield the objects down to three levels, each with its dotted path and a dot at its end."""
    yield above, level
    if depth < _DEEPEST:
        for name, value in level.items():
            if isinstance(value, Mapping) and len(name) <= LONGEST:
                yield from _levels(value, f"{above}{name}.", depth + 1)


def _is_matrix(rows: Any) -> bool:  # noqa: ANN401 - any JSON
    return isinstance(rows, list) and bool(rows) and all(isinstance(row, list) for row in rows)


def _table(path: str, names: Any, rows: list[list[Any]], types: tuple[str, ...] = ()) -> Table:  # noqa: ANN401
    check_names(names)
    kinds = types or ("",) * len(names)
    records = (
        {
            name: _typed(cell, kind)
            for name, kind, cell in zip(
                names, kinds, [*row, *[None] * (len(names) - len(row))], strict=True
            )
        }
        for row in rows
    )
    made = len(names) * len(rows) - sum(map(len, rows))
    return Table(path, records, tuple(names), rows=len(rows), made=made)


def _typed(value: Any, kind: str | None) -> Any:  # noqa: ANN401 - any JSON
    """Return the number or the truth that text of the type `kind` stands for, else `value`."""
    kind = (kind or "").lower()
    if not isinstance(value, str):
        return value
    try:
        if "int" in kind and "interval" not in kind and "point" not in kind:
            return int(value) if str(int(value)) == value else value
        if kind in {"float", "float64", "double", "real"} and _is_plain(value):
            number = float(value)
            # Digits that are too large for a double stay text; "Infinity" is a number.
            return number if math.isfinite(number) or not value[-1:].isdigit() else value
    except ValueError:
        return value
    truths = {"true": True, "false": False}
    return truths.get(value.lower(), value) if kind.startswith("bool") else value


def _is_plain(text: str) -> bool:
    """Whether other programs read this as the same number; only Python takes 1_0 for one."""
    return text.isascii() and "_" not in text


def _raw(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, Rows):
        return value.as_list()
    if isinstance(value, Mapping):
        return {name: _raw(inner) for name, inner in value.items()}
    return value
