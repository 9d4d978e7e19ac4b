"""What was stopped continues: at its page, its address or its row."""

from __future__ import annotations

import asyncio
import errno
import threading
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.frames import many
from oauth_widgets.frames.dataset import folder as folders
from oauth_widgets.frames.dataset import lock
from oauth_widgets.frames.dataset.folder import Folder
from oauth_widgets.frames.dataset.manifest import Part
from oauth_widgets.frames.progress import Progress
from tests.helpers.mint import Mint

from .scripted import Scripted, fetched, same, stopped


def test_a_token_that_ends_meanwhile_is_renewed(mint: Mint, folder: Path) -> None:
    session = mint.chain(*([{"id": at}] for at in range(3)))
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
    # What was on its way when it stopped may be counted late, but is among these too
    left = range(done // 10 + 1, 11)
    assert set(api.asked[before:]) == {f"/numbered?page={number}" for number in left}
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


def test_someone_else_does_not_continue_it(api: Scripted, mint: Mint, folder: Path) -> None:
    stopped(api, folder)
    session = mint.session(api=api.origin)
    with pytest.raises(errors.ConfigurationError, match="a different sign-in"):
        session.to_dataset(f"{api.origin}/rows", folder)


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
