"""What a Parquet file says of itself, read without Arrow's help."""

from __future__ import annotations

import io
import random

import pyarrow as pa
import pyarrow.parquet as paq
import pytest

from oauth_widgets.errors import OAuthError
from oauth_widgets.frames.parquet import parquet_page
from oauth_widgets.frames.thrift import Malformed, struct

MOST = 2**28


def written(**options: object) -> bytes:
    sink = io.BytesIO()
    rows = [{"id": n, "tags": ["a"] * n, "at": {"x": str(n)}} for n in range(9)]
    paq.write_table(pa.Table.from_pylist(rows), sink, **options)
    return sink.getvalue()


def test_the_end_of_a_file_says_the_same_as_to_arrow() -> None:
    body = written(row_group_size=4)
    metadata = paq.ParquetFile(io.BytesIO(body)).metadata
    length = int.from_bytes(body[-8:-4], "little")
    groups = struct(body[-8 - length : -8])[4]
    for number, group in enumerate(groups):
        theirs = metadata.row_group(number)
        assert group[3] == theirs.num_rows
        for at, column in enumerate(group[1]):
            assert column[3][5] == theirs.column(at).num_values
            assert column[3][6] == theirs.column(at).total_uncompressed_size


@pytest.mark.parametrize(
    "data", [b"", b"\x15", b"\x1f\x00", b"\x19\xfc" + b"\xff" * 9, b"\x1c" * 9999]
)
def test_bytes_that_are_no_struct_are_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        struct(data)


def test_a_file_with_a_changed_end_is_read_or_refused() -> None:
    body, chance = written(), random.Random(5)
    length = int.from_bytes(body[-8:-4], "little")
    refused = []
    for _ in range(300):
        changed = bytearray(body)
        changed[len(body) - 8 - chance.randrange(length) - 1] = chance.randrange(256)
        try:
            parquet_page(bytes(changed), page=1, rows=None, max_bytes=MOST)
        except OAuthError as problem:
            refused.append(problem.message)
    assert refused
    assert all(refused)
