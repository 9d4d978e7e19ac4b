"""A small web server for this machine only, which logs nothing."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer

from oauth_widgets._net import loop

_PAUSE = 0.1


class SmallServer(ThreadingHTTPServer):
    """Serves on loopback once started; a thread exists only while a request is answered."""

    daemon_threads = True
    # On Windows this would let another program listen on the same port.
    allow_reuse_address = sys.platform != "win32"
    _watching: asyncio.AbstractEventLoop | None = None
    _retry: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Accept requests until `stop`. Raises OSError if the loop can't be started."""
        self.socket.setblocking(False)
        try:
            # Whoever begins a sign-in may hold a lock that the loop waits for.
            loop.soon(self._watch)
        except OSError:
            self.server_close()
            raise

    def stop(self) -> None:
        """Free the port at once. Must not be called on the loop, which would wait for itself."""
        loop.run(self._shut())

    def _watch(self) -> None:
        self._watching = asyncio.get_running_loop()
        self._watching.add_reader(self.socket, self._let_in)

    def _let_in(self) -> None:
        """Accept the next visitor in one step, so that closing never loses one halfway."""
        loop = asyncio.get_running_loop()
        try:
            visitor, address = self.socket.accept()
        except BlockingIOError:
            # The visitor has gone.
            return
        except OSError:
            # Too many files are open at the moment.
            loop.remove_reader(self.socket)
            self._retry = loop.call_later(_PAUSE, self._watch)
            return
        try:
            self.process_request(visitor, address)
        except RuntimeError:
            # No thread can be started for it.
            self.shutdown_request(visitor)

    async def _shut(self) -> None:
        # A forked child closes its copy of the socket; the parent is the one who watches it.
        if self._watching is asyncio.get_running_loop():
            self._watching.remove_reader(self.socket)
            if self._retry is not None:
                self._retry.cancel()
        self.server_close()

    def server_bind(self) -> None:
        """Listen, but don't look up this machine's name in the network, as the base class does."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Report our own faults, but not a browser that goes away."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class SmallServerV6(SmallServer):
    """The same on `::1`."""

    address_family = socket.AF_INET6


class QuietHandler(BaseHTTPRequestHandler):
    """Answers GET with what `answer` returns, and never logs, since addresses contain secrets."""

    timeout = 10.0

    def answer(self, target: str) -> tuple[int, Mapping[str, str], bytes]:
        """Return status, headers and body for a path and query."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """Answer, and send the body's length."""
        # An absolute form or a doubled slash could put another host into the address.
        fitting = self.path.startswith("/") and not self.path.startswith("//")
        status, headers, body = self.answer(self.path if fitting else "/")
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing: the address contains the code, and the cookies are Jupyter's."""

    def version_string(self) -> str:
        """Return a name without Python and its version."""
        return "oauth_widgets"
