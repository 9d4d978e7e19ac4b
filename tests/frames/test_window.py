"""How many bytes of pages are under way at once, and how many pages."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import AnswerTooLarge
from oauth_widgets.frames.window import Window
from tests.helpers.mint import Mint
from tests.helpers.rigged import Answer, Sent, as_json, rigged
from tests.helpers.twins import both

MOST = 1000


class Api:
    """Gives pages of the sizes told, and notes how many bytes are on their way or not read."""

    def __init__(self, sizes: list[int]) -> None:
        self._sizes = sizes
        self.under_way: dict[str, int] = {}
        self.held = self.most = 0
        self.asked: list[str] = []

    async def get(self, url: str, most: int) -> Response:
        size = self._sizes[int(url)]
        self.asked.append(url)
        self.under_way[url] = min(size, most)
        self._note()
        try:
            await asyncio.sleep(0.001)
        except asyncio.CancelledError:
            del self.under_way[url]
            raise
        if size > most:
            del self.under_way[url]
            raise AnswerTooLarge("too large")
        return Response(200, {}, bytes(size), url)

    def _note(self) -> None:
        self.most = max(self.most, self.held + sum(self.under_way.values()))

    async def all(self, window: Window) -> list[str]:
        came: list[str] = []
        while len(came) < len(self._sizes):
            self.held = 0
            for response in await window.take(str(len(came))):
                came.append(response.url)
                self.held += self.under_way.pop(response.url)
            await asyncio.sleep(0.002)
            window.foresee((str(n) for n in range(len(came), len(self._sizes))), None)
        return came


@pytest.mark.parametrize(
    "sizes",
    [
        [10] * 60,
        [300] * 30,
        [1, *[900] * 10],
        [*[1] * 40, *[900] * 10, *[1] * 40],
        [1900, 1900, 1, 1, 1],
        [(7 * n) % 300 for n in range(60)],
    ],
)
def test_bytes_in_flight_are_bounded_whatever_the_sizes(sizes: list[int]) -> None:
    api = Api(sizes)
    came = asyncio.run(api.all(Window(api.get, alone=2 * MOST)))
    assert came == [str(n) for n in range(len(sizes))]
    assert api.most <= max(MOST, *sizes)


def test_small_pages_are_asked_for_side_by_side() -> None:
    api = Api([10] * 60)

    async def counted() -> int:
        window = Window(api.get, alone=2 * MOST)
        await window.take("0")
        window.foresee((str(n) for n in range(1, 60)), None)
        return len(api.under_way) + await asyncio.sleep(0.0005, 0)

    assert asyncio.run(counted()) >= 1
    assert len(api.asked) > 10


@pytest.mark.parametrize("first", [0, 1, 10])
@pytest.mark.parametrize("limit", [1, 10, 11, 21, 35])
def test_no_page_is_asked_for_that_the_limit_does_not_need(
    first: int, limit: int, mint: Mint
) -> None:
    def pages() -> Iterator[tuple[int, int]]:
        start = 0
        for number in range(12):
            rows = first if number == 0 else 10
            yield start, rows
            start += rows

    starts = list(pages())

    def respond(sent: Sent) -> Answer:
        number = int(sent.target.rpartition("=")[2])
        start, rows = starts[number]
        around: Any = {"total": 110 + first, "next": f"/x?page={number + 1}"}
        return as_json({**around, "items": [{"id": start + n} for n in range(rows)]})

    with rigged(respond) as api:
        frame = mint.session(api=api.origin).frame("/x?page=0", limit=limit)
        asked = len(api.sent)
    assert frame["id"].tolist() == list(range(limit))
    needed = next(n for n, (start, rows) in enumerate(starts, 1) if start + rows >= limit)
    assert asked <= needed + (20 if first == 1 else 0)


@both
def test_pages_that_are_larger_than_the_first_all_come_and_in_order(call: Any, mint: Mint) -> None:
    def respond(sent: Sent) -> Answer:
        number = int(sent.target.rpartition("=")[2])
        text = "x" * (100_000 if number else 1)
        around: Any = {"total": 10, "next": f"/x?page={number + 1}" if number < 9 else None}
        return as_json({**around, "items": [{"id": number, "text": text}]})

    with rigged(respond) as api:
        session = mint.session(api=api.origin)
        frame = call(session, "frame", "/x?page=0", max_bytes=2**22)
    assert frame["id"].tolist() == list(range(10))


@both
def test_a_page_that_is_too_large_by_itself_is_refused_with_what_to_allow(
    call: Any, mint: Mint
) -> None:
    mint.pages["/api/x"] = as_json([{"id": n, "text": "x" * 1000} for n in range(300)])
    with pytest.raises(AnswerTooLarge, match="max_bytes=2097152") as refused:
        call(mint.session(), "frame", "/x", max_bytes=2**20)
    assert refused.value.partial is not None
