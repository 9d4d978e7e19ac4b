"""Whatever stops a fetch, wherever it is, `resume` gives the rows of an undisturbed one."""

from __future__ import annotations

import asyncio
import errno
import gc
import itertools
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net import loop
from oauth_widgets.frames import results
from oauth_widgets.frames.columns import Columns
from oauth_widgets.frames.decode import Decoder
from oauth_widgets.frames.fetch import Fetch
from oauth_widgets.frames.provenance import Provenance
from oauth_widgets.resource import gate
from oauth_widgets.resource.resource import Resource
from tests.helpers.mint import Mint
from tests.helpers.rigged import Answer, Sent, as_json, rigged
from tests.helpers.waiting import cancelled

PAGES, EACH = 5, 3


def page(number: int) -> Any:
    """Return a page whose columns are others than those of the page before."""
    rows = [{"n": EACH * number + n, f"of_{number % 3}": n, "mixed": n} for n in range(EACH)]
    if number % 2:
        rows[0] |= {"mixed": "text"}  # type: ignore[dict-item]
    more = f"/x?page={number + 1}" if number + 1 < PAGES else None
    return {"total": PAGES * EACH, "next": more, "rows": rows}


def respond(sent: Sent) -> Answer:
    return as_json(page(int(sent.target.rpartition("=")[2])))


def undisturbed(mint: Mint, origin: str) -> pd.DataFrame:
    return mint.session(api=origin).frame("/x?page=0")


ERRORS: list[Callable[[], BaseException]] = [
    lambda: OSError(errno.ENOSPC, "No space left on device"),
    MemoryError,
    lambda: errors.UnexpectedAnswer("no"),
    lambda: errors.ServerUnreachable("cut", sent=False),
    asyncio.CancelledError,
]
PHASES: dict[str, tuple[Any, str]] = {
    "before": (Resource, "check"),
    "in the body": (Resource, "get"),
    "at decode": (Decoder, "decode"),
    "at columns": (Columns, "grown"),
    "at add": (results.AsTable, "add"),
    "at add to a file": (results.AsParquet, "add"),
    "at note": (Provenance, "note"),
    "at table": (Columns, "table"),
    "at made": (results.AsTable, "made"),
    "at made of a file": (results.AsParquet, "made"),
    "at make": (Fetch, "_make"),
}


@contextmanager
def failing(
    owner: Any, name: str, at: int, late: bool, error: Callable[[], BaseException]
) -> Iterator[None]:
    """Fail at the call number `at`, before its work is done, or after where `late`."""
    calls, work = itertools.count(), getattr(owner, name)

    def broken(self: Any, *args: Any, **kwargs: Any) -> Any:
        bad = next(calls) == at
        if bad and not late:
            raise error()
        done = work(self, *args, **kwargs)
        if bad and not asyncio.iscoroutine(done):
            raise error()
        return done

    with mock.patch.object(owner, name, broken):
        yield


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    phase=st.sampled_from(sorted(PHASES)),
    at=st.integers(0, PAGES - 1),
    late=st.booleans(),
    error=st.sampled_from(ERRORS),
    kind=st.sampled_from(["frame", "arrow", "to_parquet"]),
    limit=st.sampled_from([None, 2 * EACH + 1]),
)
def test_whatever_stops_a_fetch_no_row_is_lost_or_comes_twice(  # noqa: PLR0917 - drawn by name
    phase: str,
    at: int,
    late: bool,
    error: Callable[[], BaseException],
    kind: str,
    limit: int | None,
    mint: Mint,
    tmp_path: Path,
) -> None:
    owner, name = PHASES[phase]
    with rigged(respond) as api, mock.patch.object(gate, "FIRST_PAUSE", 0.001):
        session = mint.session(api=api.origin)
        given = (tmp_path / "x.parquet",) if kind == "to_parquet" else ()
        made: Any = None
        with failing(owner, name, at, late, error):
            try:
                made = getattr(session, kind)("/x?page=0", *given, limit=limit)
            except BaseException:  # noqa: BLE001 - whatever it is
                assert session.unfinished is not None
        if made is None:
            unfinished: Any = session.unfinished
            if kind != "to_parquet":
                before = unfinished.partial
                assert [row["n"] for row in as_records(before)] == list(range(len(before)))
            made = unfinished.resume()
        whole = undisturbed(mint, api.origin).to_dict("records")[:limit]
    found = as_records(pq.read_table(made) if kind == "to_parquet" else made)
    assert [row["n"] for row in found] == [row["n"] for row in whole]
    assert len(found) == len(whole)
    for column in ("of_0", "of_1", "of_2"):
        assert [pd.notna(row.get(column)) for row in found] == [
            pd.notna(row[column]) for row in whole
        ]


def as_records(made: Any) -> Any:
    return made.to_dict("records") if isinstance(made, pd.DataFrame) else made.to_pylist()


def test_a_full_disk_is_said_and_no_row_is_lost_once_there_is_room(
    mint: Mint, tmp_path: Path
) -> None:
    class Full:
        """A file that takes no more from a moment on."""

        def __init__(self, file: Any) -> None:
            self._file, self.full = file, False

        def __getattr__(self, name: str) -> Any:
            return getattr(self._file, name)

        def write(self, data: Any) -> Any:
            if self.full:
                raise OSError(errno.ENOSPC, "No space left on device")
            # as a disk does that is all but full
            return self._file.write(data[: len(data) // 2 + 1])

    made: list[Full] = []
    add = results.AsParquet.add

    def filling(self: results.AsParquet, one: Any) -> None:
        if not made:
            made.append(Full(self._file))
            self._file = made[0]  # type: ignore[assignment]
        made[0].full = len(self._waiting) == 3
        add(self, one)

    with rigged(respond) as api:
        session = mint.session(api=api.origin)
        with (
            mock.patch.object(results.AsParquet, "add", filling),
            pytest.raises(errors.ConfigurationError, match="No space left") as full,
        ):
            session.to_parquet("/x?page=0", tmp_path / "x.parquet")
        assert "9 rows (3 pages)" in full.value.next_step
        made[0].full = False
        path = full.value.resume()
    assert pq.read_table(path)["n"].to_pylist() == list(range(PAGES * EACH))


def test_what_was_learnt_of_a_page_that_was_refused_is_forgotten(mint: Mint) -> None:
    mint.pages["/api/x"] = as_json({"wrong": [{"a.b": 1, "a": {"b": 2}}], "total": 1})
    with pytest.raises(errors.UnexpectedAnswer, match="share the column") as refused:
        mint.session().frame("/x")
    assert len(refused.value.partial.columns) == 0
    mint.pages["/api/x"] = as_json(
        {"right": [{"when": "2026-01-01T00:00:00Z", "n": 1}], "total": 1}
    )
    assert refused.value.resume().to_dict("records") == [{"when": "2026-01-01T00:00:00Z", "n": 1}]


class Interrupt(BaseException):
    """Stands for Stop, wherever it is raised."""


@pytest.mark.parametrize("kind", ["frame", "arrow", "to_parquet"])
def test_an_interrupt_once_the_whole_is_made_loses_nothing(
    kind: str, mint: Mint, tmp_path: Path
) -> None:
    ran = loop.run

    def interrupted(work: Any, **meanwhile: Any) -> Any:
        made = ran(work, **meanwhile)
        if meanwhile:
            raise Interrupt
        return made

    with rigged(respond) as api:
        session = mint.session(api=api.origin)
        given = (tmp_path / "x.parquet",) if kind == "to_parquet" else ()
        with (
            mock.patch("oauth_widgets.frames.resumable.run", interrupted),
            pytest.raises(Interrupt),
        ):
            getattr(session, kind)("/x?page=0", *given)
        unfinished: Any = session.unfinished
        asked = len(api.sent)
        some = unfinished.partial
        assert some is None if kind == "to_parquet" else len(some) == PAGES * EACH
        made = unfinished.resume()
        assert len(api.sent) == asked
        assert session.unfinished is None
    found = as_records(pq.read_table(made) if kind == "to_parquet" else made)
    assert [row["n"] for row in found] == list(range(PAGES * EACH))


@pytest.mark.parametrize("kind", ["frame", "arrow"])
@pytest.mark.parametrize("each", [None, {"page": [0, 1]}])
def test_a_session_keeps_nothing_of_what_it_handed_out(kind: str, each: Any, mint: Mint) -> None:
    with rigged(respond) as api:
        session = mint.session(api=api.origin)
        # Loads what is needed, and keeps nothing either.
        session.preview("/x?page=0")
        gc.collect()
        before = pa.total_allocated_bytes()
        made = getattr(session, kind)("/x?page={page}" if each else "/x?page=0", each=each)
        assert len(made) >= PAGES
        del made
        gc.collect()
        # The values of `each` remain, one for each address.
        assert pa.total_allocated_bytes() <= before + 64


def test_a_session_keeps_no_room_on_the_disk_for_a_file_that_is_written(
    mint: Mint, tmp_path: Path
) -> None:
    with rigged(respond) as api, mock.patch.object(tempfile, "TemporaryFile") as opened:
        opened.return_value = (tmp_path / "waiting").open("xb+", buffering=0)
        session = mint.session(api=api.origin)
        session.to_parquet("/x?page=0", tmp_path / "x.parquet")
    assert (tmp_path / "waiting").stat().st_size == 0
    opened.return_value.close()


def test_an_interrupt_while_progress_is_told_for_the_last_time_loses_nothing(mint: Mint) -> None:
    def told(progress: ow.frames.Progress) -> None:
        if progress.ended:
            raise Interrupt

    with rigged(respond) as api:
        session = mint.session(api=api.origin)
        with pytest.raises(Interrupt):
            session.frame("/x?page=0", progress=told)
        unfinished: Any = session.unfinished
        assert len(unfinished.partial) == PAGES * EACH


def test_an_awaited_fetch_that_is_cancelled_while_the_whole_is_made_loses_nothing(
    mint: Mint,
) -> None:
    making, go = threading.Event(), threading.Event()
    made = results.AsFrame.made

    def slowly(self: results.AsFrame, *args: Any) -> Any:
        making.set()
        go.wait(10)
        return made(self, *args)

    async def resumed(session: ow.Session) -> Any:
        await cancelled(session.aframe("/x?page=0"), making)
        go.set()
        unfinished: Any = session.unfinished
        return await unfinished.aresume()

    with rigged(respond) as api, mock.patch.object(results.AsFrame, "made", slowly):
        session = mint.session(api=api.origin)
        frame = asyncio.run(resumed(session))
        assert len(api.sent) == PAGES
    assert frame["n"].tolist() == list(range(PAGES * EACH))
