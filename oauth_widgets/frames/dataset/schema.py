"""The one schema of all parts: a note in each of what its columns are, and what fits all."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from oauth_widgets.errors import ConfigurationError, foreign_text
from oauth_widgets.frames.columns import Columns, Path, all_whole, fitted
from oauth_widgets.frames.dataset.manifest import now
from oauth_widgets.frames.for_pandas import for_pandas
from oauth_widgets.frames.results import storable
from oauth_widgets.frames.times import Times
from oauth_widgets.frames.widening import Mixed
from oauth_widgets.secret.names import shown_name

_NOTES = b"oauth_widgets"


def noted(table: pa.Table, columns: Columns, source: str) -> pa.Table:
    """Return a table that says what its columns are made of, and what pandas looks for."""
    written = _written(table.schema, columns)
    notes = [[name, list(path), path in written] for path, name in columns.names.items()]
    attrs = {"source": source, "fetched_at": now()}
    return table.replace_schema_metadata(
        {_NOTES: json.dumps(notes).encode(), **for_pandas(table.schema, attrs)}
    )


def schema_of(columns: Columns, times: Times) -> pa.Schema:
    """Return the schema that all parts shall have."""
    return times.read(storable(columns.table([]))).schema


def fits(schema: pa.Schema, target: pa.Schema, columns: Columns) -> bool:
    """Whether a part with this schema can stay as it is."""
    written = {path for path, (_, is_json) in _notes(schema).items() if is_json}
    return schema.equals(target) and written == _written(target, columns)


def fitting(table: pa.Table, target: pa.Schema, columns: Columns) -> pa.Table:
    """Return the rows of a part under the schema of all."""
    notes = _notes(table.schema)
    held = dict(zip(table.column_names, all_whole(table), strict=True))
    made: dict[str, pa.Array] = {}
    types, names = columns.types, columns.names
    for path, name in names.items():
        kind = target.field(name).type
        before, written = notes.get(path, ("", False))
        array = held.get(before)
        if array is None:
            made[name] = pa.nulls(table.num_rows, kind)
        elif isinstance(types[path], Mixed):
            made[name] = fitted(array, types[path], written=written)
        elif array.type == kind:
            made[name] = array
        elif pa.types.is_timestamp(kind):
            made[name] = array.cast(kind)
        elif written:
            values = [None if one is None else json.loads(one) for one in array.to_pylist()]
            made[name] = pa.array(values, kind)
        else:
            made[name] = _plain(fitted(array, types[path], written=False), name, kind)
    whole = [
        made.get(field.name, held.get(field.name, pa.nulls(table.num_rows, field.type)))
        for field in target
    ]
    return pa.Table.from_arrays(whole, schema=target)


def _written(schema: pa.Schema, columns: Columns) -> set[Path]:
    """Return the paths of columns that are JSON text under a schema."""
    names, text = columns.names, pa.string()
    return {
        path
        for path, kind in columns.types.items()
        if isinstance(kind, Mixed) or (kind != text and schema.field(names[path]).type == text)
    }


def _plain(array: pa.Array, name: str, kind: pa.DataType) -> pa.Array:
    """Return an array as a file holds it: as JSON text, if no file could hold its type."""
    if array.type == kind:
        return array
    return storable(pa.table({name: array}))[name].combine_chunks().cast(kind)


def _notes(schema: pa.Schema) -> Mapping[Path, tuple[str, bool]]:
    """Return the name of each column by its path, and whether it is JSON text."""
    found: list[Any] = json.loads((schema.metadata or {}).get(_NOTES, b"[]"))
    return {tuple(path): (name, mixed) for name, path, mixed in found}


def no_such_column(argument: str, name: str, names: set[str]) -> ConfigurationError:
    """Return the error for a column that `argument` names, and that isn't there."""
    return ConfigurationError(
        f"{argument}= names the column {shown_name(name)}, but there is no such column.",
        next_step=f"The columns are: {foreign_text(', '.join(sorted(names))) or 'none'}.",
    )
