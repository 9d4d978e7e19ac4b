"""Parquet: a file that may be a thousand times as large once it is read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as paq

from oauth_widgets.errors import UnexpectedAnswer
from oauth_widgets.frames.columns import Page, all_whole, check_names
from oauth_widgets.frames.fast_json import page_of
from oauth_widgets.frames.size import CELL, beyond_cells, cells_size, check_size
from oauth_widgets.frames.thrift import Malformed, Struct, struct
from oauth_widgets.secret.quoting import Secrets

_AT_ONCE = 64 * 2**20
_ROWS_AT_ONCE = 2**16
_FEWEST = 16
_TEXT = 6
"""BYTE_ARRAY among Parquet's types, as parquet.thrift numbers them."""

_DELTA_TEXT = 7
"""DELTA_BYTE_ARRAY among its encodings."""

_END = 8
"""Bytes of the length and the mark that a file ends with."""


@dataclass(frozen=True)
class _Chunk:
    """What a file says of one column of a row group; `size` is its bytes once unpacked."""

    kind: int
    encodings: frozenset[int]
    values: int
    size: int


def parquet_page(
    body: bytes, *, page: int, rows: int | None, max_bytes: int, secrets: Secrets = ()
) -> Page:
    """Return the rows of a Parquet file, nested objects taken apart: the first `rows` if given.

    No more is read than those need. Raises UnexpectedAnswer, or AnswerTooLarge if it takes more
    than `max_bytes`.
    """
    try:
        file = paq.ParquetFile(pa.BufferReader(body))
        _check_names(list(file.schema_arrow), secrets)
        count = file.metadata.num_rows if rows is None else min(rows, file.metadata.num_rows)
        batches = list(_batches(file, count, body, page=page, max_bytes=max_bytes))
        table = pa.Table.from_batches(batches, file.schema_arrow)
        # Text that isn't in UTF-8, as Parquet requires, would otherwise fail only when it is used.
        table.validate(full=True)
        fields = list(table.schema)
        arrays = all_whole(table)
        records = pa.StructArray.from_arrays(arrays, fields=fields) if fields else None
        return page_of(records, table.num_rows if fields else count)
    except (pa.ArrowException, OSError, ValueError, LookupError, OverflowError):
        raise UnexpectedAnswer(f"Page {page} is not a valid Parquet file.") from None


def _check_names(members: list[pa.Field], secrets: Secrets) -> None:
    """Raise UnexpectedAnswer for two members of one name."""
    check_names([member.name for member in members], secrets)
    for member in members:
        if pa.types.is_nested(member.type):
            inside = [member.type.field(at) for at in range(member.type.num_fields)]
            _check_names(inside, secrets)


def _batches(
    file: paq.ParquetFile, count: int, body: bytes, *, page: int, max_bytes: int
) -> Iterator[pa.RecordBatch]:
    """Yield the first `count` rows, a few megabytes at a time."""
    check_size(cells_size(count, file.metadata.num_columns), max_bytes, page=page)
    read, size = 0, 0
    for number, chunks in enumerate(_groups(file, body)):
        if read >= count:
            return
        group = file.metadata.row_group(number)
        lengths = _lengths(file, number, chunks, body) if group.num_rows else []
        repeated = _repeated(file, chunks, lengths)
        check_size(max(group.total_byte_size, repeated), max_bytes, page=page)
        at_once = max(min(_AT_ONCE // max(sum(lengths), 1), _ROWS_AT_ONCE), 1)
        for batch in file.iter_batches(min(at_once, count), row_groups=[number]):
            taken = batch.slice(0, count - read)
            read += taken.num_rows
            size += beyond_cells(taken.columns)
            check_size(cells_size(read, file.metadata.num_columns) + size, max_bytes, page=page)
            yield taken
            if read >= count:
                return


def _groups(file: paq.ParquetFile, body: bytes) -> list[list[_Chunk]]:
    """Return what the end of the file says of the columns of each row group. Raises Malformed."""
    length = int.from_bytes(body[-_END:][:4], "little")
    try:
        groups = struct(body[-_END - length : -_END])[4]
        found = [[_chunk(column[3]) for column in group[1]] for group in groups]
    except (LookupError, TypeError):
        raise Malformed from None
    columns = file.metadata.num_columns
    if len(found) != file.metadata.num_row_groups or any(len(one) != columns for one in found):
        raise Malformed
    return found


def _chunk(said: Struct) -> _Chunk:
    kind, encodings, values, size = said[1], said[2], said[5], said[6]
    if not isinstance(kind, int) or not isinstance(values, int) or not isinstance(size, int):
        raise Malformed
    return _Chunk(kind, frozenset(encodings), values, size)


def _lengths(file: paq.ParquetFile, number: int, chunks: list[_Chunk], body: bytes) -> list[int]:
    """Return how many bytes one value of each column may take.

    Text may be written once and pointed at many times, whatever the end of the file says of that:
    then it is as long as the longest in its dictionary, which the first row brings along.
    """
    lengths = [max(file.schema.column(at).length, CELL) for at in range(len(chunks))]
    for at, chunk in enumerate(chunks):
        if chunk.kind == _TEXT and _DELTA_TEXT in chunk.encodings:
            # Each value may repeat the one before it.
            lengths[at] = min(chunk.size, _AT_ONCE // _FEWEST)
    pointing = [
        at
        for at, chunk in enumerate(chunks)
        if chunk.kind == _TEXT and _DELTA_TEXT not in chunk.encodings
    ]
    if not pointing:
        return lengths
    paths = [file.schema.column(at).path for at in pointing]
    dictionaries = paq.ParquetFile(
        pa.BufferReader(body), metadata=file.metadata, read_dictionary=paths
    )
    first = next(dictionaries.iter_batches(1, row_groups=[number], columns=paths))
    longest = max((_longest(column) for column in first.columns), default=0)
    for at in pointing:
        lengths[at] = max(min(longest, chunks[at].size), lengths[at])
    return lengths


def _longest(array: pa.Array) -> int:
    """Return the length of the longest text in the dictionaries of an array, however deep."""
    if pa.types.is_dictionary(array.type):
        return pc.max(pc.binary_length(array.dictionary)).as_py() or 0
    if pa.types.is_struct(array.type):
        return max((_longest(member) for member in array.flatten()), default=0)
    if pa.types.is_nested(array.type):
        return _longest(array.values)
    return 0


def _repeated(file: paq.ParquetFile, chunks: list[_Chunk], lengths: list[int]) -> int:
    """Return how many bytes lists may take, of which one row may hold all."""
    return sum(
        chunks[at].values * length
        for at, length in enumerate(lengths)
        if file.schema.column(at).max_repetition_level
    )
