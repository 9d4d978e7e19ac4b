"""A worker's mailbox, without a cluster: when it asks, and what it does with the answer."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from oauth_widgets import Scope, Secret, errors
from oauth_widgets._net.loop import run
from oauth_widgets.resource.resource import Api
from oauth_widgets.session.shared import mailbox
from oauth_widgets.session.shared.mailbox import Letter, Mailbox
from oauth_widgets.session.shared.sealing import new_key, public, seal, unseal

LATER = time.monotonic() + 3600
FIRST = Letter(
    number=1,
    token=Secret("the-first-token"),
    due=LATER,
    ends=LATER,
    renewable=True,
    is_last=False,
    scope=Scope("events.read"),
    api=Api("https://api.example", frozenset({"https://api.example"})),
    pauses={},
)
SECOND = replace(FIRST, number=2, token=Secret("the-second-token"))


class Asking:
    """A worker that notes its questions, each of which gets an answer."""

    address = "inproc://worker"

    def __init__(self, answer: Callable[[Mailbox, dict[str, Any]], None] | None = None) -> None:
        self.questions: list[dict[str, Any]] = []
        self.box = Mailbox(self, "shared-id")
        self._answer = answer

    def log_event(self, _: str, question: dict[str, Any]) -> None:
        self.questions.append(question)
        if self._answer is not None:
            self._answer(self.box, question)


def test_without_a_token_it_asks_and_waits_for_the_answer() -> None:
    worker = Asking(lambda box, _: box.take(FIRST))
    assert run(worker.box.fresh_token()) == FIRST.token
    assert [(asked["number"], asked["refused"]) for asked in worker.questions] == [(0, False)]


def test_it_asks_ahead_of_the_end_and_uses_the_token_meanwhile() -> None:
    worker = Asking()
    worker.box.take(replace(FIRST, due=time.monotonic()))
    assert [run(worker.box.fresh_token()) for _ in range(3)] == [FIRST.token] * 3
    assert [asked["number"] for asked in worker.questions] == [1]


def test_an_expired_token_is_not_used() -> None:
    worker = Asking(lambda box, _: box.take(SECOND))
    worker.box.take(replace(FIRST, ends=time.monotonic()))
    assert run(worker.box.fresh_token()) == SECOND.token


def test_a_refused_token_is_asked_about_once_for_all_who_wait() -> None:
    worker = Asking()
    worker.box.take(FIRST)

    async def several() -> list[Secret | None]:
        waiting = [asyncio.ensure_future(worker.box.renewed_token(FIRST.token)) for _ in range(5)]
        await asyncio.sleep(0)
        worker.box.take(SECOND)
        return await asyncio.gather(*waiting)

    assert run(several()) == [SECOND.token] * 5
    assert [(asked["number"], asked["refused"]) for asked in worker.questions] == [(1, True)]
    assert run(worker.box.renewed_token(FIRST.token)) == SECOND.token
    assert len(worker.questions) == 1


def test_there_may_be_no_other_token() -> None:
    worker = Asking(lambda box, _: box.take(replace(FIRST, is_last=True)))
    worker.box.take(FIRST)
    assert run(worker.box.renewed_token(FIRST.token)) is None


def test_an_older_letter_replaces_no_newer_one() -> None:
    worker = Asking()
    worker.box.take(SECOND)
    worker.box.take(FIRST)
    assert run(worker.box.fresh_token()) == SECOND.token


def test_it_asks_again_until_its_patience_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mailbox, "PATIENCE", 0.1)
    monkeypatch.setattr(mailbox, "BETWEEN", 0.02)
    worker = Asking()
    with pytest.raises(errors.ClientGone, match=r"hasn't answered for 0\.1 seconds"):
        run(worker.box.fresh_token())
    assert len(worker.questions) > 1


@pytest.mark.parametrize("ahead", [-86_400, 86_400])
def test_a_worker_whose_clock_is_wrong_keeps_a_token_as_long_as_it_is_good(
    monkeypatch: pytest.MonkeyPatch, ahead: float
) -> None:
    right = time.time()
    monkeypatch.setattr(time, "time", lambda: right + ahead)
    written = {"number": 1, "token": "the-token", "renewable": True, "is_last": False, "scope": []}
    written |= {"due": 30.0, "ends": 60.0, "base": None, "origins": [], "pauses": {}}
    worker = Asking(lambda box, _: box.take(SECOND))
    worker.box.take(Letter.read(json.dumps(written).encode()))
    assert run(worker.box.fresh_token()) == Secret("the-token")
    assert worker.questions == []
    written |= {"due": -5.0, "ends": -1.0}
    worker.box.take(Letter.read(json.dumps(written).encode()))
    assert run(worker.box.fresh_token()) == SECOND.token


@pytest.mark.check(id="shared/wiped")
def test_what_was_wiped_stays_so() -> None:
    worker = Asking()
    worker.box.take(FIRST)
    worker.box.wipe(errors.NotShared("It has ended."))
    worker.box.take(SECOND)
    uses: list[Callable[[], Awaitable[Any]]] = [
        worker.box.letter,
        worker.box.fresh_token,
        lambda: worker.box.renewed_token(FIRST.token),
    ]
    for use in uses:
        with pytest.raises(errors.NotShared, match=r"It has ended\."):
            run(awaited(use))
    assert "-token" not in repr(vars(worker.box))


async def awaited(use: Callable[[], Awaitable[Any]]) -> Any:
    return await use()


@pytest.mark.check(id="shared/sealed")
def test_a_letter_opens_for_its_recipient_and_its_session_alone() -> None:
    key = new_key()
    sealed = seal(b"the-token", public(key), "one")
    assert b"the-token" not in sealed
    assert unseal(sealed, key, "one") == b"the-token"
    assert unseal(sealed, key, "another") is None
    assert unseal(sealed, new_key(), "one") is None
    assert unseal(sealed[:-1] + bytes([sealed[-1] ^ 1]), key, "one") is None
    assert unseal(b"short", key, "one") is None
    assert seal(b"the-token", public(key), "one") != sealed


def test_a_letter_hides_its_token_from_tools_that_print_it() -> None:
    assert "the-first-token" not in repr(FIRST)
