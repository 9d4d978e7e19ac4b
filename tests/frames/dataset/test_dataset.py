"""A folder that a fetch writes: continued, brought up to date, read by others, never wrong."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import threading
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import duckdb
import pandas as pd
import polars as pl
import pyarrow.dataset as pads
import pyarrow.parquet as paq
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.frames import many
from oauth_widgets.frames.dataset import folder as folders
from oauth_widgets.frames.dataset import lock, outlasting
from oauth_widgets.frames.dataset.folder import Folder
from oauth_widgets.frames.dataset.manifest import Part
from oauth_widgets.frames.progress import Progress
from tests.helpers.mint import Mint
from tests.helpers.rigged import answer, as_json
from tests.helpers.twins import both

from .scripted import Scripted, changing, scripted

UPDATES: dict[str, Any] = {
    "since": {"parameter": "updated_since", "column": "updated_at"},
    "key": "id",
}
TOKEN = "a-token-that-no-one-may-write"
MANIFEST = ".oauth-widgets/manifest.json"


@pytest.fixture
def api() -> Iterator[Scripted]:
    with scripted(changing(100)) as running:
        yield running


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "rows"


def fetched(api: Scripted, folder: Path, at: str = "/rows", **options: Any) -> Any:
    options = {"partition_rows": 30, "progress": False} | options
    return api.session().to_dataset(at, folder, **options)


def stopped(api: Scripted, folder: Path, after: int = 5, **options: Any) -> errors.OAuthError:
    """Fetch until the API fails for good."""
    api.trouble = lambda _: answer(status=400) if next(left) <= 0 else None
    left = iter(range(after, -1000, -1))
    with pytest.raises(errors.OAuthError) as failed:
        fetched(api, folder, **options)
    api.trouble = lambda _: None
    return failed.value


def same(
    api: Scripted, folder: Path, at: str = "/rows", *, in_order: bool = True, **options: Any
) -> None:
    """See that a dataset has what one whole fetch has, each row once."""
    whole = api.session().frame(at, progress=False, **options)
    found = pd.read_parquet(folder)
    if not in_order:
        found = found.sort_values("id").reset_index(drop=True)
    if "mixed" in whole:
        # In a file it is JSON text, and whatever that stands for here.
        found["mixed"] = pd.Series(map(json.loads, found["mixed"]), dtype=object)
    pd.testing.assert_frame_equal(found, whole)


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


def test_a_token_that_ends_meanwhile_is_renewed(mint: Mint, folder: Path) -> None:
    for at in range(3):
        more = f"/api/{at + 1}" if at < 2 else None
        mint.pages[f"/api/{at}"] = as_json({"rows": [{"id": at}], "next": more})
    session = mint.session()
    mint.revoke()
    assert session.to_dataset("/0", folder, progress=False).rows == 3
    assert len(mint.asked("/token")) == 1
    written = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
    assert b"access-" not in written
    assert b"refresh-" not in written


def test_what_was_stopped_continues_at_its_page(api: Scripted, folder: Path) -> None:
    problem = stopped(api, folder)
    assert "50 rows (5 pages) are safe in" in problem.next_step
    assert "Repeat the call to continue." in problem.next_step
    info = ow.dataset_info(folder)
    assert (info.rows, info.complete) == (50, False)
    assert "incomplete" in repr(info)
    before = len(api.asked)
    assert fetched(api, folder).rows == 100
    assert api.asked[before] == "/rows?cursor=50"
    assert len(api.asked) == before + 5
    same(api, folder)


def test_an_error_continues_it_too(api: Scripted, folder: Path) -> None:
    problem = stopped(api, folder)
    assert problem.partial is None
    assert problem.resume(api.session()).complete
    same(api, folder)


def test_pages_foreseen_by_number_continue_too(api: Scripted, folder: Path) -> None:
    stopped(api, folder, after=5, at="/numbered")
    done = ow.dataset_info(folder).rows
    before = len(api.asked)
    fetched(api, folder, at="/numbered")
    assert len(api.asked) == before + 10 - done // 10
    same(api, folder, "/numbered")


def test_a_page_that_was_being_written_is_fetched_again(api: Scripted, folder: Path) -> None:
    stopped(api, folder, partition_rows=1000)
    (pages,) = (folder / ".oauth-widgets").glob("pages-*")
    for cut in (1, 30):
        pages.write_bytes(pages.read_bytes()[:-cut])
    assert ow.dataset_info(folder).rows == 40
    fetched(api, folder, partition_rows=1000)
    same(api, folder)


def test_bytes_of_others_in_the_pages_are_no_pages(api: Scripted, folder: Path) -> None:
    stopped(api, folder, partition_rows=1000)
    (pages,) = (folder / ".oauth-widgets").glob("pages-*")
    pages.write_bytes(pages.read_bytes()[:100] + b"page" + b"\xff" * 200)
    fetched(api, folder, partition_rows=1000)
    same(api, folder)


@pytest.mark.parametrize("after", [0, 3, 9, 12])
def test_many_addresses_are_side_by_side_in_order_and_continue(
    after: int, api: Scripted, folder: Path
) -> None:
    for number in (1, 2, 4, 5):
        api.each[str(number)] = [{"id": number * 100 + at} for at in range(number * 9)]
    each = pd.DataFrame({"customer": [1, 2, 3, 4, 5]})
    options: dict[str, Any] = {"each": each, "missing": "skip"}
    if after:
        stopped(api, folder, after, at="/of/{customer}/rows", **options)
    kept = ow.dataset_info(folder).rows if after else 0
    info = fetched(api, folder, at="/of/{customer}/rows", **options)
    assert info.rows == 12 * 9 > kept
    same(api, folder, "/of/{customer}/rows", **options)
    assert pd.read_parquet(folder).columns.tolist() == ["customer", "id"]
    assert info.address.endswith("/of/{customer}/rows")


def test_a_long_address_among_many_is_not_held_in_memory(api: Scripted, folder: Path) -> None:
    api.each = {"1": [{"id": at} for at in range(200)], "2": [{"id": 7}]}
    written = []
    write = Folder.write

    def writing(self: Folder, *given: Any) -> Part:
        written.append(len(api.asked))
        return write(self, *given)

    with mock.patch.object(Folder, "write", writing):
        fetched(api, folder, at="/of/{n}/rows", each={"n": [1, 2]})
    assert written[0] < 10
    same(api, folder, "/of/{n}/rows", each={"n": [1, 2]})


def test_long_addresses_wait_for_the_first_of_them_with_few_pages_in_memory(
    api: Scripted, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(many, "_HELD", 1000)
    api.each = {str(n): [{"id": n * 1000 + at} for at in range(200)] for n in range(4)}
    far_ahead = threading.Event()
    early = []

    def trouble(target: str) -> None:
        if target == "/of/0/rows?cursor=100":
            # The others have the time to read all of their pages.
            early.append(far_ahead.wait(0.2))
        elif len([one for one in api.asked if "/of/0/" not in one]) > 45:
            far_ahead.set()

    api.trouble = trouble
    fetched(api, folder, at="/of/{n}/rows", each={"n": range(4)})
    assert early == [False]
    same(api, folder, "/of/{n}/rows", each={"n": range(4)})


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


def damage(file: Path) -> None:
    body = file.read_bytes()
    file.write_bytes(body[:50] + bytes([body[50] ^ 1]) + body[51:])


@pytest.mark.parametrize("harm", [Path.unlink, damage, lambda file: file.write_bytes(b"")])
@pytest.mark.parametrize("options", [{}, UPDATES], ids=["whole", "since"])
def test_a_part_that_is_gone_or_damaged_is_named_and_fetched_again(
    harm: Any, options: Any, api: Scripted, folder: Path
) -> None:
    info = fetched(api, folder, **options)
    harm(info.files[1])
    seen = ow.dataset_info(folder)
    assert seen.damaged == ("part-00001.parquet",)
    assert not seen.complete
    before = len(api.asked)
    with pytest.warns(errors.DatasetRepairedWarning, match="part-00001.parquet was deleted"):
        fetched(api, folder, **options)
    again = api.asked[before:]
    same(api, folder, in_order=not options)
    if not options:
        assert again == [f"/rows?cursor={at}" for at in (30, 40, 50)]


def test_a_part_of_many_addresses_is_fetched_again(api: Scripted, folder: Path) -> None:
    api.each = {str(n): [{"id": n * 100 + at} for at in range(25)] for n in range(4)}
    call: dict[str, Any] = {"at": "/of/{n}/rows", "each": {"n": range(4)}, "partition_rows": 7}
    info = fetched(api, folder, **call)
    info.files[3].unlink()
    with pytest.warns(errors.DatasetRepairedWarning):
        fetched(api, folder, **call)
    same(api, folder, "/of/{n}/rows", each={"n": range(4)})


def test_a_part_that_the_api_no_longer_has_is_said_to_be_lost(api: Scripted, folder: Path) -> None:
    info = fetched(api, folder)
    info.files[-1].unlink()
    del api.rows[95:]
    with (
        pytest.warns(errors.DatasetRepairedWarning),
        pytest.raises(errors.DatasetDamaged, match="part-00003"),
    ):
        fetched(api, folder)


def test_a_touched_part_is_read_and_stays(api: Scripted, folder: Path) -> None:
    info = fetched(api, folder)
    os.utime(info.files[0])
    before = len(api.asked)
    assert fetched(api, folder).complete
    assert len(api.asked) == before


def test_no_token_and_no_parameter_is_written_down(api: Scripted, folder: Path) -> None:
    params = {"api_key": "a-key-of-mine", "q": "x"}
    stopped(api, folder, after=7, params=params)
    written = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
    assert b"a-token-that" not in written
    assert b"a-key-of-mine" not in written
    assert b"api_key" in written
    before = len(api.asked)
    fetched(api, folder, params=params)
    assert api.asked[before] == "/rows?api_key=a-key-of-mine&q=x&cursor=70"


@pytest.mark.check(id="dataset/no-token")
@pytest.mark.parametrize(
    "spelled", ["a-token-that-no-one-may-write", "YS10b2tlbi10aGF0LW5vLW9uZS1tYXktd3JpdGU="]
)
def test_a_way_on_with_the_token_in_it_is_refused(
    spelled: str, api: Scripted, folder: Path
) -> None:
    api.trouble = lambda _: as_json({"rows": [{"id": 1}], "next": f"/rows?access_token={spelled}"})
    with pytest.raises(errors.UnexpectedAnswer, match="contains the token"):
        fetched(api, folder)
    written = b"".join(one.read_bytes() for one in folder.rglob("*") if one.is_file())
    assert spelled.encode() not in written


def as_file(folder: Path) -> None:
    folder.write_text("text")


def as_link(folder: Path) -> None:
    (folder.parent / "there").mkdir()
    folder.symlink_to(folder.parent / "there")


def with_something_else(folder: Path) -> None:
    folder.mkdir()
    (folder / "notes.txt").write_text("mine")


def under_nothing(folder: Path) -> None:
    folder.parent.rmdir()


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (as_file, "folder is .*, which is a file"),
        (as_link, "folder is .*, which is a link"),
        (with_something_else, "folder is .*, which contains something else: notes.txt"),
        (under_nothing, "folder is .*, which can't be used: No such file"),
    ],
)
def test_a_folder_that_cannot_be_a_dataset_is_refused(
    make: Any, why: str, api: Scripted, folder: Path
) -> None:
    make(folder)
    with pytest.raises(errors.ConfigurationError, match=why) as refused:
        fetched(api, folder)
    assert refused.value.next_step
    assert api.asked == []


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"partition_rows": 0}, "partition_rows must be a number of rows"),
        ({"partition_rows": True}, "partition_rows must be"),
        ({"since": {"parameter": "p"}, "key": "id"}, "since must name a parameter and a column"),
        ({"since": {"parameter": "", "column": "c"}, "key": "id"}, "parameter of since is empty"),
        ({"since": UPDATES["since"]}, "since needs a key"),
        ({"key": []}, "key must be the name"),
        ({"key": ["a", "a"]}, "key must be the name"),
        ({"key": 3}, "key must be the name"),
        ({"key": "nothing"}, "key names the column 'nothing'"),
        ({"key": "tags"}, "key names columns whose values can't be compared"),
        ({"since": {"parameter": "p", "column": "no"}, "key": "id"}, "since names the column 'no'"),
    ],
)
def test_options_that_cannot_be_meant_name_the_argument(
    options: Any, why: str, api: Scripted, folder: Path
) -> None:
    with pytest.raises(errors.ConfigurationError, match=why):
        fetched(api, folder, **options)
    assert not list(folder.glob("*.parquet")) or "compared" in why


@pytest.mark.parametrize("column", ["tags", "text"])
def test_a_column_without_an_order_is_refused_for_since(
    column: str, api: Scripted, folder: Path
) -> None:
    fetched(api, folder)
    with pytest.raises(errors.ConfigurationError, match=f"since names the column '{column}'"):
        fetched(api, folder, since={"parameter": "p", "column": column}, key="id")
    assert fetched(api, folder).complete


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"params": {"q": "y"}}, "params"),
        ({"at": "/numbered"}, "url_or_path"),
        ({"limit": 5}, "limit"),
        ({"timestamps": ["updated_at"]}, "timestamps"),
    ],
)
def test_the_dataset_of_another_query_is_refused(
    options: Any, named: str, api: Scripted, folder: Path
) -> None:
    fetched(api, folder, params={"q": "x"})
    before = len(api.asked)
    with pytest.raises(errors.ConfigurationError, match=f"differs in.*{named}"):
        fetched(api, folder, **{"params": {"q": "x"}, **options})
    assert len(api.asked) == before


def test_someone_else_does_not_continue_it(api: Scripted, mint: Mint, folder: Path) -> None:
    stopped(api, folder)
    session = mint.session(api=api.origin)
    with pytest.raises(errors.ConfigurationError, match="another sign-in"):
        session.to_dataset(f"{api.origin}/rows", folder)


def test_a_newer_version_and_a_manifest_cut_short_are_said(api: Scripted, folder: Path) -> None:
    fetched(api, folder)
    text = (folder / MANIFEST).read_text()
    (folder / MANIFEST).write_text(json.dumps(json.loads(text) | {"version": 2}))
    for call in (lambda: fetched(api, folder), lambda: ow.dataset_info(folder)):
        with pytest.raises(errors.DatasetTooNew, match="newer version"):
            call()
    (folder / MANIFEST).write_text(text[:-20])
    for call in (lambda: fetched(api, folder), lambda: ow.dataset_info(folder)):
        with pytest.raises(errors.DatasetDamaged, match="cut short") as refused:
            call()
        assert "delete the folder" in refused.value.next_step


def test_a_folder_without_a_dataset_has_no_info(tmp_path: Path) -> None:
    with pytest.raises(errors.ConfigurationError, match="contains no dataset"):
        ow.dataset_info(tmp_path)


def test_one_call_at_a_time_writes(
    api: Scripted, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lock, "PATIENCE", 0.05)
    inner = folder / ".oauth-widgets"
    inner.mkdir(parents=True)

    async def meanwhile() -> errors.OAuthError:
        async with lock.locked(inner / "lock", str(folder)):
            with pytest.raises(errors.DatasetInUse, match="Another call is writing") as refused:
                await asyncio.to_thread(fetched, api, folder)
            return refused.value

    assert asyncio.run(meanwhile()).retry_may_help
    fetched(api, folder)
    same(api, folder)


def test_a_full_disk_is_said_and_costs_nothing(api: Scripted, folder: Path) -> None:
    write = folders.paq.write_table
    full = mock.Mock(side_effect=OSError(errno.ENOSPC, "No space left on device"))
    with (
        mock.patch.object(folders.paq, "write_table", full),
        pytest.raises(errors.ConfigurationError, match="No space left") as failed,
    ):
        fetched(api, folder)
    assert "Free some space" in failed.value.next_step
    before = len(api.asked)
    assert folders.paq.write_table is write
    fetched(api, folder)
    assert api.asked[before] != "/rows"
    same(api, folder)


def test_a_stop_at_any_moment_costs_nothing(api: Scripted, folder: Path) -> None:
    session = api.session()

    async def stopped_at_once() -> None:
        call = asyncio.ensure_future(
            session.ato_dataset("/rows", folder, partition_rows=30, progress=False)
        )
        await asyncio.to_thread(lambda: [api.arrived.acquire(timeout=10) for _ in range(5)])
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    asyncio.run(stopped_at_once())
    assert session.unfinished is not None
    assert session.unfinished.resume().complete
    assert session.unfinished is None
    same(api, folder)


def test_progress_counts_what_was_there(api: Scripted, folder: Path) -> None:
    stopped(api, folder, at="/numbered", after=6)
    kept = ow.dataset_info(folder).rows
    reports: list[Progress] = []
    fetched(api, folder, at="/numbered", progress=reports.append)
    assert reports[0].rows >= kept > 0
    assert (reports[-1].rows, reports[-1].ended) == (100, True)


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
    for at, text in enumerate(["2026-01-01T00:00:00Z", "2026-01-01T00:00:00.123456789Z"]):
        more = None if at else "/api/1"
        mint.pages[f"/api/{at}"] = as_json({"rows": [{"at": text}], "next": more})
    mint.session().to_dataset("/0", folder, partition_rows=1, timestamps=["at"])
    found = pd.read_parquet(folder)
    pd.testing.assert_frame_equal(found, mint.session().frame("/0", timestamps=["at"]))


def test_lists_of_nothing_are_text_until_they_hold_something(mint: Mint, folder: Path) -> None:
    pages: list[Any] = [[{"o": [{}], "m": [{}]}], [{"o": [{"a": 1}], "m": 3}], [{"o": None}]]
    for at, rows in enumerate(pages):
        more = f"/api/{at + 1}" if at < 2 else None
        mint.pages[f"/api/{at}"] = as_json({"rows": rows, "next": more})
    mint.session().to_dataset("/0", folder, partition_rows=1)
    whole = mint.session().arrow("/0").replace_schema_metadata()
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
    with pytest.warns(errors.SignInEndsWarning, match="can't be renewed"):
        session.to_dataset("/rows", folder, progress=lambda _: reported.set())


@pytest.mark.parametrize(("seconds", "warns"), [(3600, 0), (30, 1)])
def test_the_rest_of_a_fetch_is_estimated(seconds: int, warns: int) -> None:
    ends = datetime.now(UTC) + timedelta(seconds=seconds)
    told = outlasting.outlasting(None, lambda: ends, "rows")
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for at in range(4):
            # A page a second: a hundred seconds in all.
            told(Progress(at, at * 10, 1000, float(at)))
    assert len(said) == warns
