"""What has come so far is there at once, whatever the decoder's thread is at."""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow.parquet as pq
import pytest

import oauth_widgets as ow
from oauth_widgets.frames import columns, fetch, many, results
from oauth_widgets.frames.decode import Decoder
from tests.helpers.mint import Mint
from tests.helpers.rigged import Answer, Rigged, Sent, as_json, rigged
from tests.helpers.waiting import cancelled

PAGES, EACH = 5, 3
THIRD = 2


def respond(sent: Sent) -> Answer:
    """Answer with a page that leads to the next one, or is one of many addresses."""
    number = int(sent.target.rpartition("=")[2])
    rows = [{"n": EACH * number + n, f"of_{number % 2}": n, "text": "a"} for n in range(EACH)]
    linked = "/linked" in sent.target and number + 1 < PAGES
    return as_json({"next": f"/linked?page={number + 1}" if linked else None, "rows": rows})


class Held:
    """Work that begins its third call, and does not end it before it may."""

    def __init__(self) -> None:
        self.begun, self.may_end, self.ended = (threading.Event() for _ in range(3))

    @contextmanager
    def at(self, owner: Any, name: str, *, late: bool = False) -> Iterator[None]:
        """Hold `name` of `owner`, if `late` after its work was done."""
        calls, work = itertools.count(), getattr(owner, name)

        def held(*args: Any, **kwargs: Any) -> Any:
            third = next(calls) == THIRD
            done = work(*args, **kwargs) if late else None
            if third:
                self.begun.set()
                self.may_end.wait(10)
                self.ended.set()
            return done if late else work(*args, **kwargs)

        with (
            mock.patch.object(owner, name, held),
            mock.patch.object(fetch, "are_small", return_value=False),
            mock.patch.object(many, "are_small", return_value=False),
            mock.patch.object(fetch, "_FEW_CELLS", 0),
            rigged(respond) as self.api,
        ):
            yield

    api: Rigged

    def stop(self, progress: ow.frames.Progress) -> None:
        """Stop the fetch as soon as the work is held, as a person does."""
        if self.begun.is_set() and not self.may_end.is_set() and not progress.ended:
            raise KeyboardInterrupt


def numbers(made: Any) -> list[int]:
    found: list[int] = made["n"].tolist() if hasattr(made, "iloc") else made["n"].to_pylist()
    return found


def is_part(found: list[int]) -> bool:
    """Whether these are whole pages, each once, and all but the one that is held.

    Further addresses of many may have come meanwhile.
    """
    return len(found) == len(set(found)) and len(found) in range(THIRD * EACH, len(ALL), EACH)


def linked(session: ow.Session, kind: str, *given: Any, **options: Any) -> Any:
    return getattr(session, kind)("/linked?page=0", *given, **options)


def of_each(session: ow.Session, kind: str, *given: Any, **options: Any) -> Any:
    pages = {"page": list(range(PAGES))}
    return getattr(session, kind)("/x?page={page}", *given, each=pages, **options)


WAYS = pytest.mark.parametrize("way", [linked, of_each])
ALL = list(range(PAGES * EACH))


@WAYS
@pytest.mark.parametrize("kind", ["frame", "arrow", "to_parquet", "to_dataset"])
def test_after_stop_the_partial_does_not_wait_for_the_page_that_is_being_read(
    way: Callable[..., Any], kind: str, mint: Mint, tmp_path: Path
) -> None:
    held = Held()
    given = (tmp_path / "x.parquet",) if kind.startswith("to_") else ()
    with held.at(Decoder, "decode"):
        session = mint.session(api=f"{held.api.origin}/api")
        with pytest.raises(KeyboardInterrupt):
            way(session, kind, *given, progress=held.stop)
        unfinished: Any = session.unfinished
        partial = unfinished.partial
        assert not held.ended.is_set()
        assert (partial is None) if given else is_part(numbers(partial))
        held.may_end.set()
        made = unfinished.resume()
        # The page that was being read was kept, and is not asked for again.
        assert [sent.target.endswith("=2") for sent in held.api.sent].count(True) == 1
    found = pq.read_table(getattr(made, "path", made)) if given else made
    assert numbers(found) == ALL


@WAYS
def test_after_a_cancelled_await_the_partial_does_not_wait_either(
    way: Callable[..., Any], mint: Mint
) -> None:
    held = Held()

    async def resumed(session: ow.Session) -> Any:
        await cancelled(way(session, "aframe"), held.begun)
        unfinished: Any = session.unfinished
        assert is_part(numbers(unfinished.partial))
        assert not held.ended.is_set()
        held.may_end.set()
        return await unfinished.aresume()

    with held.at(Decoder, "decode"):
        made = asyncio.run(resumed(mint.session(api=f"{held.api.origin}/api")))
    assert numbers(made) == ALL


@WAYS
@pytest.mark.parametrize("kind", ["frame", "arrow"])
def test_the_partial_is_there_while_the_whole_is_made(
    way: Callable[..., Any], kind: str, mint: Mint
) -> None:
    held = Held()
    # By now the pages have given up some of their columns.
    with held.at(columns, "_joined"):
        session = mint.session(api=f"{held.api.origin}/api")
        with pytest.raises(KeyboardInterrupt):
            way(session, kind, progress=held.stop)
        unfinished: Any = session.unfinished
        partial = unfinished.partial
        assert not held.ended.is_set()
        held.may_end.set()
        made = unfinished.resume()
    whole = made.to_dict() if kind == "frame" else made.to_pydict()
    assert str(partial.to_dict() if kind == "frame" else partial.to_pydict()) == str(whole)


@pytest.mark.parametrize("kind", ["frame", "arrow"])
@pytest.mark.parametrize("late", [False, True])
def test_pages_of_many_addresses_that_are_being_handed_over_are_in_the_partial_once(
    late: bool, kind: str, mint: Mint
) -> None:
    held = Held()
    with held.at(results.AsTable, "add", late=late):
        session = mint.session(api=f"{held.api.origin}/api")
        with pytest.raises(KeyboardInterrupt):
            of_each(session, kind, progress=held.stop)
        unfinished = session.unfinished
        assert unfinished is not None
        partial = unfinished.partial
        assert not held.ended.is_set()
        assert numbers(partial) == ALL[: len(partial)]
        assert len(partial) >= (THIRD + 1) * EACH
        held.may_end.set()
        assert numbers(unfinished.resume()) == ALL


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("stage", [(columns.Columns, "grown"), (results.AsTable, "add")])
def test_a_page_that_is_being_taken_in_is_not_in_the_partial_yet(
    stage: tuple[Any, str], late: bool, mint: Mint
) -> None:
    held = Held()
    with held.at(*stage, late=late):
        session = mint.session(api=f"{held.api.origin}/api")
        with pytest.raises(KeyboardInterrupt):
            linked(session, "frame", progress=held.stop)
        unfinished: Any = session.unfinished
        partial = unfinished.partial
        assert not held.ended.is_set()
        assert numbers(partial) == ALL[: THIRD * EACH]
        assert (partial.attrs["pages"], partial.attrs["rows"]) == (THIRD, THIRD * EACH)
        held.may_end.set()
        assert numbers(unfinished.resume()) == ALL
