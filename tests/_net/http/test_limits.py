"""The door to the network keeps its limits before servers that break every rule."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest

from oauth_widgets._net import http, unpacking
from oauth_widgets._net.loop import run
from oauth_widgets._net.message import Request
from oauth_widgets.errors import AnswerTooLarge, DeadlineExceeded

from ...helpers.rigged import answer, drip, rigged, zipped
from ...helpers.waiting import until
from .asking import get


@pytest.mark.parametrize("kind", ["announced", "streamed", "bomb"])
@pytest.mark.check(id="transport/size")
def test_a_body_has_a_size_limit_also_after_decompression(kind: str) -> None:
    too_much = {
        "announced": answer(b"x" * 2000),
        "streamed": b"HTTP/1.1 200 so\r\n\r\n" + b"x" * 2000,
        "bomb": zipped(b"x" * 50_000_000),
    }
    with (
        rigged(too_much[kind]) as server,
        pytest.raises(AnswerTooLarge, match="more than 1000 bytes"),
    ):
        get(server.origin, max_body=1000)


@pytest.mark.check(id="transport/size")
def test_a_bomb_is_not_unpacked_any_further_than_the_limit() -> None:
    bomb = zipped(b"x" * 50_000_000)
    with rigged(bomb) as server:
        tracemalloc.start()
        try:
            with pytest.raises(AnswerTooLarge):
                get(server.origin)
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < 10_000_000


@pytest.mark.check(id="transport/size")
def test_a_body_of_just_the_limit_is_taken() -> None:
    for whole in (answer(b"x" * 1000), zipped(b"x" * 1000)):
        with rigged(whole) as server:
            assert len(get(server.origin, max_body=1000).body) == 1000


def test_a_large_answer_is_unpacked_apart_from_the_loop_that_all_share(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    worked: list[threading.Thread] = []
    unpacked = unpacking._unpacked  # noqa: SLF001 - its thread is what matters

    def noted(*given: Any) -> bytes:
        worked.append(threading.current_thread())
        return unpacked(*given)

    async def loops_own() -> threading.Thread:
        return threading.current_thread()

    monkeypatch.setattr(unpacking, "_unpacked", noted)
    with rigged(zipped(os.urandom(200_000))) as server:
        request = Request("GET", server.origin)
        assert len(run(http.send(request, max_body=2**28)).body) == 200_000
    assert len(worked) == 1
    assert run(loops_own()) not in worked


@pytest.mark.parametrize(
    "start",
    [b"", b"HTTP/1.1 200 so\r\nx-slow: ", b"HTTP/1.1 200 so\r\n\r\n"],
    ids=["status line", "headers", "body"],
)
@pytest.mark.check(id="transport/deadline")
def test_a_slow_drip_ends_at_the_deadline(start: bytes) -> None:
    deadline = 0.2
    with rigged(lambda _: drip(start)) as server:
        # A busy machine may not even connect in time
        while not server.sent:
            begun = time.monotonic()
            with pytest.raises(DeadlineExceeded, match=rf"within {deadline:g} seconds"):
                get(server.origin, deadline=deadline)
            assert time.monotonic() - begun < 20
            deadline *= 2
        assert server.left.wait(30), "the connection was left open"


@pytest.mark.check(id="transport/deadline")
def test_a_server_that_says_nothing_ends_at_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(DeadlineExceeded):
        get(f"http://127.0.0.1:{silent.getsockname()[1]}", deadline=0.2)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lists the open connections")
@pytest.mark.usefixtures("_new_client")
def test_a_request_that_is_given_up_at_any_moment_leaves_no_connection_open() -> None:
    def open_ends() -> int:
        """Count both ends of the server's connections: other threads open and close files too."""
        rows = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
        port = f":{server.port:04X}"
        held = [row for row in rows if row[9] != "0"]
        return sum(end.endswith(port) for row in held for end in row[1:3])

    async def given_up(url: str) -> None:
        for steps in range(240):
            asked = asyncio.create_task(http.send(Request("GET", url)))
            for _ in range(steps % 80):
                await asyncio.sleep(0)
            asked.cancel()
            await asyncio.wait([asked])

    with rigged(answer(b"x" * 9)) as server:
        get(server.origin)
        before = open_ends()
        run(given_up(server.origin))
        # The server closes its side on other threads.
        until(lambda: open_ends() <= before + 1)
        assert get(server.origin).body == b"x" * 9
