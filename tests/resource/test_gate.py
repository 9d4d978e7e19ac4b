"""An API is asked for as many pages at once as it likes, and later if it asks for patience."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import ResourceBusy, ResourceError, ServerUnreachable
from oauth_widgets.resource import gate
from oauth_widgets.resource.gate import AT_ONCE, Gate


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Have the clock of the gate go forward by what is slept."""
    pauses: list[float] = []
    now = 0.0

    async def sleeping(seconds: float) -> None:
        nonlocal now
        now += seconds
        pauses.append(round(seconds, 3))
        await asyncio.sleep(0)

    # In the gate alone: a practice server that still runs sleeps too
    monkeypatch.setattr(gate, "time", SimpleNamespace(monotonic=lambda: now))
    monkeypatch.setattr(gate, "asyncio", SimpleNamespace(**{**vars(asyncio), "sleep": sleeping}))
    return pauses


class Api:
    """Refuses as often as told, and notes how many are inside at once."""

    def __init__(self, *refusals: Exception) -> None:
        self._refusals = list(refusals)
        self.inside = self.most = 0
        self.lanes: list[int] = []

    async def __call__(self, lane: int) -> Response:
        self.lanes.append(lane)
        self.inside += 1
        self.most = max(self.most, self.inside)
        for _ in range(3):
            await asyncio.get_running_loop().run_in_executor(None, lambda: None)
        self.inside -= 1
        if self._refusals:
            raise self._refusals.pop(0)
        return Response(200)


def all_through(api: Api, number: int) -> Any:
    async def every() -> Any:
        shared = Gate()
        await asyncio.gather(*(shared.through(api) for _ in range(number)))
        before, api.most = api.most, 0
        await asyncio.gather(*(shared.through(api) for _ in range(number)))
        return before, api.most

    return asyncio.run(every())


def busy(seconds: float | None) -> ResourceBusy:
    return ResourceBusy("busy", retry_after=seconds)


def test_only_so_many_are_inside_at_once_each_in_a_lane_of_its_own() -> None:
    api = Api()
    assert all_through(api, 50) == (AT_ONCE, AT_ONCE)
    assert set(api.lanes) == set(range(AT_ONCE))


@pytest.mark.check(id="transport/retries")
def test_a_refusal_makes_all_wait_and_fewer_go_in(slept: list[float]) -> None:
    api = Api(busy(7))
    asyncio.run(_one_then_many(api))
    assert slept == [7.0]
    assert AT_ONCE // 2 <= api.most < AT_ONCE


async def _one_then_many(api: Api) -> None:
    shared = Gate()
    await shared.through(api)
    await asyncio.gather(*(shared.through(api) for _ in range(2 * AT_ONCE)))


@pytest.mark.check(id="transport/retries")
def test_refusals_of_what_was_sent_together_count_once(slept: list[float]) -> None:
    before, _ = all_through(Api(*[busy(3)] * AT_ONCE), AT_ONCE)
    assert before == AT_ONCE
    assert set(slept) == {3.0}


@pytest.mark.parametrize(
    ("refusals", "pauses"),
    [
        ([busy(None)] * 3, [0.5, 1.0, 2.0]),
        ([busy(0)] * 3, [1.0, 2.0]),
        ([busy(30), busy(30)], [30.0, 30.0]),
        ([ServerUnreachable("cut")] * 2, [0.5, 1.0]),
    ],
)
@pytest.mark.check(id="transport/retries")
def test_pauses_are_those_asked_for_or_grow(
    refusals: list[Exception], pauses: list[float], slept: list[float]
) -> None:
    assert asyncio.run(Gate().through(Api(*refusals))).status == 200
    assert slept == pauses


@pytest.mark.parametrize(
    ("refusals", "asked"),
    [
        ([ResourceError("no")], 1),
        ([busy(gate.LONGEST_PAUSE + 1)], 1),
        ([ServerUnreachable("none there", sent=False)], 1),
        ([ServerUnreachable("cut")] * 9, 3),
        ([busy(1)] * 20, gate.TRIES),
    ],
)
@pytest.mark.check(id="transport/retries")
def test_what_waiting_does_not_help_is_given_up(
    refusals: list[Exception], asked: int, slept: list[float]
) -> None:
    api = Api(*refusals)
    with pytest.raises(type(refusals[0])):
        asyncio.run(Gate().through(api))
    assert len(api.lanes) == asked
    assert len(slept) == asked - 1


def test_one_that_is_cancelled_makes_room(slept: list[float]) -> None:
    async def every() -> None:
        shared, api = Gate(), Api()
        tasks = [asyncio.create_task(shared.through(api)) for _ in range(3 * AT_ONCE)]
        await asyncio.sleep(0)
        for task in tasks[: 2 * AT_ONCE]:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert sum(isinstance(one, Response) for one in results) == AT_ONCE

    asyncio.run(every())
    assert slept == []
