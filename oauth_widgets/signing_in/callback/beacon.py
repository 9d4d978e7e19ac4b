"""A port in the kernel that a page can try, to learn whether it reaches this machine."""

from __future__ import annotations

import os
import secrets
import threading
from collections.abc import Callable, Mapping
from typing import Any

from oauth_widgets.signing_in.callback.small_server import QuietHandler, SmallServer

_lighting = threading.Lock()
_lit: tuple[int, Beacon] | None = None


class Beacon:
    """Answers at `/{nonce}` on `port` of loopback with `nonce`, and with nothing elsewhere."""

    def __init__(self) -> None:
        self.nonce = nonce = secrets.token_urlsafe(16)

        class Handler(QuietHandler):
            def answer(self, target: str) -> tuple[int, Mapping[str, str], bytes]:
                # The page has another port, so it is another origin.
                headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/plain"}
                return (200, headers, nonce.encode()) if target == f"/{nonce}" else (404, {}, b"")

        server = SmallServer(("127.0.0.1", 0), Handler)
        self.port: int = server.server_port
        server.start()


def beacon() -> Beacon:
    """Return this process's beacon, started on first use."""
    global _lit  # noqa: PLW0603 - one a process
    with _lighting:
        # A forked child inherits the beacon, but not the thread that serves it.
        if _lit is None or _lit[0] != os.getpid():
            _lit = os.getpid(), Beacon()
        return _lit[1]


def ask_where(send: Callable[[dict[str, Any]], None]) -> None:
    """Ask a page for its address, and whether it sees the beacon."""
    try:
        light = beacon()
    except OSError:
        # Without a beacon, the page's address alone would mislead.
        return
    send({"kind": "where", "port": light.port, "nonce": light.nonce})
