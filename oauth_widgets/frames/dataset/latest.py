"""The last state of each key: which rows of the parts stay."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from oauth_widgets.errors import ConfigurationError, foreign_text

_AT = "\x00at"
"""The name of the column with the number of each row, which no column of an API has."""

_NEWER = 2**62
_AT_ONCE = 2**20

Keys = Callable[[int], pa.Table]
"""Gives the key columns of a part, by its number."""


def staying(
    keys: Keys, rows: Sequence[int], settled: int, names: Sequence[str]
) -> dict[int, pa.Array]:
    """Return the rows that stay, of each part that loses some: the last of each key.

    `rows` is how many each part has. The first `settled` parts have each key once, so they only
    lose rows to later parts. Rows without a key stay. Raises ConfigurationError for a key that
    can't be compared.
    """
    found: dict[int, pa.Array] = {}
    later = list(range(settled, len(rows)))
    if not later or not sum(rows[at] for at in later):
        return found
    newest = _newest(_numbered(keys, later), names)
    found |= _split(newest[_AT], _numbered_nulls(keys, later, names), rows, later)
    newer = newest.select(list(names))
    for batch in _batches(rows, settled, max(newer.num_rows, _AT_ONCE)):
        numbers = pa.array(range(_NEWER, _NEWER + newer.num_rows), pa.int64())
        both = pa.concat_tables([_numbered(keys, batch), newer.append_column(_AT, numbers)])
        kept = _newest(both, names)[_AT]
        kept = kept.filter(pc.less(kept, _NEWER))
        found |= _split(kept, _numbered_nulls(keys, batch, names), rows, batch)
    return found


def _newest(table: pa.Table, names: Sequence[str]) -> pa.Table:
    """Return the number of the last row of each key that is whole."""
    whole = table.filter(_is_whole(table, names))
    try:
        made = whole.group_by(list(names), use_threads=False).aggregate([(_AT, "max")])
    except (pa.ArrowNotImplementedError, pa.ArrowTypeError, pa.ArrowInvalid):
        kinds = ", ".join(f"{name}: {table.schema.field(name).type}" for name in names)
        raise ConfigurationError(
            f"key= names columns whose values can't be compared ({foreign_text(kinds)}).",
            next_step="Pass columns of numbers, text or times.",
        ) from None
    return made.rename_columns(
        [_AT if name == f"{_AT}_max" else name for name in made.column_names]
    )


def _is_whole(table: pa.Table, names: Sequence[str]) -> pa.ChunkedArray:
    whole = pc.is_valid(table[names[0]])
    for name in names[1:]:
        whole = pc.and_(whole, pc.is_valid(table[name]))
    return whole


def _numbered(keys: Keys, parts: Sequence[int]) -> pa.Table:
    table = pa.concat_tables([keys(at) for at in parts])
    return table.append_column(_AT, pa.array(range(table.num_rows), pa.int64()))


def _numbered_nulls(keys: Keys, parts: Sequence[int], names: Sequence[str]) -> pa.Array:
    table = _numbered(keys, parts)
    return table.filter(pc.invert(_is_whole(table, names)))[_AT].combine_chunks()


def _split(
    kept: pa.ChunkedArray, nulls: pa.Array, rows: Sequence[int], parts: Sequence[int]
) -> dict[int, pa.Array]:
    """Return, for each of the parts that loses rows, the numbers of those that stay."""
    every = pa.concat_arrays([*kept.chunks, nulls])
    every = every.take(pc.sort_indices(every))
    found, begins = {}, 0
    for at in parts:
        ends = begins + rows[at]
        first, last = (pc.sum(pc.less(every, edge)).as_py() or 0 for edge in (begins, ends))
        if last - first < rows[at]:
            found[at] = pc.subtract(every.slice(first, last - first), begins)
        begins = ends
    return found


def _batches(rows: Sequence[int], settled: int, most: int) -> Iterator[list[int]]:
    """Yield the numbers of the settled parts, about `most` rows at a time."""
    batch: list[int] = []
    for at in range(settled):
        batch.append(at)
        if sum(rows[one] for one in batch) >= most:
            yield batch
            batch = []
    if batch:
        yield batch
