"""Notes in the metadata of Arrow and Parquet that pandas looks for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

_WHOLE = {pa.int64(): "Int64", pa.uint64(): "UInt64"}


def noted_attrs(attrs: Mapping[str, Any]) -> dict[bytes, bytes]:
    """Return the note that holds the attrs of a DataFrame."""
    return {b"PANDAS_ATTRS": json.dumps(attrs).encode()}


def for_pandas(schema: pa.Schema, attrs: Mapping[str, Any]) -> dict[bytes, bytes]:
    """Return what a file says to pandas: its `attrs`, and the dtypes of whole numbers.

    Without these dtypes, pandas makes floats of whole numbers if one cell is missing, and rounds
    those beyond 2⁵³. Other readers ignore the note.
    """
    whole = [
        {
            "name": field.name,
            "field_name": field.name,
            "pandas_type": str(field.type),
            "numpy_type": _WHOLE[field.type],
            "metadata": None,
        }
        for field in schema
        if field.type in _WHOLE
    ]
    note = {"index_columns": [], "column_indexes": [], "columns": whole, "pandas_version": None}
    return noted_attrs(attrs) | {b"pandas": json.dumps(note).encode()}
