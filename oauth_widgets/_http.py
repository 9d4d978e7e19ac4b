"""The only door to the network, with its limits: no redirects, bounded time, bounded size."""

from __future__ import annotations

import asyncio
import io
import logging
import ssl
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import IO
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import httpx

from oauth_widgets._trust import context_for, current_ca, proxy_to
from oauth_widgets.errors import (
    AnswerTooLarge,
    ConfigurationError,
    DeadlineExceeded,
    OAuthError,
    ServerUnreachable,
    TransportError,
)
from oauth_widgets.protocol.address import is_loopback, origin
from oauth_widgets.protocol.message import Request, Response

__all__ = ["DEADLINE", "GZIP", "LOOPBACK", "MAX_BODY", "MAX_FILE", "httpx", "send", "unpacked"]

DEADLINE = 30.0
"""Seconds for one whole exchange of request and answer."""

MAX_BODY = 2**20
"""Bytes of an answer from an authorization server, after decompression."""

MAX_FILE = 64 * 2**30
"""Bytes of an answer that is written to a file, after decompression."""

GZIP = b"\x1f\x8b"
"""How a gzip file begins (RFC 1952 2.3.1)."""

LOOPBACK = dict.fromkeys(("http://", "all://127.0.0.1", "all://localhost", "all://[::1]"))
"""Mounts for a client of httpx's that keep proxies off this machine, where alone http is spoken."""

_GZIP_OR_ZLIB = 47
_PIECE = 2**20
# idle ones are closed by whoever asks next; where that is cancelled, those after the first are lost
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=1)
_HEADERS = {"accept": "*/*", "accept-encoding": "gzip", "user-agent": "oauth-widgets"}
_UNTRUSTED = "its certificate is not trusted here"
_NO_TLS = "no TLS is spoken there, or none that is taken here"
_NAME_THE_FILE = (
    'If your network has its own certificates, name their file: ow.trust(ca="company.pem").'
)
_Transports = dict[tuple[int, str | None, int], httpx.AsyncHTTPTransport]

_transports: WeakKeyDictionary[asyncio.AbstractEventLoop, _Transports] = WeakKeyDictionary()
_users: dict[httpx.AsyncHTTPTransport, int] = {}
"""How many requests are in each transport."""
_closing: set[asyncio.Task[None]] = set()
_UNSENT = (httpx.ConnectError, httpx.LocalProtocolError, httpx.InvalidURL, UnicodeError)
_ours: ContextVar[bool] = ContextVar("ours", default=False)
_log = logging.getLogger(__name__)

# httpcore logs whole addresses, and all headers that come back, cookies among them
for _name in ("connection", "http11", "proxy"):
    logging.getLogger(f"httpcore.{_name}").addFilter(lambda _: not _ours.get())


async def send(
    request: Request,
    *,
    deadline: float = DEADLINE,
    max_body: int = MAX_BODY,
    lane: int = 0,
    into: IO[bytes] | None = None,
) -> Response:
    """Send `request` and read the whole answer.

    Many requests side by side are quicker in lanes of their own: within one, each request looks
    through all connections, several times over. The body of a 200 is written to `into`, where that
    is given, and `deadline` is then for each piece of it.

    Raises ServerUnreachable, DeadlineExceeded after `deadline` seconds, AnswerTooLarge over
    `max_body` bytes, or ConfigurationError for a proxy of no use. A redirect is an answer like any
    other, and not followed.
    """
    with _unlogged():
        response = await _exchange(request, deadline, max_body, lane=lane, into=into)
    if isinstance(response, OAuthError):
        raise response
    _log.debug("%s %s: %d", request.method, request.url.partition("?")[0], response.status)
    return response


async def _exchange(
    request: Request, deadline: float, max_body: int, *, lane: int, into: IO[bytes] | None
) -> Response | OAuthError:
    """Return the answer, or the failure: raised here, its traceback would show what was sent."""
    where = origin(request.url)
    try:
        asked = httpx.Request(
            request.method,
            request.url,
            headers={**_HEADERS, **request.all_headers},
            content=request.body,
        )
        async with (
            asyncio.timeout(deadline) as timer,
            _answered(_transport(request.url, lane), asked) as answer,
        ):
            if into is None or answer.status_code != 200:
                # a refusal is short, whatever the file would have been
                body = await _body(answer, where, max_body if into is None else MAX_BODY)
            else:
                body = b""
                async for _ in _written(
                    answer, _Filling(into, where, max_body, _is_packed(answer))
                ):
                    timer.reschedule(asyncio.get_running_loop().time() + deadline)
    except TimeoutError:
        return DeadlineExceeded(f"{where} did not answer within {deadline:g} seconds.")
    except (TransportError, ConfigurationError) as problem:
        # made anew, without the frames that hold what came
        again = type(problem)(problem.message)
        again.next_step = problem.next_step
        return again
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as problem:
        sent = not isinstance(problem, _UNSENT)
        reason = _kind(problem)
        failure = ServerUnreachable(f"{where} could not be reached ({reason}).", sent=sent)
        if reason == _UNTRUSTED:
            failure.next_step = _NAME_THE_FILE
        return failure
    return Response(answer.status_code, dict(answer.headers.items()), body, request.url)


@asynccontextmanager
async def _answered(
    transport: httpx.AsyncHTTPTransport, asked: httpx.Request
) -> AsyncIterator[httpx.Response]:
    """Give the answer to read; a transport in which a request is given up takes no other one.

    What a cancelled task leaves behind stays in httpcore's pool for good: a hundred of those, and
    every later request would wait for them.
    """
    _users[transport] = _users.get(transport, 0) + 1
    known = _transports.get(asyncio.get_running_loop(), {})
    try:
        async with aclosing(await transport.handle_async_request(asked)) as answer:
            yield answer
    except asyncio.CancelledError:
        for key in [key for key, other in known.items() if other is transport]:
            del known[key]
        raise
    finally:
        _users[transport] -= 1
        if not _users[transport]:
            del _users[transport]
            if transport not in known.values():
                # in a task of its own, which nobody cancels
                closing = asyncio.create_task(transport.aclose())
                _closing.add(closing)
                closing.add_done_callback(_closing.discard)


async def _body(answer: httpx.Response, where: str, max_body: int) -> bytes:
    raw = bytearray()
    async for chunk in answer.aiter_raw():
        raw += chunk
        if len(raw) > max_body:
            raise AnswerTooLarge(f"{where} sent more than {max_body} bytes.")
    if not raw or not _is_packed(answer):
        return bytes(raw)
    if max_body <= MAX_BODY:
        # sooner done than a thread is found for it
        return _unpacked(raw, where, max_body)
    return await asyncio.to_thread(_unpacked, raw, where, max_body)


def _unpacked(raw: bytearray, where: str, max_body: int) -> bytes:
    unpacking = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        body = unpacking.decompress(bytes(raw), max_body + 1)
    except zlib.error:
        raise _damaged(where) from None
    if len(body) > max_body:
        raise AnswerTooLarge(f"{where} sent more than {max_body} bytes.")
    if not unpacking.eof:
        raise _cut(where)
    # gzip may be put one behind the other (RFC 1952 2.2)
    more = unpacking.unused_data.startswith(GZIP)
    return unpacked(bytes(raw), where, max_body) if more else body


def unpacked(packed: bytes, where: str, most: int) -> bytes:
    """Return what is in a gzip file that `where` sent.

    Raises AnswerTooLarge over `most` bytes, ServerUnreachable where it is damaged or cut off.
    """
    into = io.BytesIO()
    filling = _Filling(into, where, most, packed=True)
    for start in range(0, len(packed), _PIECE):
        filling.write(packed[start : start + _PIECE])
    filling.check_whole()
    return into.getvalue()


async def _written(answer: httpx.Response, filling: _Filling) -> AsyncIterator[None]:
    """Write the body as it comes; say with each piece that one came."""
    raw = bytearray()
    async for chunk in answer.aiter_raw():
        raw += chunk
        if len(raw) >= _PIECE:
            await asyncio.to_thread(filling.write, bytes(raw))
            raw.clear()
        yield
    await asyncio.to_thread(filling.write, bytes(raw))
    filling.check_whole()


class _Filling:
    """A file that is being filled with what `where` sends, up to `most` bytes."""

    def __init__(self, into: IO[bytes], where: str, most: int, packed: bool) -> None:
        self._into = into
        self._where = where
        self._left = most
        self._most = most
        self._packed = packed
        self._zlib: zlib._Decompress | None = None

    def write(self, raw: bytes) -> None:
        """Add what came. Raises a TransportError where it is damaged, too much, or has no room."""
        try:
            for piece in self._unpacked(raw) if self._packed else (raw,):
                self._left -= len(piece)
                if self._left < 0:
                    raise AnswerTooLarge(f"{self._where} sent more than {self._most} bytes.")
                self._into.write(piece)
        except zlib.error:
            raise _damaged(self._where) from None
        except OSError as problem:
            place = tempfile.gettempdir()
            failure = TransportError(f"There is no room in {place} ({problem.strerror}).")
            failure.next_step = "Make room there, then try again."
            raise failure from None

    def check_whole(self) -> None:
        """Raise ServerUnreachable where the end is missing."""
        if self._zlib is not None and not self._zlib.eof:
            raise _cut(self._where)

    def _unpacked(self, raw: bytes) -> Iterator[bytes]:
        while raw:
            if self._zlib is None or self._zlib.eof:
                self._zlib = zlib.decompressobj(_GZIP_OR_ZLIB)
            yield self._zlib.decompress(raw, _PIECE)
            raw = self._zlib.unconsumed_tail or self._zlib.unused_data


def _is_packed(answer: httpx.Response) -> bool:
    encoding: str = answer.headers.get("content-encoding", "identity")
    return encoding.lower() != "identity"


def _damaged(where: str) -> ServerUnreachable:
    return ServerUnreachable(f"{where} sent an answer that cannot be unpacked.")


def _cut(where: str) -> ServerUnreachable:
    return ServerUnreachable(f"{where} sent only a part of its answer.")


def _transport(url: str, lane: int) -> httpx.AsyncHTTPTransport:
    """Return what carries a request to `url` and its answer back, and does nothing else.

    A client would follow redirects, and take one person's cookies into another's session.
    """
    known = _transports.setdefault(asyncio.get_running_loop(), {})
    # this machine is never reached by way of a proxy
    direct = is_loopback(urlsplit(url).hostname or "")
    proxy, ca = None if direct else proxy_to(url), current_ca()
    # a hash, since a proxy's address may hold a password
    key = hash(proxy), ca, lane
    if key not in known:
        known[key] = _through(proxy, context_for(ca))
    return known[key]


def _through(proxy: str | None, context: ssl.SSLContext) -> httpx.AsyncHTTPTransport:
    try:
        return httpx.AsyncHTTPTransport(verify=context, proxy=proxy, limits=_LIMITS)
    except ImportError:
        raise ConfigurationError(
            "The proxy in force speaks SOCKS, for which a package is missing.",
            next_step="Install it: pip install 'httpx[socks]'. ow.trust() shows what is in force.",
        ) from None
    except ValueError:
        raise ConfigurationError(
            "The proxy in force is none of http, https or socks5.",
            next_step="Correct the variable HTTPS_PROXY; ow.trust() shows what is in force.",
        ) from None


@contextmanager
def _unlogged() -> Iterator[None]:
    before = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(before)


def _kind(problem: Exception) -> str:
    # the text of httpx's own errors may repeat the address with its query
    if isinstance(problem, httpx.LocalProtocolError | httpx.InvalidURL | UnicodeError):
        return "no such request can be sent"
    if isinstance(problem, httpx.ConnectError):
        causes = tuple(_causes(problem))
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
            return _UNTRUSTED
        secured = any(isinstance(cause, ssl.SSLError) for cause in causes)
        return _NO_TLS if secured else "no connection"
    if isinstance(problem, httpx.ReadError | httpx.RemoteProtocolError):
        return "the connection was cut"
    return type(problem).__name__


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__
