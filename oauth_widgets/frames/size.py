"""How much memory records take, and the error if that is more than the caller allows."""

from __future__ import annotations

from collections.abc import Iterable

import pyarrow as pa

from oauth_widgets.errors import AnswerTooLarge

CELL = 8
"""Bytes of a cell at least, an empty one too: that is what a number takes."""

COLUMN = 4096
"""Bytes of a column in addition to its cells: its name, and the objects of Arrow and pandas."""

VALUE, OBJECT = 48, 160
"""About how many bytes a value takes in Python, and an object of JSON besides its members."""

_FEW = 2**15
_LONGEST_PAGE = 2**31 - 2**16
_UNITS = ((2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"))


def most_of_a_page(max_bytes: int) -> int:
    """Return how many bytes an answer may have once unpacked; no reader takes more than 2 GiB."""
    return min(max(max_bytes // 4, 1), _LONGEST_PAGE)


def check_size(size: int, max_bytes: int, *, page: int) -> None:
    """Raise AnswerTooLarge if `page` takes the records to more than `max_bytes`."""
    if size > max_bytes:
        enough = 2 ** (size - 1).bit_length()
        problem = AnswerTooLarge(
            f"Page {page} brings the records to {shown_size(size)} in memory, more than max_bytes "
            f"allows ({shown_size(max_bytes)})."
        )
        problem.next_step = (
            "Ask for less with limit= or params=, write a file with to_parquet, or allow more: "
            f"max_bytes={enough}."
        )
        raise problem


def cells_size(rows: int, columns: int) -> int:
    """Return how many bytes a table takes at least."""
    return rows * columns * CELL + columns * COLUMN


def boxed_size(arrays: Iterable[pa.Array]) -> int:
    """Return about how many bytes the values in lists take as Python objects."""
    size = 0
    for array in arrays:
        if not pa.types.is_nested(array.type):
            continue
        inner = parts(array)
        size += OBJECT * len(array) if pa.types.is_struct(array.type) else 0
        size += VALUE * sum(map(len, inner)) + boxed_size(inner)
    return size


def parts(array: pa.Array) -> list[pa.Array]:
    """Return the arrays inside a nested one: members, elements, or keys and values."""
    kind = array.type
    if pa.types.is_struct(kind):
        return [array.field(at) for at in range(kind.num_fields)]
    if pa.types.is_map(kind):
        return [array.keys, array.items]
    return [array.flatten()] if pa.types.is_nested(kind) else []


def beyond_cells(arrays: Iterable[pa.Array]) -> int:
    """Return the bytes that text and lists take in addition to their cells."""
    found = [array for array in arrays if not pa.types.is_primitive(array.type)]
    # This counts what a page keeps from others, too, which is quick and nearly right for few.
    kept: int = sum(array.get_total_buffer_size() for array in found)
    if kept < _FEW:
        return kept
    # All in one call, since each takes longer than what it does.
    taken: int = pa.RecordBatch.from_arrays(found, [""] * len(found)).nbytes
    return taken


def shown_size(size: int) -> str:
    """Return a number of bytes for people."""
    for unit, name in _UNITS:
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size} bytes"
