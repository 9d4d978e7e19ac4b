"""What goes wrong between a client and a server: each fault is put into a world, and taken out."""

from __future__ import annotations

import datetime as dt
import gzip
import ipaddress
import itertools
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from socketserver import BaseRequestHandler, ThreadingTCPServer

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.helpers.rigged import Answer, Reset, Sent, answer

from .world import World, Wrong

HOST = "as.example"
"""A host that is reached by the proxy alone."""

TOO_LARGE = 2**21
"""Bytes; more than any answer may have while the matrix runs."""

DRIPS = 30.0
"""Seconds for which a drip lasts; whoever has a deadline is gone long before."""


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong while `at(world, path)` lasts.

    `passing` says whether the same call may work later, None if both are right. `once` is for
    one that is gone at the second try: a question that does no harm is then answered all the same.
    `fooling` is an answer of status 200 that is none. `needs` names the world it happens in.
    """

    name: str
    at: Callable[[World, str], AbstractContextManager[object]]
    passing: bool | None = True
    once: bool = False
    fooling: bool = False
    needs: str = "plain"


def _wrong(make: Callable[[World], Wrong]) -> Callable[[World, str], AbstractContextManager[None]]:
    @contextmanager
    def at(world: World, path: str) -> Iterator[None]:
        world.wrong[path] = make(world)
        try:
            yield
        finally:
            del world.wrong[path]

    return at


def always(pieces: Callable[[], Answer]) -> Callable[[World, str], AbstractContextManager[None]]:
    return _wrong(lambda _: lambda _: pieces())


def first(
    pieces: Callable[[], Answer], times: int = 1
) -> Callable[[World, str], AbstractContextManager[None]]:
    """Answer so as often as told, and then as is right."""

    def counted(_: World) -> Wrong:
        left = itertools.count(times, -1)
        return lambda _: pieces() if next(left) > 0 else None

    return _wrong(counted)


def cut(*pieces: bytes) -> Callable[[], Iterator[bytes]]:
    def then_reset() -> Iterator[bytes]:
        for piece in pieces:
            yield piece
            # so that it is on its way before the reset overtakes it
            time.sleep(0.01)
        raise Reset

    return then_reset


def lost(world: World) -> Wrong:
    """Do what was asked, and lose the answer."""

    def done(sent: Sent) -> Iterator[bytes]:
        world.honest(sent)
        yield b""
        raise Reset

    return done


def drip(start: bytes) -> Callable[[], Iterator[bytes]]:
    def slowly() -> Iterator[bytes]:
        yield start
        end = time.monotonic() + DRIPS
        while time.monotonic() < end:
            time.sleep(0.05)
            yield b"x"

    return slowly


def silence() -> Iterator[bytes]:
    time.sleep(DRIPS)
    yield b""


def status(code: int, **headers: str) -> Callable[[], bytes]:
    return lambda: answer(b"Sorry.", status=code, **headers)


def page(body: bytes, kind: str = "application/json", **headers: str) -> Callable[[], bytes]:
    return lambda: answer(body, kind=kind, **headers)


HEAD = b"HTTP/1.1 200 so\r\ncontent-type: application/json\r\n"
CHUNKED = HEAD + b"transfer-encoding: chunked\r\n\r\n"
CUT_GZIP = gzip.compress(b"{}" * 999)[:-9]
HTML = b"<!doctype html><title>Sign in to the Wi-Fi</title><p>Welcome"


@contextmanager
def _refused(world: World, _: str) -> Iterator[None]:
    with world.rigged.refusing():
        yield


@contextmanager
def _skewed(world: World, seconds: float) -> Iterator[None]:
    world.skew = seconds
    try:
        yield
    finally:
        world.skew = 0.0


@contextmanager
def _full_disk(_: World, __: str) -> Iterator[None]:
    """Let no file grow: what is written fails as on a full disk (EFBIG for ENOSPC)."""
    import resource  # noqa: PLC0415 - Unix alone has it

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@dataclass(frozen=True)
class Certificates:
    """Certificates as PEM files with their keys, all but `stranger` believed by way of `ca`."""

    folder: Path

    def __getattr__(self, name: str) -> Path:
        return self.folder / f"{name}.pem"

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.good)
        return context


def certificates(folder: Path) -> Certificates:
    made = Certificates(folder)
    believed = [
        _certified(made.good),
        _certified(made.expired, ends=-dt.timedelta(minutes=1)),
        _certified(made.elsewhere, hosts=False),
    ]
    _certified(made.stranger)
    made.ca.write_bytes(b"".join(believed))
    return made


def _certified(
    file: Path, *, ends: dt.timedelta = dt.timedelta(hours=1), hosts: bool = True
) -> bytes:
    key, now = ec.generate_private_key(ec.SECP256R1()), dt.datetime.now(dt.UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, file.stem)])
    here = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName(HOST)]
    names = here if hosts else [x509.DNSName("elsewhere.example")]
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=2))
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(key, hashes.SHA256())
    )
    public = made.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(public + private)
    return public


def certificate(name: str) -> Callable[[World, str], AbstractContextManager[None]]:
    @contextmanager
    def at(world: World, _: str) -> Iterator[None]:
        assert world.tls is not None
        made = world.attached["certificates"]
        world.tls.load_cert_chain(getattr(made, name))
        try:
            yield
        finally:
            world.tls.load_cert_chain(made.good)

    return at


class Proxy(ThreadingTCPServer):
    """A proxy that reaches every host on this machine; `manner` is how it does not."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Tunnel)
        self.manner = ""
        self.address = f"http://127.0.0.1:{self.server_address[1]}"
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def handle_error(self, *_: object) -> None:
        """Say nothing: those that go away are a part of the tests."""

    def close(self) -> None:
        self.shutdown()
        self.server_close()


class _Tunnel(BaseRequestHandler):
    server: Proxy
    request: socket.socket

    def handle(self) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            more = self.request.recv(4096)
            if not more:
                return
            asked += more
        if self.server.manner.isdigit():
            said = answer(b"No.", status=int(self.server.manner), proxy_authenticate="Basic")
            self.request.sendall(said)
        elif self.server.manner != "cut":
            port = int(asked.split(b" ")[1].rpartition(b":")[2])
            with socket.create_connection(("127.0.0.1", port)) as there:
                self.request.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                if self.server.manner != "cut later":
                    back = threading.Thread(target=_pump, args=(there, self.request), daemon=True)
                    back.start()
                    _pump(self.request, there)
                    back.join(10)


def _pump(here: socket.socket, there: socket.socket) -> None:
    try:
        while piece := here.recv(65536):
            there.sendall(piece)
        there.shutdown(socket.SHUT_WR)
    except OSError:
        here.close()


def proxied(manner: str) -> Callable[[World, str], AbstractContextManager[None]]:
    @contextmanager
    def at(world: World, _: str) -> Iterator[None]:
        proxy = world.attached["proxy"]
        proxy.manner = manner
        try:
            yield
        finally:
            proxy.manner = ""

    return at


BURSTS = [429, 500, 502, 503, 504, 520]

FAULTS = [
    Fault("nothing", lambda *_: nullcontext(), once=True),
    Fault("refused", _refused),
    Fault("reset at once", always(cut())),
    Fault("reset once", first(cut()), once=True),
    Fault("reset within the headers", always(cut(HEAD))),
    Fault("reset within the headers once", first(cut(HEAD)), once=True),
    Fault("reset after the headers", always(cut(HEAD + b"content-length: 99\r\n\r\n"))),
    Fault("reset after the headers once", first(cut(HEAD + b"\r\n")), once=True),
    Fault("done and lost once", _wrong(lambda w: _once(lost(w))), passing=None, once=True),
    Fault("half a body", always(lambda: HEAD + b'content-length: 99\r\n\r\n{"issuer": "htt')),
    Fault("half a body once", first(lambda: HEAD + b"content-length: 9\r\n\r\n[{"), once=True),
    Fault("a chunk cut", always(lambda: CHUNKED + b'40\r\n{"issuer": ')),
    Fault("chunks without an end", always(lambda: CHUNKED + b"2\r\n{}\r\n")),
    Fault("dripping headers", always(drip(HEAD + b"x-slow: "))),
    Fault("dripping body", always(drip(HEAD + b"content-length: 999999\r\n\r\n"))),
    Fault("silence", always(silence)),
    *(Fault(f"{code}", always(status(code))) for code in BURSTS),
    *(Fault(f"{code} once", first(status(code)), once=True) for code in BURSTS),
    Fault("429 with a pause", first(status(429, retry_after="0")), once=True),
    Fault("503 for an hour", always(status(503, retry_after="3600"))),
    Fault("wrong type", always(page(b'{"keys": []}', "image/png")), passing=None, fooling=True),
    Fault("HTML", always(page(HTML, "text/html")), passing=None, fooling=True),
    Fault("HTML said to be JSON", always(page(HTML)), passing=None, fooling=True),
    Fault("empty", always(page(b"")), passing=None, fooling=True),
    Fault("empty once", first(page(b"")), passing=None, fooling=True),
    Fault("no gzip", always(page(b"no gzip", content_encoding="gzip")), passing=None),
    Fault("gzip cut", always(page(CUT_GZIP, content_encoding="gzip")), passing=None),
    Fault("too large", always(page(b" " * TOO_LARGE)), passing=None),
    Fault("a clock an hour ahead", lambda w, _: _skewed(w, 3600), passing=None),
    Fault("a clock an hour behind", lambda w, _: _skewed(w, -3600), passing=None),
    Fault("a full disk", _full_disk, passing=None),
    Fault("certificate expired", certificate("expired"), passing=False, needs="tls"),
    Fault("certificate of another host", certificate("elsewhere"), passing=False, needs="tls"),
    Fault("certificate self-signed", certificate("stranger"), passing=False, needs="tls"),
    Fault("proxy refuses", proxied("403"), passing=False, needs="proxy"),
    Fault("proxy wants a password", proxied("407"), passing=False, needs="proxy"),
    Fault("proxy has trouble", proxied("503"), needs="proxy"),
    Fault("proxy cuts", proxied("cut"), needs="proxy"),
    # it looks like a server that speaks no TLS
    Fault("proxy cuts later", proxied("cut later"), passing=None, needs="proxy"),
]


def _once(wrong: Wrong) -> Wrong:
    left = itertools.count(1, -1)
    return lambda sent: wrong(sent) if next(left) > 0 else None
