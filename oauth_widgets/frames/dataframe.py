"""An Arrow table becomes a DataFrame with the dtypes that pandas' own readers give."""

from __future__ import annotations

import itertools
import json
from collections.abc import Set as AbstractSet
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from oauth_widgets.frames.collecting import nothing_collected
from oauth_widgets.frames.columns import extremes, inexact

_NULLABLE = {
    pa.int64(): pd.Int64Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
    pa.float64(): pd.Float64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
    pa.string(): pd.StringDtype(),
}

_FEW = 8
"""Columns that are inserted one by one, which takes less time for few."""


def dataframe(
    table: pa.Table, rows: int, mixed: AbstractSet[str], dtype_backend: str | None
) -> pd.DataFrame:
    """Return the `rows` of `table` as a DataFrame.

    Columns named in `mixed` are JSON text and become Python's own values. Lists are Python's own
    but with `dtype_backend="pyarrow"`. Without a backend, whole numbers next to nulls are floats as
    in pandas, and stay whole numbers of Python's if that would change one.
    """
    mapped = {"pyarrow": pd.ArrowDtype, "numpy_nullable": _NULLABLE.get}.get(
        dtype_backend or "", _own_text().get
    )
    names = table.column_names
    # Of many columns few are apart, and a column is an object that takes time to make.
    apart = {
        name: table.column(at)
        for at, (name, kind) in enumerate(zip(names, table.schema.types, strict=True))
        if name in mixed
        or (dtype_backend != "pyarrow" and pa.types.is_nested(kind))
        or (dtype_backend is None and pa.types.is_integer(kind) and _would_change(table.column(at)))
    }
    plain = [at for at, name in enumerate(names) if name not in apart]
    frame: pd.DataFrame
    if plain:
        with nothing_collected():
            frame = (table.select(plain) if apart else table).to_pandas(types_mapper=mapped)
    else:
        frame = pd.DataFrame(index=pd.RangeIndex(rows))
    if not apart:
        return frame
    if len(apart) <= _FEW:
        for at, name in enumerate(names):
            if name in apart:
                values = _values(apart[name], written=name in mixed)
                frame.insert(at, name, pd.Series(values, index=frame.index, dtype=object))
        return frame
    # All in one block, since to insert one by one looks at all of them each time.
    block = np.empty((len(apart), rows), dtype=object)
    for at, (name, column) in enumerate(apart.items()):
        block[at] = _values(column, written=name in mixed)
    others = pd.DataFrame(block.T, columns=list(apart), index=frame.index, dtype=object)
    together: pd.DataFrame = pd.concat([frame, others], axis=1)[names]
    return together


def _own_text() -> dict[pa.DataType, Any]:
    """Return the dtype that pandas has for text: one for all columns, which are many perhaps."""
    kind = pd.Series([""]).dtype
    return {pa.string(): kind} if isinstance(kind, pd.StringDtype) else {}


def _would_change(column: pa.ChunkedArray) -> bool:
    """Whether pandas would make floats of whole numbers that are none."""
    return bool(column.null_count) and any(inexact(*extremes(chunk)) for chunk in column.chunks)


def _values(column: pa.ChunkedArray, *, written: bool) -> np.ndarray[Any, Any]:
    """Return Python's own value for each row; `written` ones are read from their JSON."""
    found: list[Any] = []
    for chunk in column.chunks:
        if written:
            found += [None if v is None else json.loads(v) for v in chunk.to_pylist()]
        elif pa.types.is_list(chunk.type) and not pa.types.is_nested(chunk.type.value_type):
            found += _lists(chunk)
        else:
            found += chunk.to_pylist()
    # An array made of lists of one length would have two dimensions.
    values = np.empty(len(found), dtype=object)
    values[:] = found
    return values


def _lists(array: pa.ListArray) -> list[list[Any] | None]:
    """Return the lists: their elements made at once and cut, which is far quicker than each."""
    elements = array.values.to_pylist()  # noqa: PD011 - Arrow's, not pandas'
    cuts = itertools.pairwise(array.offsets.to_pylist())
    with nothing_collected():
        found: list[list[Any] | None] = [elements[start:end] for start, end in cuts]
    if array.null_count:
        for at in np.flatnonzero(array.is_null().to_numpy(zero_copy_only=False)):
            found[at] = None
    return found
