"""A dataset is brought up to date: each row once, in its last state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from oauth_widgets.frames.dataset.since import latest
from tests.helpers.mint import Mint
from tests.helpers.rigged import as_json

from .scripted import UPDATES, Scripted, fetched, stopped


def test_what_changed_is_fetched_and_the_last_state_kept(api: Scripted, folder: Path) -> None:
    fetched(api, folder, **UPDATES)
    api.rows[3] |= {"text": "new", "updated_at": "2026-02-01T00:00:00Z"}
    api.rows += [{"id": 100, "text": "more", "updated_at": "2026-02-02T00:00:00Z", "extra": 1}]
    before = len(api.asked)
    info = fetched(api, folder, **UPDATES)
    assert api.asked[before] == "/rows?updated_since=2026-01-01T00%3A01%3A39Z"
    assert len(api.asked) == before + 1
    assert info.rows == 101
    found = pd.read_parquet(folder).sort_values("id")
    assert found["id"].tolist() == list(range(101))
    assert found["text"].tolist()[2:5] == ["row 2", "new", "row 4"]
    assert found["extra"].tolist()[-1] == 1
    assert fetched(api, folder, **UPDATES).rows == 101
    assert api.asked[-1] == "/rows?updated_since=2026-02-02T00%3A00%3A00Z"


def test_a_dataset_begun_without_since_can_be_brought_up_to_date(
    api: Scripted, folder: Path
) -> None:
    fetched(api, folder)
    api.rows += [{"id": 100, "updated_at": "2026-02-02T00:00:00Z"}]
    assert fetched(api, folder, **UPDATES).rows == 101


def test_a_change_without_some_of_the_columns_leaves_them_to_the_others(
    api: Scripted, folder: Path
) -> None:
    before = fetched(api, folder, **UPDATES)
    api.rows[3] = {"id": 3, "n": "many", "updated_at": "2026-02-01T00:00:00Z"}
    after = fetched(api, folder, **UPDATES)
    assert after.schema.names == before.schema.names
    found = pd.read_parquet(folder).set_index("id").sort_index()
    assert found["text"].isna().tolist() == [at == 3 for at in range(100)]
    assert found["n"].tolist()[3] == '"many"'
    assert found["tags"].map(len, na_action="ignore").tolist()[98:] == [1, 1]


def test_an_update_that_was_stopped_continues(api: Scripted, folder: Path) -> None:
    fetched(api, folder, **UPDATES)
    for row in api.rows[:50]:
        row |= {"text": "new", "updated_at": "2026-02-01T00:00:00Z"}
    stopped(api, folder, after=2, **UPDATES)
    info = fetched(api, folder)  # Without saying since and key once more.
    assert (info.rows, info.complete) == (100, True)
    assert pd.read_parquet(folder).sort_values("id")["text"].tolist()[:50] == ["new"] * 50


def test_small_parts_become_one(api: Scripted, folder: Path) -> None:
    fetched(api, folder, **UPDATES)
    for at in range(5):
        api.rows += [{"id": 100 + at, "updated_at": f"2026-02-0{at + 1}T00:00:00Z"}]
        info = fetched(api, folder, **UPDATES)
    assert (info.rows, len(info.files)) == (105, 4)
    assert sorted(pd.read_parquet(folder)["id"]) == list(range(105))


def test_rows_that_changed_while_they_were_fetched_are_fetched_again(
    api: Scripted, folder: Path
) -> None:
    now = datetime.now(UTC)
    api.rows[0]["updated_at"] = "2026-01-05T00:00:00Z"
    api.rows[1]["updated_at"] = (now + timedelta(seconds=1)).isoformat()
    fetched(api, folder, **UPDATES)
    before = len(api.asked)
    fetched(api, folder, **UPDATES)
    assert api.asked[before] == "/rows?updated_since=2026-01-05T00%3A00%3A00Z"


@pytest.mark.parametrize(
    ("values", "timestamps", "sent"),
    [
        ([1, 5, 3], (), "5"),
        (["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.5Z"], (), "2026-01-01T00:00:00.5Z"),
        (["2026-01-01T02:00:00+02:00", "2026-01-01T01:00:00Z"], (), "2026-01-01T01:00:00Z"),
        (["2026-01-01T00:00:00.25Z"], ["at"], "2026-01-01T00:00:00.25Z"),
        (["2026-01-01T00:00:00"], ["at"], "2026-01-01T00:00:00"),
        ([1767225600, 1767225601], {"at": "s"}, "1767225601"),
        (["2026-01-01", "2026-01-03"], (), "2026-01-03"),
    ],
)
def test_the_latest_value_is_sent_as_the_api_writes_it(
    values: list[Any], timestamps: Any, sent: str, mint: Mint, folder: Path
) -> None:
    mint.pages["/api/x"] = as_json([{"id": at, "at": one} for at, one in enumerate(values)])
    shown = sent.replace(":", "%3A")
    mint.pages[f"/api/x?after={shown}"] = as_json([])
    since: Any = {"parameter": "after", "column": "at"}
    for _ in range(2):
        mint.session().to_dataset("/x", folder, since=since, key="id", timestamps=timestamps)
    assert mint.asked("/api/x")[-1].target == f"/api/x?after={shown}"


def test_a_key_alone_keeps_the_last_of_rows_that_come_twice(mint: Mint, folder: Path) -> None:
    rows = [{"a": 1, "b": None, "n": 0}, {"a": 1, "b": "x", "n": 1}, {"a": 2, "b": "x", "n": 2}]
    rows += [{"a": 1, "b": "x", "n": 3}, {"a": 1, "b": None, "n": 4}]
    mint.pages["/api/x"] = as_json(rows)
    mint.session().to_dataset("/x", folder, key=["a", "b"], partition_rows=2)
    # Rows without a key are all kept.
    assert pd.read_parquet(folder)["n"].tolist() == [0, 2, 3, 4]


@pytest.mark.parametrize("kind", [pa.string(), pa.timestamp("us", "UTC"), pa.timestamp("s")])
def test_a_time_that_stands_for_ever_is_not_the_latest(kind: pa.DataType) -> None:
    times = pa.chunked_array([["2026-01-01T00:00:00Z", "9999-12-31T00:00:00Z"]])
    if not pa.types.is_string(kind):
        times = times.cast(pa.timestamp(kind.unit, "UTC")).cast(kind)
    found = latest([times], "at", None, "2026-06-01T00:00:00+00:00")
    assert str(found).removesuffix("Z") == "2026-01-01T00:00:00"
