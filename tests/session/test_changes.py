"""What changes the tokens of a session at the same time, in whatever order the loop runs it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Coroutine
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest

import oauth_widgets as ow
from oauth_widgets._net import http
from oauth_widgets._net.message import Request, Response
from oauth_widgets.errors import NotSignedIn
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret
from oauth_widgets.session.renewal import Refreshing
from tests.helpers.mint import Mint

TAKES = 6
"""Rounds of the loop that an answer or the disk takes."""

ROUNDS = pytest.mark.parametrize("rounds", range(3 * TAKES))
"""When the other one begins."""


async def some(rounds: int) -> None:
    for _ in range(rounds):
        await asyncio.sleep(0)


class Wire:
    """A token endpoint that rotates: from "r" come "r+" and its access token; "r" is spent."""

    def __init__(self) -> None:
        self.spent: list[str] = []
        self.revoked: list[str] = []

    async def send(self, request: Request, **_: float) -> Response:
        sent = {
            name: values[0] for name, values in parse_qs((request.body or b"").decode()).items()
        }
        await some(TAKES)
        if "token" in sent:
            self.revoked.append(sent["token"])
            return Response(200)
        renews = sent["refresh_token"]
        if renews in self.spent:
            return self._answer({"error": "invalid_grant"}, 400)
        self.spent.append(renews)
        more = {"access_token": f"for-{renews}+", "refresh_token": f"{renews}+"}
        return self._answer({**more, "token_type": "Bearer", "expires_in": 3600}, 200)

    @staticmethod
    def _answer(members: dict[str, Any], status: int) -> Response:
        kind = {"content-type": "application/json"}
        return Response(status, kind, json.dumps(members).encode())


class Kept:
    """A keeper in memory, as slow as a disk, that does one thing at a time."""

    place, since = "memory", None

    def __init__(self, tokens: ValidatedTokens | None = None) -> None:
        self.tokens = tokens
        self._turn = asyncio.Lock()

    async def admitted(self, tokens: ValidatedTokens) -> None:
        async with self._turn:
            await some(TAKES)
            self.tokens = tokens

    async def renewed(self, refresh: Refreshing) -> ValidatedTokens:
        async with self._turn:
            if self.tokens is None:
                raise NotSignedIn("It was ended.")
            self.tokens = await refresh(self.tokens, lambda _: None)
            return self.tokens

    async def widened(self, tokens: ValidatedTokens) -> None:
        async with self._turn:
            await some(TAKES)
            self.tokens = tokens

    async def ended(self) -> ValidatedTokens | None:
        tokens, self.tokens = self.tokens, None
        async with self._turn:
            await some(TAKES)
        return tokens


@pytest.fixture(autouse=True)
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    running = Wire()
    monkeypatch.setattr(http, "send", running.send)
    return running


def both(
    first: Coroutine[Any, Any, Any], second: Coroutine[Any, Any, Any], rounds: int
) -> list[Any]:
    """Run two things, the second so many rounds of the loop later; return how they ended."""

    async def later() -> Any:
        await some(rounds)
        return await second

    async def run() -> list[Any]:
        return await asyncio.gather(first, later(), return_exceptions=True)

    return asyncio.run(run())


def renews(session: ow.Session) -> str:
    token = session.refresh_token
    assert token is not None
    return token.reveal()


@ROUNDS
@pytest.mark.parametrize("kept", [False, True])
def test_what_a_later_sign_in_brought_stays_whatever_is_renewed_meanwhile(
    kept: bool, rounds: int, mint: Mint
) -> None:
    session, wider = mint.session(), mint.session()
    brought = replace(wider._last, access_token=Secret("wider"), refresh_token=Secret("w"))  # noqa: SLF001
    wider._last = brought  # noqa: SLF001
    session.keeper = Kept(session._last) if kept else None  # noqa: SLF001

    async def twice() -> None:
        await session._renew()  # noqa: SLF001
        await session._renew()  # noqa: SLF001

    ends = both(twice(), session._widen(wider), rounds)  # noqa: SLF001
    assert ends == [None, True]
    assert renews(session).startswith("w")


@ROUNDS
def test_a_sign_in_that_is_forgotten_can_be_renewed_meanwhile(rounds: int, mint: Mint) -> None:
    session = mint.session()
    session.keeper = Kept(session._last)  # noqa: SLF001

    async def renewed() -> None:
        await session._renew()  # noqa: SLF001

    assert both(session._forget(), renewed(), rounds) == [None, None]  # noqa: SLF001
    assert not session.signed_out
    assert renews(session) == "refresh-1+"


@ROUNDS
def test_what_is_renewed_while_a_sign_in_is_saved_is_saved_too(rounds: int, mint: Mint) -> None:
    session, keeper = mint.session(), Kept()

    async def renewed() -> None:
        await session._renew()  # noqa: SLF001

    assert both(session.keep(keeper), renewed(), rounds) == [None, None]
    assert keeper.tokens == session._last  # noqa: SLF001


@ROUNDS
@pytest.mark.parametrize(
    ("change", "newest"),
    [("renew", "kept+"), ("forget", "kept"), ("widen", "w"), ("keep", "refresh-1")],
)
@pytest.mark.check(id="revocation/confirmed")
def test_a_sign_out_ends_the_newest_tokens_whatever_changes_meanwhile(
    change: str, newest: str, rounds: int, mint: Mint, wire: Wire
) -> None:
    session, wider = mint.session(), mint.session()
    wider._last = replace(wider._last, refresh_token=Secret("w"))  # noqa: SLF001
    # Another process has renewed what is kept.
    keeper = Kept(replace(session._last, refresh_token=Secret("kept")))  # noqa: SLF001
    session.keeper = None if change == "keep" else keeper
    changes = {
        "renew": session._renew,  # noqa: SLF001
        "forget": session._forget,  # noqa: SLF001
        "widen": lambda: session._widen(wider),  # noqa: SLF001
        "keep": lambda: session.keep(keeper),
    }
    _, left = both(changes[change](), session.ended(), rounds)
    assert left.confirmed
    assert newest in wire.revoked
    assert keeper.tokens is None


@ROUNDS
def test_of_two_sign_outs_each_ends_well_or_finds_it_done(
    rounds: int, mint: Mint, wire: Wire
) -> None:
    session = mint.session()
    first, second = both(session.ended(), session.ended(), rounds)
    assert first.confirmed
    assert isinstance(second, NotSignedIn) or second.confirmed is not None
    assert set(wire.revoked) == {"access-1", "refresh-1"}
