"""The one loop: nothing waits for it that it waits for, and errors are ours."""

from __future__ import annotations

import asyncio
import errno
import os
import threading
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net import loop


async def nothing() -> int:
    return 1


def test_a_blocking_call_on_the_loop_is_refused_before_it_waits_for_itself() -> None:
    async def calls() -> int:
        return loop.run(nothing())

    with pytest.raises(errors.ConfigurationError, match="start a thread"):
        loop.start(calls()).result(30)
    assert loop.run(nothing()) == 1


@pytest.mark.parametrize(
    ("place", "problem", "said"),
    [
        ("asyncio.new_event_loop", OSError(errno.EMFILE, "Too many open files"), "open files"),
        ("threading.Thread.start", RuntimeError("can't start new thread"), "start new thread"),
    ],
)
def test_a_process_without_room_for_the_loop_gets_an_error_of_ours(
    monkeypatch: pytest.MonkeyPatch, place: str, problem: Exception, said: str
) -> None:
    def refuse(*_: Any) -> None:
        raise problem

    with monkeypatch.context() as full:
        full.setattr(loop, "_running", None)
        full.setattr(place, refuse)
        with pytest.raises(errors.TransportError, match=said) as failed:
            ow.discover("http://127.0.0.1:9")
        with pytest.raises(errors.TransportError, match=said):
            asyncio.run(ow.adiscover("http://127.0.0.1:9"))
    assert not failed.value.retry_may_help
    assert not failed.value.sent
    assert loop.run(nothing()) == 1


def test_a_loop_that_runs_is_found_without_the_lock_that_a_fork_may_leave_locked() -> None:
    loop.run(nothing())
    assert loop._running is not None  # noqa: SLF001 - what a child gets
    assert loop._running[0] == os.getpid()  # noqa: SLF001
    with loop._starting:  # noqa: SLF001
        result = loop.start(nothing())
        assert result.result(30) == 1


def test_who_waits_takes_no_lock_that_an_interrupt_could_leave_locked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    taken: list[int] = []
    enter = threading.Condition.__enter__

    def noted(condition: threading.Condition) -> bool:
        taken.append(threading.get_ident())
        return enter(condition)

    loop.run(nothing())
    other = asyncio.new_event_loop()
    monkeypatch.setattr(threading.Condition, "__enter__", noted)
    assert loop.run(nothing(), meanwhile=lambda: None) == 1
    assert other.run_until_complete(loop.arun(nothing(), meanwhile=lambda: None)) == 1
    monkeypatch.undo()
    other.close()
    assert threading.get_ident() not in taken
