"""Columns of times, read on request from texts and from numbers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as paq
import pytest

from oauth_widgets import errors
from tests.helpers.mint import Mint
from tests.helpers.rigged import answer, as_json
from tests.helpers.twins import both


@both
@pytest.mark.parametrize(
    ("texts", "dtype"),
    [
        (["2026-01-01T00:00:00Z", None, "2026-01-01T01:00:00+01:00"], "datetime64[us, UTC]"),
        (["2026-01-01T00:00:00.123Z", "2026-01-01T00:00:00.5Z"], "datetime64[us, UTC]"),
        (["2026-01-01T00:00:00", "2026-01-01"], "datetime64[us]"),
        (["2026-01-01T00:00:00.123456789Z"], "datetime64[ns, UTC]"),
    ],
)
def test_times_are_read_on_request(call: Any, texts: Any, dtype: str, mint: Mint) -> None:
    session = mint.chain([{"at": text} for text in texts])
    frame = call(session, "frame", "/0", timestamps=["at"])
    assert str(frame["at"].dtype) == dtype
    assert frame["at"][0].isoformat().startswith("2026-01-01T00:00:00")
    assert call(session, "frame", "/0")["at"].tolist()[0] == texts[0]


@both
def test_what_is_no_time_or_no_column_is_said_and_nothing_is_lost(call: Any, mint: Mint) -> None:
    session = mint.chain([{"at": "2026-01-01"}, {"at": "soon"}])
    with pytest.raises(
        errors.UnexpectedAnswer, match="'at' has values that aren't times"
    ) as failed:
        call(session, "frame", "/0", timestamps=["at"])
    assert failed.value.partial["at"].tolist() == ["2026-01-01", "soon"]
    with pytest.raises(errors.ConfigurationError, match="no such column") as missing:
        call(session, "frame", "/0", timestamps=["when"])
    assert "at" in missing.value.next_step
    assert len(missing.value.partial) == 2


UNITS = {"s": 1_772_284_830, "ms": 1_772_284_830_500, "us": 1_772_284_830_500_250}
UNITS["ns"] = 1_772_284_830_500_250_125


def as_text(value: int) -> str:
    return str(value)


def with_a_fraction(value: int) -> float:
    return value + 0.0


@both
@pytest.mark.parametrize("form", [int, with_a_fraction, as_text])
@pytest.mark.parametrize("unit", UNITS)
def test_numbers_are_times_once_their_unit_is_told(
    call: Any, unit: str, form: Any, mint: Mint, tmp_path: Path
) -> None:
    session = mint.chain([{"t": form(UNITS[unit])}], [{"t": None}])
    wanted = pd.to_datetime(UNITS[unit], unit=unit, utc=True)  # type: ignore[arg-type]
    near = pd.Timedelta(1, "us") if form is with_a_fraction else pd.Timedelta(0)
    frame = call(session, "frame", "/0", timestamps={"t": unit})
    kept = "ns" if unit == "ns" else "us"
    assert str(frame["t"].dtype) == f"datetime64[{kept}, UTC]"
    assert abs(frame["t"][0] - wanted) <= near
    assert frame["t"].isna().tolist() == [False, True]
    table = call(session, "arrow", "/0", timestamps={"t": unit})
    path = call(session, "to_parquet", "/0", tmp_path / "x.parquet", timestamps={"t": unit})
    assert table.schema.field("t").type == pa.timestamp(kept, "UTC")
    assert paq.read_table(path)["t"].to_pylist() == table["t"].to_pylist()


def test_parts_of_a_second_are_kept(mint: Mint) -> None:
    frame = mint.chain([{"t": 1.5}, {"t": -0.25}]).frame("/0", timestamps={"t": "s"})
    assert [one.timestamp() for one in frame["t"]] == [1.5, -0.25]


@both
def test_no_content_is_a_page_without_rows(call: Any, mint: Mint) -> None:
    mint.pages["/api/x"] = answer(status=204)
    frame = call(mint.session(), "frame", "/x", timestamps=["t"])
    assert (len(frame), frame["t"].dtype.kind) == (0, "M")
    mint.pages["/api/y"] = as_json([{"id": 1}])
    mint.pages["/api/y?page=1"] = as_json([{"id": 2}])
    mint.pages["/api/y?page=2"] = answer(status=204)
    assert call(mint.session(), "frame", "/y", paging="page")["id"].tolist() == [1, 2]


EXACT = 1_772_284_830_500_250_125


@pytest.mark.parametrize("values", [[EXACT, 0.5], [str(EXACT), "0.5"], [str(EXACT), "5e-1"]])
def test_a_whole_number_stays_exact_next_to_a_fraction(values: Any, mint: Mint) -> None:
    frame = mint.chain([{"t": value} for value in values]).frame("/0", timestamps={"t": "ns"})
    assert frame["t"].astype("int64").tolist() == [EXACT, 0]


@both
@pytest.mark.parametrize(
    "text",
    ["0000-01-01T00:00:00Z", "0001-01-01T00:00:00+12:00", "9999-12-31T23:59:59-12:00"],
)
def test_text_that_is_no_time_in_the_years_1_to_9999_is_named(
    call: Any, text: str, mint: Mint
) -> None:
    session = mint.chain([{"t": "2026-01-01T00:00:00Z"}, {"t": text}])
    with pytest.raises(errors.UnexpectedAnswer, match=re.escape(text)):
        call(session, "frame", "/0", timestamps=["t"])


@both
@pytest.mark.parametrize("value", [1_772_284_830, 1.5, 2**63])
def test_numbers_without_a_unit_are_refused_and_the_unit_is_shown(
    call: Any, value: Any, mint: Mint, tmp_path: Path
) -> None:
    session = mint.chain([{"t": value}])
    for method, more in (("frame", ()), ("arrow", ()), ("to_parquet", (tmp_path / "x.parquet",))):
        with pytest.raises(errors.ConfigurationError, match="'t', which has numbers") as failed:
            call(session, method, "/0", *more, timestamps=["t"])
        assert "timestamps={'t': \"s\"}" in failed.value.next_step


@both
@pytest.mark.parametrize(
    ("values", "unit", "said"),
    [
        ([1_772_284_830_500], "s", "1772284830500"),
        ([1, "2026-01-01"], "s", "2026-01-01"),
        (["soon"], "ms", "soon"),
        ([1, "2"], "s", '"2"'),
        ([2**63], "ns", "9223372036854775808"),
        ([9.3e18], "ns", "9.3e"),
        ([-1e30], "s", "-1e"),
        ([True], "s", "bool"),
        ([[1]], "s", "list"),
    ],
)
def test_what_is_no_time_in_its_unit_is_named(
    call: Any, values: Any, unit: str, said: str, mint: Mint
) -> None:
    session = mint.chain([{"t": value} for value in values])
    with pytest.raises(errors.UnexpectedAnswer, match=re.escape(said)) as failed:
        call(session, "frame", "/0", timestamps={"t": unit})
    assert failed.value.partial["t"].tolist() == values


@both
@pytest.mark.parametrize("asked", [["t", "u"], {"t": "s", "u": "ns"}])
@pytest.mark.parametrize("page", [[], [{"t": None, "u": None}]])
def test_where_nothing_came_columns_of_times_are_there_all_the_same(
    call: Any, page: Any, asked: Any, mint: Mint, tmp_path: Path
) -> None:
    session = mint.chain(page)
    frame = call(session, "frame", "/0", timestamps=asked)
    assert len(frame) == len(page)
    assert [dtype.kind for dtype in frame.dtypes] == ["M", "M"]
    table = call(session, "arrow", "/0", timestamps=asked)
    path = call(session, "to_parquet", "/0", tmp_path / "x.parquet", timestamps=asked)
    assert [str(one.type)[:9] for one in table.schema] == ["timestamp"] * 2
    assert paq.read_schema(path).names == ["t", "u"]
