"""Connections that are kept for the next request: nothing of one answer gets into another one."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from oauth_widgets._net import direct, http
from oauth_widgets._net.loop import run
from oauth_widgets._net.message import Request

OWN = b"HTTP/1.1 200 so\r\ncontent-length: 3\r\n\r\nown"
FOREIGN = OWN.replace(b"own", b"bad")


class Server:
    """Answers each request with `answer` and keeps connections, or closes them if it `hangs_up`."""

    def __init__(self, answer: bytes, *, hangs_up: bool) -> None:
        self.connections = 0
        self.left = threading.Event()
        self.hung_up = threading.Semaphore(0)
        self._answer = answer
        self._hangs_up = hangs_up
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while b"\r\n\r\n" in connection.recv(65536):
                connection.sendall(self._answer)
                if self._hangs_up:
                    connection.shutdown(socket.SHUT_RDWR)
                    self.hung_up.release()
                    return
            self.left.set()

    def close(self) -> None:
        self._socket.close()


@contextmanager
def serving(answer: bytes, *, hangs_up: bool = False) -> Iterator[Server]:
    server = Server(answer, hangs_up=hangs_up)
    try:
        yield server
    finally:
        server.close()


def bodies(server: Server, *lanes: int) -> list[bytes]:
    async def asked() -> list[bytes]:
        request = Request("GET", server.url)
        return [(await http.send(request, lane=lane)).body for lane in lanes]

    return run(asked())


def test_the_requests_of_a_lane_share_a_connection() -> None:
    with serving(OWN) as server:
        assert bodies(server, 0, 0, 1, 0, 1) == [b"own"] * 5
        assert server.connections == 2


def test_requests_at_the_same_time_in_one_lane_get_their_own_answers() -> None:
    async def both(url: str) -> list[bytes]:
        asked = [http.send(Request("GET", url), lane=0) for _ in range(2)]
        return [answer.body for answer in await asyncio.gather(*asked)]

    with serving(OWN) as server:
        assert run(both(server.url)) == [b"own"] * 2


def test_a_connection_that_the_server_has_closed_is_not_used_again() -> None:
    with serving(OWN, hangs_up=True) as server:
        for _ in range(3):
            assert bodies(server, 0) == [b"own"]
            assert server.hung_up.acquire(timeout=10)
        assert server.connections == 3


@pytest.mark.check(id="bearer/origin")
def test_what_follows_an_answer_is_never_taken_for_the_next_one() -> None:
    with serving(OWN + FOREIGN) as server:
        assert bodies(server, 0, 0) == [b"own"] * 2
        assert server.connections == 2


def test_interim_answers_are_skipped() -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    with serving(hints + OWN) as server:
        assert bodies(server, 0, 0) == [b"own"] * 2
        assert server.connections == 1


def test_a_connection_that_is_not_used_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direct, "_IDLE", 0.01)
    with serving(OWN) as server:
        assert bodies(server, 0) == [b"own"]
        assert server.left.wait(10)
