"""The only door to the network, with its limits: no redirects, bounded time, bounded size."""

from __future__ import annotations

import asyncio
import zlib
from weakref import WeakKeyDictionary

import httpx

from oauth_widgets.errors import AnswerTooLarge, DeadlineExceeded, ServerUnreachable
from oauth_widgets.protocol.address import origin
from oauth_widgets.protocol.message import Request, Response

DEADLINE = 30.0
"""Seconds for one whole exchange of request and answer."""

MAX_BODY = 2**20
"""Bytes of an answer from an authorization server, after decompression."""

_GZIP_OR_ZLIB = 47
_LOOPBACK = ("all://127.0.0.1", "all://localhost", "all://[::1]")

_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient] = WeakKeyDictionary()


async def send(
    request: Request, *, deadline: float = DEADLINE, max_body: int = MAX_BODY
) -> Response:
    """Send `request` and read the whole answer.

    Raises ServerUnreachable, DeadlineExceeded after `deadline` seconds, or AnswerTooLarge over
    `max_body` bytes. A redirect is an answer like any other, and not followed.
    """
    where = origin(request.url)
    try:
        async with (
            asyncio.timeout(deadline),
            _client().stream(
                request.method,
                request.url,
                headers={"accept-encoding": "gzip", **request.all_headers},
                content=request.body,
            ) as answer,
        ):
            body = await _body(answer, where, max_body)
    except TimeoutError:
        raise DeadlineExceeded(f"{where} did not answer within {deadline:g} seconds.") from None
    except httpx.HTTPError as problem:
        raise ServerUnreachable(f"{where} could not be reached ({_kind(problem)}).") from None
    return Response(answer.status_code, dict(answer.headers), body, request.url)


async def _body(answer: httpx.Response, where: str, max_body: int) -> bytes:
    raw = bytearray()
    async for chunk in answer.aiter_raw():
        raw += chunk
        if len(raw) > max_body:
            raise AnswerTooLarge(f"{where} sent more than {max_body} bytes.")
    if answer.headers.get("content-encoding", "identity").lower() == "identity":
        return bytes(raw)
    unpacking = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        body = unpacking.decompress(bytes(raw), max_body + 1)
    except zlib.error:
        raise ServerUnreachable(f"{where} sent an answer that cannot be unpacked.") from None
    if len(body) > max_body:
        raise AnswerTooLarge(f"{where} sent more than {max_body} bytes.")
    if not unpacking.eof:
        raise ServerUnreachable(f"{where} sent only a part of its answer.")
    return body


def _client() -> httpx.AsyncClient:
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = httpx.AsyncClient(
            follow_redirects=False,
            # the deadline above bounds the whole exchange
            timeout=httpx.Timeout(None),
            # this machine is never reached by way of a proxy
            mounts=dict.fromkeys(_LOOPBACK),
        )
    return _clients[loop]


def _kind(problem: httpx.HTTPError) -> str:
    # the text of httpx's own errors may repeat the address with its query
    if isinstance(problem, httpx.ConnectError):
        return "no connection"
    if isinstance(problem, httpx.ReadError | httpx.RemoteProtocolError):
        return "the connection was cut"
    return type(problem).__name__
