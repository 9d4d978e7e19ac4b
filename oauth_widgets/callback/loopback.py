"""The way back when browser and kernel share a machine: a listener on loopback (RFC 8252 7.3)."""

from __future__ import annotations

import errno
import hashlib
import re
import socket
import sys
import threading
from base64 import b64encode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from socketserver import TCPServer
from urllib.parse import parse_qs, urlsplit
from weakref import WeakValueDictionary

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.address import is_loopback

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
_LONGEST_WAIT = 10.0

_fixed: WeakValueDictionary[int, LoopbackListener] = WeakValueDictionary()


class LoopbackListener:
    """Waits on loopback for the browser, and hands every fitting answer to `on_answer`.

    `registered` is the client's redirect URI: without a port in it a free one is taken, as the
    standard allows; with one, that one. `fits` is asked for the `state` of each answer; anything
    else gets a 400 and the listener stays. `redirect_uri` is the address to ask for.
    """

    def __init__(
        self,
        registered: str,
        *,
        fits: Callable[[str], bool],
        on_answer: Callable[[str], None],
    ) -> None:
        parts = urlsplit(registered)
        self._path = parts.path or "/"
        self._fits = fits
        self._on_answer = on_answer
        host, port = parts.hostname or "", parts.port or 0
        if port in _fixed:
            # the same cell run again: its first card gives the port up
            _fixed[port].close()
        try:
            self._servers = _bound(host, port, self._handler())
        except OSError:
            raise ConfigurationError(
                f"Port {port} on this machine is taken; the answer cannot come back there.",
                next_step="Close the program or notebook that uses it, then run the cell again.",
            ) from None
        if port:
            _fixed[port] = self
        written = f"[{host}]" if ":" in host else host
        self._base = f"http://{written}:{self._servers[0].server_port}"
        self.redirect_uri = self._base + parts.path + (f"?{parts.query}" if parts.query else "")
        for server in self._servers:
            threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()

    def close(self) -> None:
        """Stop listening and free the port; a second call does nothing."""
        for server in self._servers:
            server.shutdown()
            server.server_close()

    def _answered(self, target: str) -> tuple[int, str]:
        """Return status and page for a request, and pass a fitting answer on."""
        parts = urlsplit(target)
        states = parse_qs(parts.query).get("state", [])
        if parts.path != self._path or len(states) != 1 or not self._fits(states[0]):
            return 400, _page("not-expected.html")
        threading.Thread(target=self._on_answer, args=(self._base + target,), daemon=True).start()
        return 200, _page("answered.html")

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        answered = self._answered

        class Handler(BaseHTTPRequestHandler):
            timeout = _LONGEST_WAIT

            def do_GET(self) -> None:
                # an absolute form or a doubled slash would let another host into the address
                fitting = self.path.startswith("/") and not self.path.startswith("//")
                status, page = answered(self.path if fitting else "/")
                body = page.encode()
                self.send_response(status)
                for name, value in _HEADERS.items():
                    self.send_header(name, value)
                self.send_header("Content-Security-Policy", _policy(page))
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing: the address holds the code, and the cookies are Jupyter's."""

            def version_string(self) -> str:
                return "oauth_widgets"

        return Handler


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # on Windows this would let another program listen on the same port
    allow_reuse_address = sys.platform != "win32"

    def server_bind(self) -> None:
        # the class above asks the network for this machine's name, which can take seconds
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.socket.getsockname()[:2]

    def handle_error(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        # a browser that goes away is no news; in a notebook it would stand below the cell
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class _ServerV6(_Server):
    address_family = socket.AF_INET6


def _bound(host: str, port: int, handler: type[BaseHTTPRequestHandler]) -> list[_Server]:
    """Return a server for each address that `host` may stand for, all on one port."""
    if ":" in host:
        return [_ServerV6((host, port), handler)]
    if host != "localhost":
        return [_Server((host, port), handler)]
    first = _Server(("127.0.0.1", port), handler)
    try:
        # browsers try either family for this name, and not all try both
        return [first, _ServerV6(("::1", first.server_port), handler)]
    except OSError as problem:
        if problem.errno != errno.EADDRINUSE:
            return [first]
        first.server_close()
        if port:
            raise
        return _bound(host, port, handler)


def loopback_uri(redirect_uris: tuple[str, ...]) -> str | None:
    """Return the first registered address that a listener here can serve; None where none is."""
    for uri in redirect_uris:
        parts = urlsplit(uri)
        if parts.scheme == "http" and is_loopback(parts.hostname or ""):
            return uri
    return None


def _page(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _policy(page: str) -> str:
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    hashes = [b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes) or "'none'"
    return f"default-src 'none'; style-src 'unsafe-inline'; script-src {allowed}"
