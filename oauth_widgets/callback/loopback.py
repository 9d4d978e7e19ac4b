"""The way back when browser and kernel share a machine: a listener on loopback (RFC 8252 7.3)."""

from __future__ import annotations

import hashlib
import re
import threading
from base64 import b64encode
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from urllib.parse import parse_qs, urlsplit

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.address import is_loopback

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}
_LONGEST_WAIT = 10.0


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
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", parts.port or 0), self._handler())
        except OSError:
            raise ConfigurationError(
                f"Port {parts.port} on this machine is taken; the answer cannot come back there.",
                next_step="Close the program or notebook that uses it, then run the cell again.",
            ) from None
        self._server.daemon_threads = True
        self._base = f"http://{parts.hostname}:{self._server.server_port}"
        self.redirect_uri = self._base + parts.path + (f"?{parts.query}" if parts.query else "")
        serving = threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True)
        serving.start()

    def close(self) -> None:
        """Stop listening and free the port; a second call does nothing."""
        self._server.shutdown()
        self._server.server_close()

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
