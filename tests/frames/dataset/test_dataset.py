"""A folder that a fetch writes: its rows, its types, and who else reads it."""

from __future__ import annotations

import re
import threading
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as pads
import pyarrow.parquet as paq
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.frames.dataset import outlasting
from oauth_widgets.frames.progress import Progress
from tests.helpers.mint import Mint
from tests.helpers.rigged import answer
from tests.helpers.twins import both

from .scripted import Scripted, fetched


@both
def test_a_dataset_has_the_rows_of_a_frame_under_one_schema(
    call: Any, api: Scripted, folder: Path
) -> None:
    info = call(api.session(), "to_dataset", "/rows", folder, partition_rows=30, progress=False)
    assert info.complete
    assert (info.rows, len(info.files)) == (100, 4)
    assert len({paq.read_schema(file).to_string() for file in info.files}) == 1
    whole = api.session().arrow("/rows")
    assert info.schema.equals(whole.schema)
    assert pads.dataset(folder).to_table().equals(whole.replace_schema_metadata())
    assert ow.dataset_info(folder) == info


def test_a_complete_dataset_is_returned_at_once(api: Scripted, folder: Path) -> None:
    info = fetched(api, folder)
    before = len(api.asked)
    assert fetched(api, folder) == info
    assert len(api.asked) == before


def readers(folder: Path, files: tuple[Path, ...]) -> dict[str, list[int]]:
    return {
        "pyarrow": pads.dataset(folder).to_table()["id"].to_pylist(),
        "pandas": pd.read_parquet(folder)["id"].tolist(),
        "duckdb": duckdb.read_parquet(f"{folder}/*.parquet").df()["id"].tolist(),
        "polars": pl.scan_parquet(folder / "*.parquet").collect()["id"].to_list(),
        "polars, by name": pl.read_parquet(list(files))["id"].to_list(),
    }


def test_other_readers_need_nothing_of_ours(api: Scripted, folder: Path) -> None:
    info = fetched(api, folder)
    for name, ids in readers(folder, info.files).items():
        assert ids == list(range(100)), name


@pytest.mark.filterwarnings("ignore")  # Dask's own ones
def test_dask_reads_it_too(api: Scripted, folder: Path) -> None:
    dask = pytest.importorskip("dask.dataframe")
    fetched(api, folder)
    ids = dask.read_parquet(folder)["id"].compute(scheduler="synchronous")
    assert ids.tolist() == list(range(100))


def test_no_rows_are_a_dataset_too(api: Scripted, folder: Path) -> None:
    api.rows = []
    info = fetched(api, folder)
    assert (info.rows, info.complete, len(info.files)) == (0, True, 1)
    assert len(pd.read_parquet(folder)) == 0


def test_a_page_of_many_rows_becomes_several_parts(mint: Mint, folder: Path) -> None:
    mint.pages["/api/x"] = answer(
        b"n\n" + b"\n".join(b"%d" % at for at in range(1000)), kind="text/csv"
    )
    info = mint.session().to_dataset("/x", folder, partition_rows=300)
    assert [paq.read_metadata(file).num_rows for file in info.files] == [333, 333, 334]
    assert pd.read_parquet(folder)["n"].tolist() == list(range(1000))
    info.files[1].unlink()
    with pytest.warns(errors.DatasetRepairedWarning):
        mint.session().to_dataset("/x", folder, partition_rows=300)
    assert pd.read_parquet(folder)["n"].tolist() == list(range(1000))


def test_times_are_times_whatever_a_later_page_needs(mint: Mint, folder: Path) -> None:
    texts = ["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123456789Z"]
    session = mint.chain(*([{"at": text}] for text in texts))
    session.to_dataset("/0", folder, partition_rows=1, timestamps=["at"])
    found = pd.read_parquet(folder)
    pd.testing.assert_frame_equal(found, session.frame("/0", timestamps=["at"]))


def test_lists_of_nothing_are_text_until_they_hold_something(mint: Mint, folder: Path) -> None:
    pages: list[Any] = [[{"o": [{}], "m": [{}]}], [{"o": [{"a": 1}], "m": 3}], [{"o": None}]]
    session = mint.chain(*pages)
    session.to_dataset("/0", folder, partition_rows=1)
    whole = session.arrow("/0").replace_schema_metadata()
    assert pads.dataset(folder).to_table().equals(whole)


def test_info_is_for_people(api: Scripted, folder: Path) -> None:
    info = fetched(api, folder)
    assert f"Source: {api.origin}/rows" in repr(info)
    assert "Rows: 100 in 4 parts" in repr(info)
    assert "complete since" in info._repr_html_()
    assert info.who == {"server": api.origin, "client": info.who["client"]}
    with pytest.raises(AttributeError):
        info.rows = 1


def test_a_sign_in_that_ends_before_is_said_beforehand(
    api: Scripted, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outlasting, "_EARLIEST", 0.0)
    session = api.session(expires_at=datetime.now(UTC) + timedelta(minutes=1))
    reported = threading.Event()
    api.trouble = lambda _: None if reported.wait(10) else answer(status=400)
    with pytest.warns(errors.SignInEndsWarning, match="can't be refreshed"):
        session.to_dataset("/rows", folder, progress=lambda _: reported.set())


@pytest.mark.parametrize(
    ("seconds", "rows", "takes"),
    [(3600, 1000, []), (30, 1000, ["about 2 more minutes."]), (30, 500, ["about 1 more minute."])],
)
def test_the_rest_of_a_fetch_is_estimated(seconds: int, rows: int, takes: list[str]) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=seconds)
    told = outlasting.outlasting(None, lambda: ends, "rows")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for at in range(4):
            # Each second a page of ten rows.
            told(Progress(at, at * 10, rows, float(at)))
    assert [re.findall(r"about [^.]*\.", str(one.message)) for one in said] == [
        [one] for one in takes
    ]
