from __future__ import annotations

import asyncio
import itertools
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from oauth_widgets._net import http
from oauth_widgets._net.loop import run
from oauth_widgets._net.message import Pause, Request, Response
from oauth_widgets.errors import (
    AnswerTooLarge,
    DeadlineExceeded,
    ServerUnreachable,
    TransportError,
)
from oauth_widgets.flows import _drive
from oauth_widgets.flows._drive import Exchange, drive
from tests.helpers.rigged import answer, rigged
from tests.protocol.builders import JWKS_URI, TOKEN_ENDPOINT, refuses

GET = Request("GET", JWKS_URI)
POST = Request("POST", TOKEN_ENDPOINT, form=(("a", "b"),))
SHARED = Request("GET", JWKS_URI, shared=True)

Answer = Response | Exception


class Wire:
    """Replaces the network: answers in turn, counts, waits for nothing."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.answers: list[Answer] = []
        self.sent: list[Request] = []
        self.slept: list[float] = []
        self.deadlines: list[float] = []
        monkeypatch.setattr(http, "send", self._send)
        # Only in this module, since servers of other tests sleep too.
        naps = SimpleNamespace(**vars(asyncio) | {"sleep": self._note})
        monkeypatch.setattr(_drive, "asyncio", naps)

    async def _send(self, request: Request, *, deadline: float) -> Response:
        self.sent.append(request)
        self.deadlines.append(deadline)
        answer = self.answers.pop(0)
        await asyncio.sleep(0.01)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def _note(self, seconds: float) -> None:
        self.slept.append(seconds)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    return Wire(monkeypatch)


def one(request: Request) -> Exchange[int]:
    return (yield request).status


def test_an_exchange_is_sent_each_answer_and_returns_its_result(wire: Wire) -> None:
    def two() -> Exchange[tuple[int, int]]:
        first = yield GET
        second = yield POST
        return first.status, second.status

    wire.answers = [Response(200), Response(400)]
    assert asyncio.run(drive(two())) == (200, 400)
    assert wire.sent == [GET, POST]


def test_an_exchange_that_asks_nothing_returns_at_once(wire: Wire) -> None:
    def nothing() -> Exchange[str]:
        return "done"
        yield

    assert asyncio.run(drive(nothing())) == "done"
    assert wire.sent == []


def test_a_failed_request_is_thrown_in_and_may_be_survived(wire: Wire) -> None:
    def patient() -> Exchange[int]:
        try:
            yield POST
        except DeadlineExceeded:
            return (yield POST).status

    wire.answers = [DeadlineExceeded("Too slow."), Response(200)]
    assert asyncio.run(drive(patient())) == 200
    wire.answers = [ServerUnreachable("Gone.")]
    with refuses(ServerUnreachable):
        asyncio.run(drive(one(POST)))


def test_a_pause_is_slept_through(wire: Wire) -> None:
    def waiting() -> Exchange[str]:
        yield Pause(7)
        return "done"

    assert asyncio.run(drive(waiting())) == "done"
    assert (wire.slept, wire.sent) == ([7], [])


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.check(id="transport/retries")
def test_a_safe_request_is_sent_again_after_the_time_asked_for(wire: Wire, status: int) -> None:
    wire.answers = [Response(status, {"retry-after": "2"}), Response(200)]
    assert asyncio.run(drive(one(GET))) == 200
    assert (wire.sent, wire.slept) == ([GET, GET], [2])


@pytest.mark.check(id="transport/retries")
def test_it_is_sent_three_times_at_most_and_never_waits_long(wire: Wire) -> None:
    wire.answers = [Response(503, {"retry-after": "86400"})] * 3
    assert asyncio.run(drive(one(GET))) == 503
    assert len(wire.sent) == 3
    assert max(wire.slept) <= 5


RESET = ServerUnreachable("The connection was cut.")


@pytest.mark.parametrize("failure", [RESET, Response(500), Response(502), Response(520)])
@pytest.mark.check(id="transport/retries")
def test_a_safe_request_that_failed_on_the_way_is_sent_again(wire: Wire, failure: Answer) -> None:
    wire.answers = [failure, failure, Response(200)]
    assert asyncio.run(drive(one(GET))) == 200
    assert (wire.sent, wire.slept) == ([GET] * 3, [0.5, 1])


BUSY = [Response(status, {"retry-after": "0"}) for status in (429, 503)]


@pytest.mark.parametrize("failure", [RESET, Response(500), Response(502), Response(520), *BUSY])
@pytest.mark.check(id="transport/retries")
def test_a_request_that_may_have_done_something_is_not_sent_again_after_a_failure(
    wire: Wire, failure: Answer
) -> None:
    wire.answers = [failure]
    with suppress(ServerUnreachable):
        asyncio.run(drive(one(POST)))
    assert (wire.sent, wire.slept) == ([POST], [])


@pytest.mark.check(id="transport/retries")
def test_what_keeps_failing_is_told_after_three_tries(wire: Wire) -> None:
    wire.answers = [RESET] * 3
    with refuses(ServerUnreachable):
        asyncio.run(drive(one(GET)))
    assert wire.sent == [GET] * 3


@pytest.mark.parametrize(
    "failure",
    [
        ServerUnreachable("No connection.", sent=False),
        DeadlineExceeded("Too slow."),
        AnswerTooLarge("Too much."),
        Response(404),
        Response(501),
    ],
)
@pytest.mark.check(id="transport/retries")
def test_a_failure_that_does_not_pass_is_told_at_once(wire: Wire, failure: Answer) -> None:
    wire.answers = [failure]
    with suppress(TransportError):
        asyncio.run(drive(one(GET)))
    assert (wire.sent, wire.slept) == ([GET], [])


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.check(id="transport/retries")
def test_a_server_that_fails_once_or_twice_costs_nothing(
    shared: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_drive, "_PAUSES", (0.01, 0.01))
    faults = [b"", answer(status=500), answer(b"n").replace(b": 1", b": 9"), answer(status=520)]
    for first, second in itertools.product(faults, repeat=2):
        answers = [first, second, answer(b"whole")]
        with rigged(lambda _, given=answers: given.pop(0)) as server:
            request = Request("GET", server.origin, shared=shared)
            assert run(drive(one(request))) == 200
            assert len(server.sent) == 3


@pytest.mark.check(id="transport/deadline")
def test_all_tries_share_one_deadline(wire: Wire) -> None:
    wire.answers = [RESET, RESET, Response(200)]
    asyncio.run(drive(one(GET)))
    first, second, third = wire.deadlines
    assert http.DEADLINE >= first > second > third


async def together(*exchanges: Exchange[Any]) -> list[Any]:
    tasks = [drive(exchange) for exchange in exchanges]
    return await asyncio.gather(*tasks, return_exceptions=True)


@pytest.mark.check(id="keys/unknown-kid")
def test_those_who_ask_the_same_at_the_same_time_share_one_answer(wire: Wire) -> None:
    wire.answers = [Response(200)]
    assert asyncio.run(together(*[one(SHARED) for _ in range(64)])) == [200] * 64
    assert len(wire.sent) == 1


@pytest.mark.parametrize("rounds", range(6))
@pytest.mark.check(id="keys/unknown-kid")
def test_one_who_asks_while_the_answer_is_handed_over_shares_it(
    rounds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, arrived = asyncio.Event(), asyncio.Event()
    sent, kept = list[Request](), list[Response]()

    async def send(request: Request, **_: float) -> Response:
        sent.append(request)
        begun.set()
        await arrived.wait()
        return Response(200)

    def unless_kept() -> Exchange[None]:
        if not kept:
            kept.append((yield SHARED))

    async def later() -> None:
        await arrived.wait()
        for _ in range(rounds):
            await asyncio.sleep(0)
        await drive(unless_kept())

    async def both() -> None:
        first = asyncio.create_task(drive(unless_kept()))
        await begun.wait()
        second = asyncio.create_task(later())
        await asyncio.sleep(0)
        arrived.set()
        await asyncio.gather(first, second)

    monkeypatch.setattr(http, "send", send)
    asyncio.run(both())
    assert len(sent) == 1


@pytest.mark.check(id="keys/unknown-kid")
def test_a_later_one_asks_anew(wire: Wire) -> None:
    async def twice() -> list[int]:
        return [await drive(one(SHARED)), await drive(one(SHARED))]

    wire.answers = [Response(200), Response(404)]
    assert asyncio.run(twice()) == [200, 404]


@pytest.mark.check(id="keys/unknown-kid")
def test_a_shared_failure_reaches_everybody_and_is_not_kept(wire: Wire) -> None:
    wire.answers = [ServerUnreachable("Gone.", sent=False), Response(200)]
    failed = asyncio.run(together(one(SHARED), one(SHARED)))
    assert [type(problem) for problem in failed] == [ServerUnreachable] * 2
    assert asyncio.run(drive(one(SHARED))) == 200


@pytest.mark.check(id="keys/unknown-kid")
def test_one_who_gives_up_does_not_take_the_answer_from_the_others(wire: Wire) -> None:
    async def one_gives_up() -> int:
        first, second = (asyncio.create_task(drive(one(SHARED))) for _ in range(2))
        await asyncio.wait([first], timeout=0.001)
        first.cancel()
        return await second

    wire.answers = [Response(200)]
    assert asyncio.run(one_gives_up()) == 200
    assert len(wire.sent) == 1


@pytest.mark.check(id="keys/unknown-kid")
def test_a_forked_child_does_not_wait_for_what_its_parent_began(wire: Wire) -> None:
    wire.answers = [Response(200), Response(404)]
    # As in a child, which has the parent's loop without its thread.
    parents = asyncio.new_event_loop()
    begun = parents.create_task(drive(one(SHARED)))
    while not wire.sent:
        parents.run_until_complete(asyncio.sleep(0))
    assert asyncio.run(asyncio.wait_for(drive(one(SHARED)), 5)) == 404
    assert parents.run_until_complete(begun) == 200
    parents.close()


def test_requests_that_are_not_shared_are_each_sent(wire: Wire) -> None:
    wire.answers = [Response(200), Response(201)]
    assert asyncio.run(together(one(POST), one(POST))) == [200, 201]
