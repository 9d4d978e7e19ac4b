"""The dtypes of columns, whatever comes on which page."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from oauth_widgets import errors
from tests.helpers.mint import Mint
from tests.helpers.twins import both

TEXT = pd.Series(["a"]).dtype
RECORDS = [
    {"i": 1, "f": 1.5, "s": "x", "b": True, "l": ["a"], "o": [{"k": 1}], "n": None, "m": 1},
    {"i": None, "f": None, "s": None, "b": None, "l": None, "o": None, "n": None, "m": "one"},
]
DTYPES = {
    None: ["float64", "float64", TEXT, "object", "object", "object", "object", "object"],
    "numpy_nullable": ["Int64", "Float64", "string", "boolean", *["object"] * 4],
    "pyarrow": [
        *("int64[pyarrow]", "double[pyarrow]", "string[pyarrow]", "bool[pyarrow]"),
        *("list<item: string>[pyarrow]", "list<item: struct<k: int64>>[pyarrow]"),
        *("null[pyarrow]", "object"),
    ],
}


@both
@pytest.mark.parametrize("backend", DTYPES)
def test_the_dtypes_are_those_of_pandas_own_readers(call: Any, backend: Any, mint: Mint) -> None:
    frame = call(mint.chain(RECORDS[:1], RECORDS[1:]), "frame", "/0", dtype_backend=backend)
    assert list(frame.columns) == list("ifsblonm")
    wanted = DTYPES[backend]
    assert [str(one) for one in frame.dtypes] == [str(one) for one in wanted]
    assert frame["m"].tolist() == [1, "one"]
    assert frame["i"].isna().tolist() == [False, True]
    assert frame.index.equals(pd.RangeIndex(2))
    if backend != "pyarrow":
        assert frame["l"][0] == ["a"]
        assert frame["o"][0] == [{"k": 1}]


def test_lists_are_pythons_own_with_what_is_in_them(mint: Mint) -> None:
    lists = [[1, 2], [], None, [None], [3]]
    frame = mint.chain([{"l": one} for one in lists[:3]], [{"l": one} for one in lists[3:]])
    assert frame.frame("/0")["l"].tolist() == lists


def test_a_dtype_backend_that_pandas_does_not_know_is_refused(mint: Mint) -> None:
    with pytest.raises(errors.ConfigurationError, match="dtype_backend"):
        mint.session().frame("/0", dtype_backend="polars")  # type: ignore[arg-type]
    assert mint.asked("/") == []


def test_whole_numbers_too_large_for_floats_stay_what_they_are(mint: Mint) -> None:
    big = 2**60 + 1
    frame = mint.chain([{"a": big, "b": big, "c": big}], [{"a": None, "b": 1, "c": 0.5}]).frame(
        "/0"
    )
    assert frame["a"].tolist() == [big, None]
    assert frame["b"].tolist() == [big, 1]
    assert frame["b"].dtype == np.int64
    assert frame["c"].tolist() == [big, 0.5]


def test_shapes_that_change_from_page_to_page_are_widened(mint: Mint) -> None:
    pages: list[list[Any]] = [
        [{"i": 1, "u": 1, "l": [], "o": [{"a": 1}], "g": None, "s": 5}],
        [{"i": 1.5, "u": 2**63, "l": ["x"], "o": [{"b": "z"}], "g": {"h": 1}, "new": True}],
        [{"i": 2, "l": None, "o": [], "s": "five"}],
    ]
    table = mint.chain(*pages).arrow("/0")
    assert table.to_pydict() == {
        "i": [1.0, 1.5, 2.0],
        "u": [1, 2**63, None],
        "l": [[], ["x"], None],
        "o": [[{"a": 1, "b": None}], [{"a": None, "b": "z"}], []],
        "s": ["5", None, '"five"'],
        "g.h": [None, 1, None],
        "new": [None, True, None],
    }
    assert table.schema.field("u").type == pa.uint64()


def test_records_without_members_are_rows_without_columns(mint: Mint) -> None:
    assert mint.chain([{}, {}], [{}]).frame("/0").shape == (3, 0)
    assert mint.chain([{}, {}], [{"a": 1}]).frame("/0")["a"].isna().tolist() == [True, True, False]


@both
def test_a_table_has_the_same_records(call: Any, mint: Mint) -> None:
    session = mint.chain(RECORDS)
    table = call(session, "arrow", "/0")
    assert table.column("m").to_pylist() == ["1", '"one"']
    assert table.num_rows == 2
    assert json.loads(table.schema.metadata[b"PANDAS_ATTRS"])["rows"] == 2


def test_what_has_no_type_in_common_is_kept_value_by_value(mint: Mint) -> None:
    pages: list[list[Any]] = [
        [{"m": 1, "n": -1, "o": [{"a": 1}], "l": [1]}, {"m": "x"}],
        [{"m": True, "n": 2**63, "o": [{"a": "x"}], "l": ["x"]}],
        [{"m": 0.5, "n": 1, "o": [], "l": None}],
    ]
    frame = mint.chain(*pages).frame("/0")
    assert frame["m"].tolist() == [1, "x", True, 0.5]
    assert frame["n"].tolist() == [-1, None, 2**63, 1]
    assert frame["o"].tolist() == [[{"a": 1}], None, [{"a": "x"}], []]
    assert frame["l"].tolist() == [[1], None, ["x"], None]


def test_lists_that_a_limit_cut_off_need_not_fit(mint: Mint) -> None:
    cut = [{"l": None, "pad": "p" * 30_000}, {"l": [-1]}]
    session = mint.chain([{"l": [2**63]}], cut)
    assert session.frame("/0", limit=2)["l"].tolist() == [[2**63], None]
