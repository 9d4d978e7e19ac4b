"""Parts of one lazy frame: which addresses each reads, and the columns that all have."""

from __future__ import annotations

import itertools

import pandas as pd
import pyarrow as pa

from oauth_widgets.errors import ConfigurationError, UnexpectedAnswer, foreign_text

_PARTS = 1000
"""How many parts there are at most."""

_EACH_THREAD = 4
"""How many parts there are for each thread, so that none waits long for the last."""


def cut(count: int, threads: int) -> list[slice]:
    """Return the rows of each part, if there are `count` rows and so many threads."""
    if not count:
        return [slice(0, 0)]
    parts = min(count, _PARTS, max(_EACH_THREAD * threads, count // _PARTS))
    edges = [count * at // parts for at in range(parts + 1)]
    return [slice(first, end) for first, end in itertools.pairwise(edges)]


def samples(count: int) -> list[int]:
    """Return which rows to look at for the columns: the first, the middle and the last."""
    return sorted({0, count // 2, count - 1}) if count else []


def joined(schemas: list[pa.Schema]) -> pa.Schema:
    """Return the columns of all, with types that hold the values of each."""
    try:
        made = pa.unify_schemas(schemas, promote_options="permissive")
    except (pa.ArrowInvalid, pa.ArrowTypeError) as problem:
        raise UnexpectedAnswer(
            f"The first pages disagree about a column: {foreign_text(str(problem))}.",
            next_step="Pass an empty DataFrame with all columns: meta=DataFrame(…).",
        ) from None
    return made.remove_metadata()


def schema_of(meta: object) -> pa.Schema:
    """Return the columns of an empty DataFrame. Raises ConfigurationError."""
    if not isinstance(meta, pd.DataFrame):
        raise ConfigurationError(
            f"meta= must be a DataFrame, not {type(meta).__name__}.",
            next_step='Pass meta=pd.DataFrame({"id": pd.Series(dtype="int64")}).',
        )
    return pa.Schema.from_pandas(meta, preserve_index=False).remove_metadata()


def fitted(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """Return `table` with the columns of `schema`; raise UnexpectedAnswer if it doesn't fit."""
    unknown = [name for name in table.column_names if name not in schema.names]
    if unknown:
        raise UnexpectedAnswer(
            f"A later page has a column {foreign_text(unknown[0])!r}, which the first pages don't "
            "have.",
            next_step="Pass an empty DataFrame with all columns: meta=DataFrame(…).",
        )
    return pa.table([_column(table, field) for field in schema], schema=schema)


def _column(table: pa.Table, field: pa.Field) -> pa.ChunkedArray | pa.Array:
    if field.name not in table.column_names:
        return pa.nulls(table.num_rows, field.type)
    column = table.column(field.name)
    try:
        return column.cast(field.type)
    except pa.ArrowException:
        raise UnexpectedAnswer(
            f"The column {foreign_text(field.name)!r} holds {column.type}, which can't become "
            f"{field.type} as in the first pages.",
            next_step="Pass an empty DataFrame with all columns: meta=DataFrame(…).",
        ) from None
