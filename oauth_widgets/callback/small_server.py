"""A small web server for this machine alone, which says nothing of what it hears."""

from __future__ import annotations

import socket
import sys
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer


class SmallServer(ThreadingHTTPServer):
    """Serves on loopback, each request on a thread that keeps nothing from ending."""

    daemon_threads = True
    # on Windows this would let another program listen on the same port
    allow_reuse_address = sys.platform != "win32"

    def server_bind(self) -> None:
        """Listen, without what the class above does: asking the network for this machine's name."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Report a fault of ours; a browser that goes away would stand below the cell otherwise."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class SmallServerV6(SmallServer):
    """The same on `::1`."""

    address_family = socket.AF_INET6


class QuietHandler(BaseHTTPRequestHandler):
    """Answers GET with what `answer` returns, and never logs: addresses and cookies are secret."""

    timeout = 10.0

    def answer(self, target: str) -> tuple[int, Mapping[str, str], bytes]:
        """Return status, headers and body for the path and query asked for."""
        raise NotImplementedError

    def do_GET(self) -> None:
        """Answer, and name the body's length."""
        # an absolute form or a doubled slash would let another host into the address
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
        """Say nothing: the address holds the code, and the cookies are Jupyter's."""

    def version_string(self) -> str:
        """Name neither Python nor its version."""
        return "oauth_widgets"
