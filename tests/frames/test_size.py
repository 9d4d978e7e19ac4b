"""What an answer may take: time by its length alone, memory up to what the caller allows."""

from __future__ import annotations

import gzip
import io
import json
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as paq
import pytest

from oauth_widgets import errors
from oauth_widgets._net.message import Response
from oauth_widgets.frames.columns import Columns
from oauth_widgets.frames.decode import Decoder
from oauth_widgets.frames.provenance import Provenance
from oauth_widgets.frames.results import AsFrame
from oauth_widgets.frames.shape import too_many_cells
from oauth_widgets.frames.size import CELL, COLUMN
from tests.helpers.growth import is_within
from tests.helpers.mint import Mint
from tests.helpers.rigged import answer
from tests.helpers.twins import both

JSON, LINES, CSV = "application/json", "application/x-ndjson", "text/csv"
PARQUET = "application/vnd.apache.parquet"


def framed(body: bytes, kind: str) -> pd.DataFrame:
    """Return the frame of one answer, without a network."""
    response = Response(200, {"content-type": kind}, body, "https://api.example/x")
    page = Decoder(None, ruled=False).decode(response, page=1).page
    columns, result = Columns().grown(page), AsFrame({}, None)
    result.add(page)
    return result.made(columns, Provenance("https://api.example/x"))


def csv(columns: int) -> bytes:
    names = ",".join(f"c{at}" for at in range(columns))
    line = ",".join(f"x{at}" if at % 3 else str(at) for at in range(columns))
    return f"{names}\n{line}\n{line}\n".encode()


def even(columns: int) -> bytes:
    record = {f"c{at}": f"x{at}" if at % 3 else at for at in range(columns)}
    return json.dumps([record, record]).encode()


def mixed(columns: int) -> bytes:
    pair: list[Any] = [{f"c{at}": one for at in range(columns)} for one in (1, "x")]
    return json.dumps(pair).encode()


def one_record(columns: int) -> bytes:
    return json.dumps(
        {f"c{at}": [at, "x", None, {"a": [1, "x"]}][at % 4] for at in range(columns)}
    ).encode()


def columns_of_parquet(columns: int) -> bytes:
    file = io.BytesIO()
    paq.write_table(pa.table({f"c{at}": [1] for at in range(columns)}), file)
    return file.getvalue()


WIDE = {
    "CSV": (csv, CSV),
    "JSON": (even, JSON),
    "mixed": (mixed, JSON),
    "one record": (one_record, JSON),
    "lines": (lambda n: even(n)[1:-1].replace(b"}, {", b"}\n{"), LINES),
    "Parquet": (columns_of_parquet, PARQUET),
}


@pytest.mark.parametrize("form", WIDE)
def test_four_times_the_columns_take_four_times_as_long(form: str) -> None:
    make, kind = WIDE[form]
    few, many = make(500), make(2000)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        framed(few, kind)
        assert is_within(8, lambda: framed(many, kind), lambda: framed(few, kind))


def test_many_columns_of_csv_take_about_as_long_as_in_pandas() -> None:
    body = csv(5_000)
    framed(body, CSV)
    # twice in a quiet run
    assert is_within(4, lambda: framed(body, CSV), lambda: pd.read_csv(io.BytesIO(body)))


def test_line_breaks_without_end_are_nothing() -> None:
    def lines(count: int) -> Callable[[], object]:
        body = b'{"a": 1}' + b"\n" * count + b'{"a": 2}\n'
        return lambda: framed(body, LINES)

    lines(10)()
    assert is_within(8, lines(800_000), lines(200_000))


def nested_keys(count: int) -> bytes:
    """Return records with `count` paths in all that are made of few names."""
    return json.dumps([{f"a{at % 50}": {f"b{at // 50}": at}} for at in range(count)]).encode()


BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "new keys": (lambda: json.dumps([{f"k{at}": at} for at in range(2000)]).encode(), JSON),
    "new keys in lines": (
        lambda: "\n".join(json.dumps({f"k{at}": at}) for at in range(2000)).encode(),
        LINES,
    ),
    "new keys, nested": (lambda: nested_keys(2500), JSON),
    "new keys under escapes": (
        lambda: json.dumps(
            [{'"' * (at % 50) + "x" + '"' * (at // 50): 1} for at in range(2500)]
        ).encode(),
        JSON,
    ),
    "mixed new keys": (
        lambda: json.dumps([{f"k{at}": at, "m": [1, "x"][at % 2]} for at in range(2000)]).encode(),
        JSON,
    ),
    "small objects": (lambda: b"[" + b'{"a": [{}, "x", 1]},' * 400_000 + b"{}]", JSON),
    "cells of CSV": (lambda: csv(1000) + (b"," * 999 + b"\n") * 2000, CSV),
    "gzip": (lambda: gzip.compress(b"n\n" + b"1\n" * 8_000_000), CSV),
    "gzip in gzip": (lambda: gzip.compress(b"\n" * 16_000_000), LINES),
    "rows": (lambda: parquet({"n": pa.array(np.zeros(2_000_000, "int64"))}), PARQUET),
    "long text": (lambda: parquet({"t": long_text(2000)}), PARQUET),
    "long text in lists": (
        lambda: parquet({"t": pa.array([["x" * 10_000] * 2000])}),
        PARQUET,
    ),
    "long text plainly": (
        lambda: parquet({"t": pa.array(["x" * 10_000] * 2000)}, use_dictionary=False),
        PARQUET,
    ),
    "long text by its difference": (
        lambda: parquet(
            {"t": pa.array(["x" * 10_000] * 2000)},
            use_dictionary=False,
            column_encoding={"t": "DELTA_BYTE_ARRAY"},
        ),
        PARQUET,
    ),
    "long lists": (lambda: parquet({"l": pa.array([np.zeros(2_000_000, "int64")])}), PARQUET),
}


def long_text(rows: int) -> pa.Array:
    return pa.DictionaryArray.from_arrays(np.zeros(rows, "int32"), pa.array(["x" * 10_000]))


def parquet(columns: dict[str, pa.Array], **options: Any) -> bytes:
    file = io.BytesIO()
    paq.write_table(pa.table(columns), file, compression="zstd", store_schema=False, **options)
    return file.getvalue()


@both
@pytest.mark.parametrize("bomb", BOMBS)
def test_what_takes_more_memory_than_is_allowed_is_refused_and_the_option_named(
    call: Any, bomb: str, mint: Mint
) -> None:
    make, kind = BOMBS[bomb]
    mint.pages["/api/x"] = answer(make(), kind=kind)
    with pytest.raises(errors.AnswerTooLarge) as refused:
        call(mint.session(), "frame", "/x", max_bytes=8_000_000, paging="none")
    assert "max_bytes" in str(refused.value) or "more than 2000000 bytes" in str(refused.value)


@pytest.mark.parametrize("pages", [5, 8])
def test_all_pages_together_are_bounded_and_those_before_are_kept(pages: int, mint: Mint) -> None:
    session = mint.chain(*([{f"k{at}": 1}] * 1000 for at in range(pages)))
    with pytest.raises(errors.AnswerTooLarge, match=f"Page {pages} brings") as refused:
        session.frame("/0", max_bytes=8000 * pages**2 - 1)
    assert refused.value.partial.shape == (1000 * (pages - 1), pages - 1)


def test_a_file_may_be_larger_than_memory(mint: Mint, tmp_path: Any) -> None:
    session = mint.chain(*[[{"n": 1}] * 1000] * 6)
    path = session.to_parquet("/0", tmp_path / "x.parquet", max_bytes=44_000)
    assert paq.read_metadata(path).num_rows == 6000
    with pytest.raises(errors.AnswerTooLarge, match="brings"):
        session.frame("/0", max_bytes=44_000)


LIMITED: dict[str, tuple[Callable[[], bytes], str]] = {
    "rows": (
        lambda: parquet({"n": pa.array(np.arange(2_000_000))}, row_group_size=1_000_000),
        PARQUET,
    ),
    "long text": (lambda: parquet({"n": pa.array(np.arange(2000)), "t": long_text(2000)}), PARQUET),
    "CSV": (lambda: b"n,m\n" + b"".join(b"%d,x\n" % at for at in range(300_000)), CSV),
    "lines": (lambda: b"".join(b'{"n": %d}\n\n' % at for at in range(300_000)), LINES),
    "lines, the last is none": (lambda: b'{"n": 0}\n{"n": 1}\n{"n": 2}\n{"n": 3}\n{"n"', LINES),
    "records of several lines": (
        lambda: b"".join(b'{\n"n":\n%d}\n' % at for at in range(100)),
        LINES,
    ),
    "JSON": (lambda: json.dumps([{"n": at} for at in range(1000)]).encode(), JSON),
    "mixed": (lambda: json.dumps([{"n": at} for at in range(9)] + [{"n": "x"}]).encode(), JSON),
    "a long row of CSV": (
        lambda: b"n,m\n" + b"".join(b"%d,%s\n" % (at, b"x" * 1_500_000) for at in range(4)),
        CSV,
    ),
}


@pytest.mark.parametrize("form", LIMITED)
def test_a_limit_reads_no_further_and_gives_the_first_rows(form: str, mint: Mint) -> None:
    make, kind = LIMITED[form]
    mint.pages["/api/x"] = answer(make(), kind=kind)
    found = mint.session().frame("/x", limit=4, max_bytes=40_000_000)
    assert found["n"].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize(
    ("value", "cells", "columns"),
    [
        ([{"a": 1}, {"b": 2}], 4, 2),
        # the objects in an object make it longer, for all that can be seen
        ([{"a": {"b": 1}}, {"a": {"c": 1}}], 10, 3),
        ({"items": [{"a": 1, "b": 2}] * 4}, 11, 3),
        ([{"a": "{:}"}, {'a"\\': ":"}], 4, 2),
    ],
)
def test_cells_are_counted_by_path_and_object(value: Any, cells: int, columns: int) -> None:
    body = json.dumps(value).encode()
    most = cells + columns * (COLUMN // CELL)
    assert not too_many_cells(body, most)
    assert too_many_cells(body, most - 1)
