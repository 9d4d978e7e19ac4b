"""What plain pandas makes of the files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pytest

from tests.helpers.mint import Mint
from tests.helpers.rigged import as_json

_ACCOUNTS: dict[str, list[Any]] = {
    "id": [1, 2, 3],
    "long": [9007199254740993, None, -9007199254740993],
    "longer": [12345678901234567890, None, 1],
    "name": ["a", None, "c"],
}


@pytest.fixture(params=["a file", "a dataset"])
def written(request: pytest.FixtureRequest, mint: Mint, tmp_path: Path) -> Path:
    rows = [dict(zip(_ACCOUNTS, row, strict=True)) for row in zip(*_ACCOUNTS.values(), strict=True)]
    mint.pages["/api/accounts"] = as_json(rows)
    if request.param == "a file":
        return mint.session().to_parquet("/accounts", tmp_path / "accounts.parquet")
    mint.session().to_dataset("/accounts", tmp_path / "accounts", partition_rows=2, progress=False)
    return tmp_path / "accounts"


@pytest.mark.parametrize("how", [{}, {"dtype_backend": "numpy_nullable"}])
def test_plain_pandas_keeps_each_digit_next_to_a_missing_cell(
    written: Path, how: dict[str, Any]
) -> None:
    frame = pd.read_parquet(written, **how)
    assert [str(frame[name].dtype) for name in _ACCOUNTS][:3] == ["Int64", "Int64", "UInt64"]
    for name in ("long", "longer"):
        assert [None if one is pd.NA else one for one in frame[name]] == _ACCOUNTS[name]
    assert frame.index.equals(pd.RangeIndex(3))
    assert frame.attrs["source"].endswith("/api/accounts")


def test_the_note_changes_nothing_for_those_who_choose_types_or_columns(written: Path) -> None:
    arrow = pd.read_parquet(written, dtype_backend="pyarrow")
    assert arrow.dtypes.astype(str).tolist()[:3] == ["int64[pyarrow]"] * 2 + ["uint64[pyarrow]"]
    assert list(pd.read_parquet(written, columns=["name", "longer"])) == ["name", "longer"]


def test_other_readers_have_the_types_of_the_file(written: Path) -> None:
    files = str(written / "*.parquet" if written.is_dir() else written)
    assert pl.read_parquet(files).to_dict(as_series=False) == _ACCOUNTS
    assert [str(one) for one in duckdb.read_parquet(files).types] == [
        "BIGINT",
        "BIGINT",
        "UBIGINT",
        "VARCHAR",
    ]
