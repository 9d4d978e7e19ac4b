"""The files of an API, read in parts by other people's tools, with the token and at home only."""

from __future__ import annotations

import asyncio
import itertools
import pickle
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dask.dataframe
import duckdb
import pandas as pd
import polars as pl
import pytest
import xarray as xr
import zarr

from oauth_widgets import errors

from ..helpers.mint import Mint
from ..helpers.rigged import Answer, Rigged, Sent, answer, as_json, parquet_of
from ..helpers.tracebacks import with_locals

FRAME = pd.DataFrame({"n": range(2000), "city": ["Oslo", "Gdańsk"] * 1000})


pytestmark = pytest.mark.usefixtures("impatient")


def in_parts(content: bytes, version: str = '"1"') -> Any:
    """Return what a server does that knows ranges of bytes."""

    def serve(sent: Sent) -> Answer:
        asked = re.fullmatch(r"bytes=(\d*)-(\d*)", sent.headers.get("range", ""))
        if asked is None:
            return answer(content)
        first, last = asked.groups()
        start = int(first) if first else max(len(content) - int(last), 0)
        end = int(last) + 1 if first and last else len(content)
        body = content[start:end]
        if not body:
            return answer(b"", status=416)
        said = f"bytes {start}-{start + len(body) - 1}/{len(content)}"
        return answer(body, status=206, content_range=said, etag=version)

    return serve


@pytest.fixture
def files(mint: Mint) -> Mint:
    mint.pages["/api/towns.parquet"] = in_parts(parquet_of(FRAME))
    mint.pages["/api/towns.csv"] = in_parts(b"n,city\n1,Oslo\n2,Bergen\n")
    return mint


@pytest.fixture
def zarr_files(mint: Mint, tmp_path: Path) -> Mint:
    grid = xr.Dataset({"t": (("x", "y"), [[1.0, 2.0], [3.0, 4.0]])})
    grid.to_zarr(tmp_path / "grid.zarr", zarr_format=2, consolidated=True)
    for file in (tmp_path / "grid.zarr").rglob("*"):
        if file.is_file():
            mint.pages[f"/api/{file.relative_to(tmp_path)}"] = in_parts(file.read_bytes())
    mint.pages["/api/grid.zarr/zarr.json"] = as_json({}, status=404)
    return mint


def test_pandas_reads_a_table_by_parts(files: Mint) -> None:
    files_of = files.session().filesystem()
    read = pd.read_parquet("/towns.parquet", filesystem=files_of)
    pd.testing.assert_frame_equal(read, FRAME)
    with files_of.open("/towns.csv") as file:
        assert pd.read_csv(file)["city"].to_list() == ["Oslo", "Bergen"]


def test_duckdb_reads_what_is_below_its_protocol(files: Mint) -> None:
    with duckdb.connect() as database:
        database.register_filesystem(files.session().filesystem())
        query = "select max(n), count(*) from read_parquet('api://towns.parquet')"
        assert database.sql(query).fetchall() == [(1999, 2000)]


def test_when_a_file_changed_is_told_if_the_api_tells_it(mint: Mint) -> None:
    when = "Sat, 28 Nov 2026 10:00:00 GMT"
    mint.pages["/api/old"] = answer(b"1", last_modified=when)
    mint.pages["/api/odd"] = answer(b"1", last_modified="yesterday")
    files_of = mint.session().filesystem()
    assert files_of.modified("/old") == datetime(2026, 11, 28, 10, tzinfo=UTC)
    # What may have changed counts as changed, so that no tool takes its own old copy
    assert datetime.now(UTC) - files_of.modified("/odd") < timedelta(minutes=1)


def test_polars_reads_an_open_file(files: Mint) -> None:
    with files.session().filesystem().open("/towns.parquet") as file:
        assert pl.read_parquet(file).shape == (2000, 2)


def test_xarray_and_zarr_read_a_store(zarr_files: Mint) -> None:
    files_of = zarr_files.session().filesystem(asynchronous=True)
    store = zarr.storage.FsspecStore(files_of, path="/grid.zarr", read_only=True)
    with xr.open_zarr(store, consolidated=True) as grid:
        assert float(grid["t"].sum()) == 10


def test_a_whole_address_of_the_api_is_a_path_too(files: Mint) -> None:
    files_of = files.session().filesystem()
    assert files_of.cat(f"{files.api}/towns.csv").startswith(b"n,city")
    assert files_of.info("api://towns.csv")["size"] == 23


@pytest.mark.parametrize(
    ("start", "end"),
    [(0, 6), (2, None), (-9, None), (-9, -1), (5, 5), (0, 100), (100, 200), (9, 2)],
)
def test_any_part_is_what_a_slice_would_be(files: Mint, start: int, end: int | None) -> None:
    whole = b"n,city\n1,Oslo\n2,Bergen\n"
    assert files.session().filesystem().cat_file("/towns.csv", start, end) == whole[start:end]


def test_a_server_that_knows_no_parts_is_read_whole(mint: Mint) -> None:
    mint.pages["/api/towns.csv"] = answer(b"n,city\n1,Oslo\n", kind="text/csv")
    files_of = mint.session().filesystem()
    assert files_of.cat_file("/towns.csv", 2, 6) == b"city"
    with files_of.open("/towns.csv") as file:
        assert file.read() == b"n,city\n1,Oslo\n"


def test_an_empty_file_is_one_too(mint: Mint) -> None:
    mint.pages["/api/empty"] = in_parts(b"")
    with mint.session().filesystem().open("/empty") as file:
        assert file.read() == b""


def test_a_file_is_copied_to_a_folder(files: Mint, tmp_path: Path) -> None:
    files.session().filesystem().get("/towns.csv", str(tmp_path / "t.csv"))
    assert (tmp_path / "t.csv").read_bytes() == b"n,city\n1,Oslo\n2,Bergen\n"


def test_what_is_not_there_is_told_as_readers_expect(mint: Mint) -> None:
    mint.pages["/api/none"] = as_json({}, status=404)
    files_of = mint.session().filesystem()
    with pytest.raises(FileNotFoundError) as missing:
        files_of.open("/none")
    assert "<File-like object ApiFileSystem, /none>" in with_locals(missing.value)
    with pytest.raises(FileNotFoundError, match="has nothing at /api/none"):
        files_of.open("/none")
    assert not files_of.exists("/none")


def test_a_refusal_is_no_missing_file(mint: Mint) -> None:
    mint.pages["/api/secret"] = as_json({}, status=403)
    with pytest.raises(errors.ResourceError, match="status 403"):
        mint.session().filesystem().exists("/secret")


def test_a_file_that_changes_in_between_is_not_mixed(files: Mint) -> None:
    content, version = b"a" * 30, ["1"]

    def changing(sent: Sent) -> Answer:
        return in_parts(content, version[0])(sent)

    files.pages["/api/log"] = changing
    with files.session().filesystem().open("/log", block_size=10, cache_type="none") as file:
        assert file.read(10) == b"a" * 10
        version[0] = "2"
        with pytest.raises(errors.UnexpectedAnswer, match="changed while it was being read"):
            file.read(10)


@pytest.mark.parametrize("said", ["bytes 1-6/23", "bytes 0-4/23", "rows 0-5/23", ""])
def test_another_part_than_was_asked_for_is_refused(mint: Mint, said: str) -> None:
    mint.pages["/api/f"] = answer(b"n,city", status=206, content_range=said)
    with pytest.raises(errors.UnexpectedAnswer, match="different part"):
        mint.session().filesystem().cat_file("/f", 0, 6)


def test_each_part_has_a_fresh_token_and_a_refused_one_is_renewed(files: Mint) -> None:
    files_of = files.session().filesystem()
    with files_of.open("/towns.parquet", block_size=1000, cache_type="none") as file:
        file.read(1000)
        files.revoke()
        assert len(file.read(1000)) == 1000
    assert files.asked("/api/towns.parquet")[-1].token == "access-2"


@pytest.mark.check(id="bearer/origin")
def test_another_origin_gets_nothing(files: Mint, elsewhere: Rigged) -> None:
    files_of = files.session().filesystem()
    with pytest.raises(errors.ForeignOrigin):
        files_of.cat(f"{elsewhere.origin}/towns.csv")
    assert elsewhere.sent == []


@pytest.mark.check(id="bearer/redirect")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_to_another_origin_gets_nothing(
    files: Mint, elsewhere: Rigged, status: int
) -> None:
    files.pages["/api/moved"] = answer(status=status, location=f"{elsewhere.origin}/x")
    with pytest.raises(errors.ForeignOrigin):
        files.session().filesystem().cat("/moved")
    assert elsewhere.sent == []


def by_pandas(session: Any) -> None:
    pd.read_parquet("/moved", filesystem=session.filesystem())


def by_duckdb(session: Any) -> None:
    with duckdb.connect() as database:
        database.register_filesystem(session.filesystem())
        database.sql("select * from read_parquet('api://moved')").fetchall()


def by_polars(session: Any) -> None:
    with session.filesystem().open("/moved") as file:
        pl.read_parquet(file)


def by_dask(session: Any) -> None:
    table = dask.dataframe.read_parquet("/moved", filesystem=session.filesystem())
    table.compute(scheduler="synchronous")


def by_xarray(session: Any) -> None:
    files_of = session.filesystem(asynchronous=True)
    store = zarr.storage.FsspecStore(files_of, path="/moved", read_only=True)
    xr.open_zarr(store, zarr_format=3, consolidated=False)


READERS = {
    "pandas": by_pandas,
    "duckdb": by_duckdb,
    "polars": by_polars,
    "dask": by_dask,
    "xarray": by_xarray,
}


@pytest.mark.check(id="bearer/redirect")
@pytest.mark.parametrize("hops", [0, 1, 3])
@pytest.mark.parametrize("read", READERS.values(), ids=READERS)
def test_no_reader_takes_the_token_to_another_origin_after_any_redirect(
    files: Mint, elsewhere: Rigged, read: Any, hops: int
) -> None:
    moves = ["/api/moved", *(f"/api/{hop}" for hop in range(hops)), f"{elsewhere.origin}/x"]
    for start, end in itertools.pairwise(moves):
        files.pages[start] = answer(status=302, location=end)
    files.pages["/api/moved/zarr.json"] = files.pages["/api/moved"]
    # duckdb wraps what a file system raises
    with pytest.raises((errors.ForeignOrigin, duckdb.Error), match="is not this session's API"):
        read(files.session())
    assert files.asked(moves[-2])[-1].token == "access-1"
    assert elsewhere.sent == []


def test_it_shows_no_token_and_is_not_pickled(files: Mint) -> None:
    files_of = files.session().filesystem()
    assert "access-" not in repr(files_of)
    with pytest.raises(TypeError, match="sign in again in the other process"):
        pickle.dumps(files_of)
    with pytest.raises(TypeError, match="sign in again in the other process"):
        files_of.to_json()


def test_two_sessions_never_share_an_instance(files: Mint) -> None:
    one, other = files.session().filesystem(), files.session().filesystem()
    assert one is not other


def test_writing_and_listing_say_what_cannot_be_done(files: Mint) -> None:
    files_of = files.session().filesystem()
    with pytest.raises(errors.ConfigurationError, match="read-only"):
        files_of.open("/towns.csv", "wb")
    with pytest.raises(errors.ConfigurationError, match="Pass the address of each file"):
        files_of.ls("/")


def test_one_loop_can_await_many_parts(files: Mint) -> None:
    async def both_parts() -> list[bytes]:
        files_of = files.session().filesystem(asynchronous=True)
        # fsspec names what is awaited so
        parts = [files_of._cat_file("/towns.csv", at, at + 2) for at in (0, 2)]  # noqa: SLF001
        return list(await asyncio.gather(*parts))

    assert asyncio.run(both_parts()) == [b"n,", b"ci"]
