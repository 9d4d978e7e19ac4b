"""What happens at the same time as a turn is lent, or as sharing ends, round by round."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from oauth_widgets._net.loop import run
from oauth_widgets.secret import Secret
from oauth_widgets.session.shared import sharing, turns

SOON = 10


@pytest.mark.parametrize("fails", [False, True])
def test_a_request_gets_a_turn_of_its_own_whenever_it_comes(fails: bool) -> None:
    class Scripted(turns.Turns):
        async def _acquire(self) -> None:
            if fails and not self.borrowed:
                self.borrowed = True
                raise OSError

        borrowed = False

    async def two_requests(rounds: int) -> None:
        at_one: Any = SimpleNamespace(loop=SimpleNamespace(asyncio_loop=asyncio.get_running_loop()))
        scripted = Scripted(at_one, "turns")
        first = asyncio.ensure_future(scripted.enter())
        for _ in range(rounds):
            await asyncio.sleep(0)
        # The first never leaves.
        second = asyncio.ensure_future(scripted.enter())
        await asyncio.wait([first, second], timeout=SOON)
        assert (first.exception() is not None) == fails
        assert second.done(), rounds
        # Both fail if the second waited for the first one's turn.
        assert second.exception() is None or first.exception() is not None

    for rounds in range(15):
        run(two_requests(rounds))


@pytest.mark.check(id="shared/wiped")
def test_no_token_is_left_if_sharing_ends_while_a_worker_asks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[Any] = []

    async def on_workers(_: Any, __: Any, act: Any, *___: Any) -> list[str]:
        sent.append(act)
        return []

    async def fresh_token() -> Secret:
        for _ in range(5):
            await asyncio.sleep(0)
        return Secret("access-2")

    async def ended(rounds: int) -> None:
        session: Any = SimpleNamespace(fresh_token=fresh_token)
        client: Any = SimpleNamespace()
        shared = sharing.Sharing(session, client)
        asking = {"worker": "inproc://1", "key": "00", "refused": False, "number": 0}
        asked = asyncio.ensure_future(shared._asked(asking))  # noqa: SLF001
        for _ in range(rounds):
            await asyncio.sleep(0)
        await shared.end("The person signed out.")
        await asked
        assert shared._token is None  # noqa: SLF001
        assert sharing.post not in sent[sent.index(sharing.wipe) :]

    monkeypatch.setattr(sharing, "on_workers", on_workers)
    for rounds in range(5):
        sent.clear()
        run(ended(rounds))
