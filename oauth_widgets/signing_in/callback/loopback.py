"""The way back when browser and kernel share a machine: a listener on loopback (RFC 8252 7.3)."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from importlib.resources import files
from urllib.parse import parse_qs, urlsplit

from oauth_widgets._net import loop
from oauth_widgets.errors import CannotListen
from oauth_widgets.signing_in.callback.small_server import QuietHandler, SmallServer, SmallServerV6

_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}

_joining = threading.Lock()
_fixed: dict[tuple[type[SmallServer], int], _Port] = {}


class LoopbackListener:
    """Waits on loopback for the browser, and passes every fitting answer to `on_answer`.

    `registered` is the client's redirect URI. If it has no port, a free one is used, as the
    standard allows; all sign-ins of this kernel share a port that it names. `fits` judges the
    `state` of each answer; anything else gets a 400 and the listener stays. `redirect_uri` is the
    address to ask for, which is `shown_as` if this machine is behind a proxy. Raises CannotListen.
    """

    def __init__(
        self,
        registered: str,
        *,
        fits: Callable[[str], bool],
        on_answer: Callable[[str], None],
        shown_as: str | None = None,
    ) -> None:
        parts = urlsplit(registered)
        self._path = parts.path or "/"
        self._fits = fits
        self._on_answer = on_answer
        host = parts.hostname or ""
        self._port = _joined(self, host, parts.port or 0)
        written = f"[{host}]" if ":" in host else host
        here = f"http://{written}:{self._port.number}{parts.path}"
        self._shown_as = (shown_as or here).partition("?")[0]
        self.redirect_uri = shown_as or here + (f"?{parts.query}" if parts.query else "")

    def close(self) -> None:
        """Stop listening; the last listener frees the port. A second call does nothing.

        On the loop's thread, that happens a moment later: it must not wait for a lock or itself.
        """
        if loop.is_here():
            threading.Thread(target=self.close, daemon=True).start()
            return
        with _joining:
            self._port.leave(self)

    def takes(self, target: str) -> bool:
        """Pass on the answer in a request for `target`, if this listener waits for it."""
        parts = urlsplit(target)
        states = parse_qs(parts.query).get("state", [])
        if parts.path != self._path or len(states) != 1 or not self._fits(states[0]):
            return False
        url = f"{self._shown_as}?{parts.query}"
        threading.Thread(target=self._on_answer, args=(url,), daemon=True).start()
        return True


class Listeners:
    """The listeners of one sign-in: one for each redirect URI, closed together."""

    def __init__(self, *, fits: Callable[[str], bool], on_answer: Callable[[str], None]) -> None:
        self._fits = fits
        self._on_answer = on_answer
        self._listeners: dict[str, LoopbackListener] = {}

    def listen(self, redirect_uri: str, here: str) -> str:
        """Listen at the address `here` for answers to `redirect_uri`; return the one to ask for.

        Raises CannotListen.
        """
        if redirect_uri not in self._listeners:
            self._listeners[redirect_uri] = LoopbackListener(
                here,
                fits=self._fits,
                on_answer=self._on_answer,
                shown_as=None if here == redirect_uri else redirect_uri,
            )
        return self._listeners[redirect_uri].redirect_uri

    def close(self) -> None:
        """Stop listening at all of them."""
        for listener in self._listeners.values():
            listener.close()
        self._listeners.clear()


class _Port:
    """A port of this machine, and its listeners."""

    def __init__(self, host: str, port: int) -> None:
        self.process = os.getpid()
        self._listeners: list[LoopbackListener] = []
        self._servers = _bound(host, port, self._handler())
        self.number: int = self._servers[0].server_port
        self.places = [(type(server), self.number) for server in self._servers]
        for server in self._servers:
            server.start()

    def join(self, listener: LoopbackListener) -> None:
        self._listeners.append(listener)

    def leave(self, listener: LoopbackListener) -> None:
        if listener not in self._listeners:
            return
        self._listeners.remove(listener)
        if not self._listeners:
            for place in self.places:
                if _fixed.get(place) is self:
                    del _fixed[place]
            for server in self._servers:
                server.stop()

    def _handler(self) -> type[QuietHandler]:
        listeners = self._listeners

        class Handler(QuietHandler):
            def answer(self, target: str) -> tuple[int, Mapping[str, str], bytes]:
                expected = any(listener.takes(target) for listener in tuple(listeners))
                status, name = (200, "answered.html") if expected else (400, "not-expected.html")
                page = _page(name)
                return status, _HEADERS | {"Content-Security-Policy": _policy(page)}, page.encode()

        return Handler


def _joined(listener: LoopbackListener, host: str, port: int) -> _Port:
    """Have `listener` listen at `port`, or at any free one for 0; return the port."""
    family = SmallServerV6 if ":" in host else SmallServer
    with _joining:
        joined = _fixed.get((family, port))
        # A forked child has its parent's ports, but no loop that accepts connections there.
        if joined is None or joined.process != os.getpid():
            try:
                joined = _Port(host, port)
            except OSError as problem:
                raise CannotListen(_why(problem, host, port)) from None
        if port:
            _fixed.update(dict.fromkeys(joined.places, joined))
        joined.join(listener)
        return joined


def _bound(host: str, port: int, handler: type[QuietHandler], tries: int = 20) -> list[SmallServer]:
    """Return a server for each address that `host` may mean, all on one port."""
    if ":" in host:
        return [SmallServerV6((host, port), handler)]
    if host != "localhost":
        return [SmallServer((host, port), handler)]
    first = SmallServer(("127.0.0.1", port), handler)
    try:
        # Browsers resolve this name to either family, and not all of them try both.
        return [first, SmallServerV6(("::1", first.server_port), handler)]
    except OSError as problem:
        if problem.errno != errno.EADDRINUSE:
            return [first]
        first.server_close()
        if port or tries == 1:
            raise
        return _bound(host, port, handler, tries - 1)


def _why(problem: OSError, host: str, port: int) -> str:
    if problem.errno == errno.EADDRINUSE:
        if port:
            return f"Port {port} on this computer is in use by another program or notebook."
        return "Every port on this computer is in use."
    if problem.errno in {errno.EMFILE, errno.ENFILE}:
        return "Can't listen for the answer: too many files or connections are open here."
    if problem.errno in {errno.EACCES, errno.EPERM}:
        return f"This kernel is not allowed to listen on port {port}."
    if problem.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
        return f"This computer has no address {host}."
    return f"This computer cannot listen on {host}: {problem.strerror or type(problem).__name__}."


def barred(address: str) -> str:
    """Return why this machine cannot listen at `address`; "" if it can."""
    try:
        LoopbackListener(address, fits=lambda _: False, on_answer=lambda _: None).close()
    except CannotListen as problem:
        return problem.message
    return ""


def _page(name: str) -> str:
    """Return a page with the look of the callback page that Jupyter serves."""
    text, style = (
        files(__package__).joinpath(file).read_text(encoding="utf-8")
        for file in (name, "static/v1/callback.css")
    )
    return text.replace("<style></style>", f"<style>\n{style}</style>")


def _policy(page: str) -> str:
    scripts = re.findall(r"<script>((?:(?!<script>).)*?)</script>", page, re.DOTALL)
    hashes = [b64encode(hashlib.sha256(script.encode()).digest()).decode() for script in scripts]
    allowed = " ".join(f"'sha256-{digest}'" for digest in hashes) or "'none'"
    # The empty icon keeps the browser from requesting /favicon.ico with the code as its referrer.
    return f"default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src {allowed}"
