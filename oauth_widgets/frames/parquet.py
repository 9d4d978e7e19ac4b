"""Parquet: a file that may be a thousand times as large once it is read."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as paq

from oauth_widgets.errors import UnexpectedAnswer
from oauth_widgets.frames.columns import Page, all_whole
from oauth_widgets.frames.fast_json import page_of
from oauth_widgets.frames.size import CELL, beyond_cells, check_size

_AT_ONCE = 64 * 2**20
_ROWS_AT_ONCE = 2**16
_FEWEST = 16
_TEXT = "BYTE_ARRAY"


def parquet_page(body: bytes, *, page: int, rows: int | None, max_bytes: int) -> Page:
    """Return the rows of a Parquet file, nested objects taken apart: the first `rows` where told.

    No more is read than those need. Raises UnexpectedAnswer, or AnswerTooLarge where it takes more
    than `max_bytes`.
    """
    try:
        file = paq.ParquetFile(pa.BufferReader(body))
        wanted = file.metadata.num_rows if rows is None else min(rows, file.metadata.num_rows)
        batches = list(_batches(file, wanted, body, page=page, max_bytes=max_bytes))
        table = pa.Table.from_batches(batches, file.schema_arrow)
        fields = list(table.schema)
        arrays = all_whole(table)
        records = pa.StructArray.from_arrays(arrays, fields=fields) if fields else None
        return page_of(records, table.num_rows if fields else wanted)
    except (pa.ArrowException, OSError, ValueError, LookupError, OverflowError):
        raise UnexpectedAnswer(f"Page {page} is not a proper Parquet file.") from None


def _batches(
    file: paq.ParquetFile, wanted: int, body: bytes, *, page: int, max_bytes: int
) -> Iterator[pa.RecordBatch]:
    """Yield the first `wanted` rows, a few megabytes at a time."""
    check_size(wanted * file.metadata.num_columns * CELL, max_bytes, page=page)
    read, size = 0, 0
    for number in range(file.metadata.num_row_groups):
        if read >= wanted:
            return
        group = file.metadata.row_group(number)
        lengths = _lengths(file, number, body)
        repeated = _repeated(file, group, lengths)
        check_size(max(group.total_byte_size, repeated), max_bytes, page=page)
        at_once = max(min(_AT_ONCE // max(sum(lengths), 1), _ROWS_AT_ONCE), 1)
        for batch in file.iter_batches(min(at_once, wanted), row_groups=[number]):
            taken = batch.slice(0, wanted - read)
            read += taken.num_rows
            size += beyond_cells(taken.columns)
            check_size(read * file.metadata.num_columns * CELL + size, max_bytes, page=page)
            yield taken
            if read >= wanted:
                return


def _lengths(file: paq.ParquetFile, number: int, body: bytes) -> list[int]:
    """Return how many bytes one value of each column may take.

    Text that is written once and pointed at many times is as long as the longest in its dictionary,
    which comes along with the first row.
    """
    group = file.metadata.row_group(number)
    chunks = [group.column(at) for at in range(group.num_columns)]
    lengths = [max(file.schema.column(at).length, CELL) for at in range(group.num_columns)]
    pointing = [
        at
        for at, chunk in enumerate(chunks)
        if chunk.physical_type == _TEXT and chunk.has_dictionary_page
    ]
    for at, chunk in enumerate(chunks):
        if chunk.physical_type == _TEXT and "DELTA_BYTE_ARRAY" in chunk.encodings:
            # each value may repeat the one before it
            lengths[at] = min(chunk.total_uncompressed_size, _AT_ONCE // _FEWEST)
    if not pointing or group.num_rows == 0:
        return lengths
    paths = [chunks[at].path_in_schema for at in pointing]
    dictionaries = paq.ParquetFile(
        pa.BufferReader(body), metadata=file.metadata, read_dictionary=paths
    )
    first = next(dictionaries.iter_batches(1, row_groups=[number], columns=paths))
    longest = max((_longest(column) for column in first.columns), default=0)
    for at in pointing:
        lengths[at] = max(min(longest, chunks[at].total_uncompressed_size), lengths[at])
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


def _repeated(file: paq.ParquetFile, group: paq.RowGroupMetaData, lengths: list[int]) -> int:
    """Return how many bytes lists may take, of which one row may hold all."""
    return sum(
        group.column(at).num_values * length
        for at, length in enumerate(lengths)
        if file.schema.column(at).max_repetition_level
    )
