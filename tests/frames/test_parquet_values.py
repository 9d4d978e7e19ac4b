"""What only Parquet has: types of several sizes, equal names, times without a value in Python."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as paq
import pytest

from oauth_widgets import errors
from tests.helpers.mint import Mint
from tests.helpers.rigged import answer


def session_of(mint: Mint, *pages: pa.Table) -> Any:
    for number, page in enumerate(pages):
        into = io.BytesIO()
        paq.write_table(page, into)
        more = {"link": f'</api/{number + 1}>; rel="next"'} if number + 1 < len(pages) else {}
        kind = "application/vnd.apache.parquet"
        mint.pages[f"/api/{number}"] = answer(into.getvalue(), kind=kind, **more)
    return mint.session()


def column(values: Any, kind: pa.DataType | None = None) -> pa.Table:
    return pa.table({"a": pa.array(values, kind)})


TIME = datetime(2026, 1, 2, 3)  # noqa: DTZ001 - as the file has it
FAR = datetime(9999, 1, 1)  # noqa: DTZ001
TWO = pa.DictionaryArray.from_arrays(pa.array([1], pa.int8()), pa.array(["x", "y"]))
BIG = 2**63
SHARED = {
    "whole numbers": (column([-1], pa.int32()), column([2**40]), pa.int64(), [-1, 2**40]),
    "short and unsigned": (
        column([-1], pa.int8()),
        column([BIG], pa.uint64()),
        None,
        [-1, BIG],
    ),
    "without a sign": (
        column([1], pa.int8()),
        column([BIG], pa.uint64()),
        pa.uint64(),
        [1, BIG],
    ),
    "doubles": (column([0.5], pa.float32()), column([0.1]), pa.float64(), [0.5, 0.1]),
    "decimals": (
        column([Decimal("1.10")]),
        column([Decimal("100.123")]),
        pa.decimal128(6, 3),
        [Decimal("1.1"), Decimal("100.123")],
    ),
    "decimal and whole": (
        column([7]),
        column([Decimal("1.10")]),
        pa.decimal128(22, 2),
        [Decimal(7), Decimal("1.1")],
    ),
    "times": (
        column([TIME], pa.timestamp("ms")),
        column([TIME], pa.timestamp("ns")),
        pa.timestamp("ns"),
        [TIME, TIME],
    ),
    "times too far for nanoseconds": (
        column([FAR], pa.timestamp("us")),
        column([TIME], pa.timestamp("ns")),
        None,
        [str(FAR), str(TIME)],
    ),
    "text": (column(["x"], pa.large_string()), column(["y"]), pa.large_string(), ["x", "y"]),
    "bytes and text": (column([b"x"]), column(["y"]), None, ["x", "y"]),
    "bytes and numbers": (column([b"\xff"]), column([7]), None, ["ff", 7]),
    "text by number": (pa.table({"a": TWO}), column(["x"]), pa.string(), ["y", "x"]),
}


@pytest.mark.parametrize("name", SHARED)
def test_types_of_several_sizes_have_one_in_common(name: str, mint: Mint) -> None:
    one, other, kind, values = SHARED[name]
    session = session_of(mint, one, other)
    table = session.arrow("/0")
    assert table.schema.field("a").type == (pa.string() if kind is None else kind)
    assert session.frame("/0")["a"].tolist() == values


@pytest.mark.parametrize(
    "page",
    [
        pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["a", "a"]),
        column([{"b": {"c": 1}}], pa.struct([("b", pa.struct([("c", pa.int64())]))])).append_column(
            "a", pa.array([1])
        ),
    ],
)
def test_two_columns_of_one_name_are_refused_and_none_is_lost(page: Any, mint: Mint) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match="share the column 'a'"):
        session_of(mint, page).arrow("/0")


@pytest.mark.parametrize(
    "page",
    [
        column([2**30], pa.int32()).cast(pa.schema([("a", pa.date32())])),
        column([2**62], pa.int64()).cast(pa.schema([("a", pa.timestamp("us", "UTC"))])),
        column([1], pa.int64()).cast(pa.schema([("a", pa.time64("ns"))])),
        column([[-(2**62)]], pa.list_(pa.timestamp("us"))),
        column([[{"b": 2**62}]], pa.list_(pa.struct([("b", pa.duration("s"))]))),
        column([0], pa.timestamp("us", "Mars/Base")),
    ],
)
def test_a_time_that_python_has_no_value_for_is_said_and_arrow_has_it(
    page: Any, mint: Mint
) -> None:
    session = session_of(mint, column([date(2026, 1, 1)]), page)
    with pytest.raises(errors.UnexpectedAnswer, match="Page 2 has a time in the column 'a'") as no:
        session.frame("/0")
    assert len(no.value.partial) == 1
    assert session_of(mint, page).arrow("/0").num_rows == 1


def test_text_that_is_not_in_utf_8_is_refused(mint: Mint) -> None:
    latin = pa.Array.from_buffers(pa.string(), 1, pa.array([b"\xe9"]).buffers())
    with pytest.raises(errors.UnexpectedAnswer, match="not a valid Parquet file"):
        session_of(mint, pa.table({"a": latin})).frame("/0")


def test_maps_are_lists_of_their_pairs(mint: Mint) -> None:
    page = column([[("k", 1)], None], pa.map_(pa.string(), pa.int64()))
    assert session_of(mint, page, page).frame("/0")["a"].tolist() == [[("k", 1)], None] * 2
