"""A server on loopback with answers set byte for byte, which keeps what it was sent."""

from __future__ import annotations

import gzip
import io
import json
import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from socketserver import ThreadingTCPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pandas as pd

import oauth_widgets as ow
from tests.bench.signed_in import signed_in


@dataclass(frozen=True)
class Sent:
    """A request as received; header names in lower case."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), strict_parsing=True))

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.target).query, keep_blank_values=True))

    @property
    def token(self) -> str:
        return self.headers["authorization"].removeprefix("Bearer ")


Answer = bytes | Iterable[bytes]


def answer(
    body: bytes = b"", *, status: int = 200, kind: str = "text/plain", **headers: str
) -> bytes:
    """Return a whole answer; `www_authenticate=…` is a header."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status} so"]
    every = {"content-type": kind, "content-length": str(len(body)), "connection": "close", **named}
    lines += [f"{name}: {value}" for name, value in every.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def as_json(value: Any, *, status: int = 200, **headers: str) -> bytes:
    return answer(json.dumps(value).encode(), status=status, kind="application/json", **headers)


def in_turn(*answers: Answer) -> Callable[[Sent], Answer]:
    """Give one of `answers` after the other."""
    left = iter(answers)
    return lambda _: next(left)


def drip(start: bytes) -> Iterator[bytes]:
    """Give the start of an answer, then byte after byte without an end."""
    yield start
    while True:
        time.sleep(0.02)
        yield b"x"


BUSY = as_json({"error": "temporarily_unavailable"}, status=503)


def zipped(body: bytes, **headers: str) -> bytes:
    return answer(gzip.compress(body), content_encoding="gzip", **headers)


def parquet_of(frame: pd.DataFrame) -> bytes:
    into = io.BytesIO()
    frame.to_parquet(into)
    return into.getvalue()


class Reset(Exception):
    """Raised among the pieces of an answer: the connection is reset there."""


class _Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """Say nothing: clients that go away are a part of the tests."""


class Rigged:
    """The server: `origin`, what was `sent` to it, and `left` once a client went away early."""

    def __init__(
        self, respond: Callable[[Sent], Answer], tls: ssl.SSLContext | None = None
    ) -> None:
        self.sent: list[Sent] = []
        self.left = threading.Event()
        self._respond = respond
        self._server = _Server(("127.0.0.1", 0), self._handler())
        if tls is not None:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self.port: int = self._server.server_address[1]
        self.origin = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"
        self._serve()

    def _serve(self) -> None:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Refuse connections meanwhile; the port stays ours."""
        self._server.shutdown()
        self._server.socket.close()
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind(("127.0.0.1", self.port))
        try:
            yield
        finally:
            held.listen(128)
            self._server.socket = held
            self._serve()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        rigged = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(int(headers.get("content-length", 0)))
                sent = Sent(self.command, self.path, headers, body)
                rigged.sent.append(sent)
                pieces = rigged._respond(sent)
                try:
                    for piece in [pieces] if isinstance(pieces, bytes) else pieces:
                        self.wfile.write(piece)
                except Reset:
                    self._reset()
                except ConnectionError:
                    rigged.left.set()

            def _reset(self) -> None:
                # Closed without lingering, which the client sees as a reset
                self.connection.setsockopt(
                    socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                )
                os.close(self.connection.detach())
                self.close_connection = True

            do_POST = do_PUT = do_CONNECT = do_GET  # noqa: N815 - the names that http.server looks for

            def log_message(self, *_: object) -> None:
                pass

        return Handler


@contextmanager
def rigged(
    respond: Callable[[Sent], Answer] | Answer, tls: ssl.SSLContext | None = None
) -> Iterator[Rigged]:
    """Run a server that gives one answer always, or the one that `respond` chooses."""
    server = Rigged(respond if callable(respond) else lambda _: respond, tls)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def api(respond: Callable[[Sent], Answer]) -> Iterator[tuple[ow.Session, Rigged]]:
    """Give a session for an API below /api of a server that runs, and that server."""
    with rigged(respond) as server:
        yield signed_in(f"{server.origin}/api"), server
