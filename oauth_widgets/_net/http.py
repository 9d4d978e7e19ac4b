"""The only door to the network, with its limits: no redirects, bounded time, bounded size."""

from __future__ import annotations

import asyncio
import logging
import ssl
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import IO
from weakref import WeakKeyDictionary

from oauth_widgets._net import direct, watching
from oauth_widgets._net.address import is_loopback, origin
from oauth_widgets._net.lean import httpx
from oauth_widgets._net.message import Request, Response
from oauth_widgets._net.target import Target, address_of, target_of
from oauth_widgets._net.trust import context_for, current_ca, proxy_to
from oauth_widgets._net.unpacking import Unpacking, is_packed, too_large, unpacked_body
from oauth_widgets._net.unreachable import unreachable
from oauth_widgets.errors import (
    ConfigurationError,
    DeadlineExceeded,
    OAuthError,
    TransportError,
)
from oauth_widgets.secret.quoting import without

DEADLINE = 30.0
"""Seconds for one whole exchange of request and answer."""

MAX_BODY = 2**20
"""Bytes of an answer from an authorization server, after decompression."""

MAX_FILE = 8 * 2**30
"""Bytes of an answer that is written to a file, after decompression, by default."""

FILE_DEADLINE = 3600.0
"""Seconds for the whole of such an answer, by default."""

_PIECE = 2**20
_LAST_PORT = 65_535
# The next request closes idle ones; if it is cancelled, those after the first are lost
_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=1)
_HEADERS = {"accept": "*/*", "accept-encoding": "gzip", "user-agent": "oauth-widgets"}
Transports = dict[tuple[int, str | None, int], httpx.AsyncHTTPTransport]

_transports: WeakKeyDictionary[asyncio.AbstractEventLoop, Transports] = WeakKeyDictionary()
_users: dict[httpx.AsyncHTTPTransport, int] = {}
"""How many requests each transport is carrying."""
_closing: set[asyncio.Task[None]] = set()
_ours: ContextVar[bool] = ContextVar("ours", default=False)
_log = logging.getLogger(__name__)

# httpcore logs whole addresses and all headers of answers, cookies among them
for _name in ("connection", "http11", "proxy"):
    logging.getLogger(f"httpcore.{_name}").addFilter(lambda _: not _ours.get())


@dataclass(frozen=True)
class Sink:
    """The file that takes the body of a 200, with limits in bytes and in seconds."""

    file: IO[bytes]
    max_body: float
    deadline: float


async def send(
    request: Request,
    *,
    deadline: float = DEADLINE,
    max_body: int = MAX_BODY,
    lane: int | None = None,
    into: Sink | None = None,
) -> Response:
    """Send `request` and read the whole answer.

    Each of many concurrent requests has its own `lane`, with its own connection to each server,
    which is quickest. With `into`, the body of a 200 goes to that file, within its
    limits, and `deadline` is then for each piece of it.

    Raises ServerUnreachable, DeadlineExceeded after `deadline` seconds, AnswerTooLarge over
    `max_body` bytes, or ConfigurationError for a proxy that can't be used. A redirect is an answer
    like any other, and is not followed.
    """
    began = time.monotonic()
    with unlogged():
        response = await _exchange(request, deadline, max_body, lane=lane, into=into)
    if watching.watchers:
        watching.tell(watching.Exchanged(request, response, began, time.monotonic()))
    if isinstance(response, OAuthError):
        raise response
    if _log.isEnabledFor(logging.DEBUG):
        place = without(request.url.partition("?")[0], request.secrets)
        _log.debug("%s %s: %d", request.method, place, response.status)
    return response


async def _exchange(
    request: Request, deadline: float, max_body: int, *, lane: int | None, into: Sink | None
) -> Response | OAuthError:
    """Return the answer, or the failure: raised here, its traceback would show the request."""
    server, proxied, until = origin(request.url), False, float("inf")
    try:
        target = target_of(request.url)
        sent = _sent_headers(request, target)
        proxied = _proxy_on_the_way(target.host, request.url) is not None
        async with asyncio.timeout(deadline) as timer:
            if lane is not None and into is None and not proxied:
                status, headers, raw = await direct.exchange(
                    target, request.method, sent, request.body, lane=lane, most=max_body
                )
                packed = is_packed(headers)
                body = await unpacked_body(raw, server, max_body, packed=packed)
            else:
                asked = httpx.Request(
                    request.method,
                    request.url,
                    headers=sent,
                    content=request.body,
                )
                # check: bearer/origin
                address_of(asked.url)
                async with _answered(_transport(asked.url, lane or 0), asked) as answer:
                    status, headers = answer.status_code, dict(answer.headers.items())
                    if into is None or status != 200:
                        # A refusal is short, however large the file would be
                        body = await _body(answer, server, max_body if into is None else MAX_BODY)
                    else:
                        body = b""
                        now = asyncio.get_running_loop().time
                        until = now() + into.deadline
                        async for _ in _written(answer, _Filling(into, server, is_packed(headers))):
                            timer.reschedule(min(now() + deadline, until))
    except TimeoutError:
        if into is not None and timer.when() == until:
            return _endless(server, into)
        return DeadlineExceeded(f"{server} did not answer within {deadline:g} seconds.")
    except (TransportError, ConfigurationError) as problem:
        # Made again, without the frames that have the answer
        again = type(problem)(problem.message)
        again.next_step = problem.next_step
        return again
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as problem:
        return unreachable(problem, server, proxied=proxied)
    return Response(status, headers, body, request.url, request.secrets)


def _sent_headers(request: Request, target: Target) -> list[tuple[bytes, bytes]]:
    """Return all headers that are sent. Raises UnicodeError if a value fits into none."""
    headers = {"host": target.origin.partition("//")[2], **_HEADERS, **request.all_headers}
    if request.method != "GET" or request.body is not None:
        headers["content-length"] = str(len(request.body or b""))
    # A token that fits no header is refused, and not sent in another charset
    headers.get("authorization", "").encode("ascii")
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]


@asynccontextmanager
async def _answered(
    transport: httpx.AsyncHTTPTransport, asked: httpx.Request
) -> AsyncIterator[httpx.Response]:
    """Give the answer to read; a transport whose request was cancelled gets no other one.

    A cancelled request stays in httpcore's pool for good. After a hundred of those every later
    request would wait for them.
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
                # In a separate task, which is never cancelled
                closing = asyncio.create_task(transport.aclose())
                _closing.add(closing)
                closing.add_done_callback(_closing.discard)


async def _body(answer: httpx.Response, server: str, max_body: int) -> bytes:
    raw = bytearray()
    async for chunk in answer.aiter_raw():
        raw += chunk
        # check: transport/size
        if len(raw) > max_body:
            raise too_large(server, max_body)
    return await unpacked_body(raw, server, max_body, packed=is_packed(answer.headers))


async def _written(answer: httpx.Response, filling: _Filling) -> AsyncIterator[None]:
    """Write the body as it arrives; yield after each piece."""
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
    """A file that is being filled with the answer of `server`."""

    def __init__(self, into: Sink, server: str, packed: bool) -> None:
        self._file = into.file
        self._unpacking = Unpacking(server, into.max_body, packed=packed)
        self.check_whole = self._unpacking.check_whole

    def write(self, raw: bytes) -> None:
        """Add a piece. Raises a TransportError if it is damaged, too much, or has no room."""
        for piece in self._unpacking.pieces(raw):
            try:
                self._file.write(piece)
            except OSError as problem:
                place = tempfile.gettempdir()
                failure = TransportError(f"There is no space left in {place} ({problem.strerror}).")
                failure.next_step = "Free some space there, then try again."
                raise failure from None


def _endless(server: str, into: Sink) -> DeadlineExceeded:
    problem = DeadlineExceeded(
        f"{server} did not send everything within {into.deadline:g} seconds.",
        next_step="Allow more time with deadline=….",
    )
    # Another try would take as long.
    problem.retry_may_help = False
    return problem


def _transport(url: httpx.URL, lane: int) -> httpx.AsyncHTTPTransport:
    known = _transports.setdefault(asyncio.get_running_loop(), {})
    return transport_to(url, known, lane=lane, limits=_LIMITS)


def transport_to(
    url: httpx.URL, known: Transports, *, lane: int, limits: httpx.Limits
) -> httpx.AsyncHTTPTransport:
    """Return what carries a request to `url` and its answer back, and does nothing else.

    A client would follow redirects and carry one person's cookies into another's session.
    """
    proxy = _proxy_on_the_way(url.raw_host.decode("ascii"), str(url))
    ca = current_ca()
    # A hash, since a proxy's address may contain a password
    key = hash(proxy), ca, lane
    if key not in known:
        known[key] = _through(proxy, context_for(ca), limits)
    return known[key]


def _proxy_on_the_way(host: str, address: str) -> str | None:
    # This machine is never reached through a proxy
    here = is_loopback(host)
    return None if here else proxy_to(address)


def _through(
    proxy: str | None, context: ssl.SSLContext, limits: httpx.Limits
) -> httpx.AsyncHTTPTransport:
    if proxy is not None and not _is_address(proxy):
        raise ConfigurationError(
            "The address of the configured proxy is not valid.",
            next_step="Correct HTTPS_PROXY. In its name and password, percent-encode what isn't a "
            "letter or a digit: / becomes %2F. ow.trust() shows the proxies.",
        )
    try:
        return httpx.AsyncHTTPTransport(verify=context, proxy=proxy, limits=limits)
    except ImportError:
        raise ConfigurationError(
            "The configured proxy uses SOCKS, but the package for it is missing.",
            next_step="Install it: pip install 'httpx[socks]'. ow.trust() shows the proxies.",
        ) from None
    except ValueError:
        raise ConfigurationError(
            "The configured proxy is not a valid http, https or socks5 address.",
            next_step="Correct the environment variable HTTPS_PROXY. ow.trust() shows the proxies.",
        ) from None


def _is_address(proxy: str) -> bool:
    # The error of httpx would repeat a part of the password
    try:
        return (httpx.URL(proxy).port or 0) <= _LAST_PORT
    except (httpx.InvalidURL, UnicodeError):
        return False


@contextmanager
def unlogged() -> Iterator[None]:
    """Keep httpcore from logging requests that are made meanwhile."""
    before = _ours.set(True)
    try:
        yield
    finally:
        _ours.reset(before)
