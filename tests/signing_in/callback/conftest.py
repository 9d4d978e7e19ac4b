"""A listener for the browser's answer, and what it handed on."""

from __future__ import annotations

import queue
import socket
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from oauth_widgets.signing_in.callback.loopback import LoopbackListener

Listen = Callable[..., "Heard"]


class Heard:
    """A listener that waits for one state, and the answers it handed on."""

    def __init__(self, registered: str, state: str = "mine") -> None:
        self.answers: queue.Queue[str] = queue.Queue()
        self.listener = LoopbackListener(
            registered, fits=lambda given: given == state, on_answer=self.answers.put
        )
        self.redirect_uri = self.listener.redirect_uri
        self.port = urlsplit(self.redirect_uri).port or 0

    def get(self, query: str, **headers: str) -> httpx.Response:
        return httpx.get(
            f"{self.redirect_uri}{query}", headers=headers, trust_env=False, timeout=30
        )

    def raw(self, request: bytes) -> bytes:
        """Send `request` as it is; return all that comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as browser:
            browser.sendall(request)
            browser.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: browser.recv(65536), b""))

    def status(self, target: str) -> int:
        answered = self.raw(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        return int(answered.split()[1])

    def nothing_came(self) -> bool:
        time.sleep(0.05)
        return self.answers.empty()


@pytest.fixture
def listen() -> Iterator[Listen]:
    made: list[Heard] = []

    def listening(registered: str = "http://127.0.0.1/callback", state: str = "mine") -> Heard:
        made.append(Heard(registered, state))
        return made[-1]

    yield listening
    for heard in made:
        heard.listener.close()
