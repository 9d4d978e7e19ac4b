"""Clients with httpx's interface whose requests carry a token by a rule, within limits."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterator
from typing import Protocol, TypeVar, cast
from weakref import WeakKeyDictionary

from oauth_widgets._net import http
from oauth_widgets._net.address import origin
from oauth_widgets._net.lean import AsyncClient, Client, httpx
from oauth_widgets._net.loop import arun, run
from oauth_widgets._net.target import address_of
from oauth_widgets._net.unpacking import Unpacking, is_packed
from oauth_widgets.errors import (
    AnswerTooLarge,
    ConfigurationError,
    DeadlineExceeded,
    OAuthError,
    without_frames,
)
from oauth_widgets.secret import Secret
from oauth_widgets.secret.quoting import Secrets, quoted_problem

__all__ = ["AsyncClient", "Client", "Door", "Rule", "aclient", "client"]

T = TypeVar("T")

_LIMITS = httpx.Limits(max_connections=100, max_keepalive_connections=20)
_ACCEPTED = {"accept-encoding": "gzip"}
_OF_THE_PACKED = ("content-encoding", "content-length")
"""Headers that describe the packed body; the caller gets it unpacked."""


class Rule(Protocol):
    """Which requests may carry which token."""

    def check(self, url: str) -> str:
        """Return `url` if the token may go there; raise an error of ours if not."""

    def answered(self, url: str, status: int, secrets: Secrets = ()) -> None:
        """Take note of an answer, before a redirect is followed.

        An address that the API made of `secrets`, which it was sent, is noted without them.
        """

    async def fresh_token(self) -> Secret:
        """Return the token to send (I/O loop only)."""

    async def renewed_token(self, refused: Secret) -> Secret | None:
        """Return the token that replaces `refused`, if there is one (I/O loop only)."""


def client(door: Door, base_url: str) -> Client:
    """Return a client of httpx's whose requests go through `door`."""
    return Client(base_url=base_url, headers=_ACCEPTED, transport=_BlockingDoor(door))


def aclient(door: Door, base_url: str) -> AsyncClient:
    """Return the awaitable twin of `client`."""
    return AsyncClient(base_url=base_url, headers=_ACCEPTED, transport=door)


class Door(httpx.AsyncBaseTransport):
    """Signs the requests that the rule lets pass, sends no others, and bounds the answers.

    The token is put into a copy of the request, so the request that a client keeps in its answers
    and errors has none. `max_body` is in bytes, `deadline` in seconds for the whole exchange.
    """

    def __init__(self, rule: Rule, *, max_body: float, deadline: float) -> None:
        self._rule = rule
        self._max_body = max_body
        self._deadline = deadline
        self._sent_tokens: tuple[Secret, ...] = ()
        self._transports: WeakKeyDictionary[asyncio.AbstractEventLoop, http.Transports] = (
            WeakKeyDictionary()
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; if the token is refused, send it once more with a refreshed one."""
        try:
            url = address_of(request.url)
            # check: bearer/origin, bearer/redirect
            self._rule.check(url)
        except OAuthError as problem:
            # A redirect may put the token into the address that the error quotes
            raise quoted_problem(problem, self._sent_tokens)  # noqa: B904 - itself
        clock = _Clock(origin(url), self._deadline)
        token = await arun(self._rule.fresh_token())
        answer = await self._sent(request, token, clock)
        # A streamed body was used up by the first try
        # check: bearer/retry
        if answer.status_code == 401 and isinstance(request.stream, httpx.ByteStream):
            try:
                renewed = await arun(self._rule.renewed_token(token))
            except BaseException:
                await answer.aclose()
                raise
            if renewed is not None:
                await answer.aclose()
                answer = await self._sent(request, renewed, clock)
        # Before a redirect is followed, since its target is compared with this address
        # check: bearer/redirect
        self._rule.answered(url, answer.status_code, self._sent_tokens)
        return self._bounded(answer, clock)

    async def aclose(self) -> None:
        """Close the connections opened on this loop."""
        for transport in self._transports.pop(asyncio.get_running_loop(), {}).values():
            await transport.aclose()

    async def _sent(self, request: httpx.Request, token: Secret, clock: _Clock) -> httpx.Response:
        # The token before it too, which an answer may still repeat
        self._sent_tokens = (*self._sent_tokens, token)[-2:]
        known = self._transports.setdefault(asyncio.get_running_loop(), {})
        try:
            transport = http.transport_to(request.url, known, lane=0, limits=_LIMITS)
        except ConfigurationError as problem:
            # Its frames contain the proxy's password
            raise without_frames(problem)  # noqa: B904 - itself
        # httpcore logs the headers of answers, which may repeat the token
        with http.unlogged():
            return await clock.within(transport.handle_async_request(_signed(request, token)))

    def _bounded(self, answer: httpx.Response, clock: _Clock) -> httpx.Response:
        packed = is_packed(answer.headers)
        unpacking = Unpacking(clock.server, self._max_body, packed=packed)
        headers = httpx.Headers(answer.headers)
        for name in _OF_THE_PACKED if packed else ():
            headers.pop(name, None)
        return httpx.Response(
            answer.status_code,
            headers=headers,
            stream=_Bounded(answer, unpacking, clock),
            extensions=answer.extensions,
        )


def _signed(request: httpx.Request, token: Secret) -> httpx.Request:
    stream = request.stream
    if not isinstance(stream, httpx.AsyncByteStream):
        stream = _Awaited(stream)
    signed = httpx.Request(
        request.method,
        request.url,
        headers=request.headers,
        stream=stream,
        extensions=request.extensions,
    )
    signed.headers["authorization"] = f"Bearer {token.reveal()}"
    return signed


class _Clock:
    """The seconds left for an exchange with `server`; the caller's own time is not counted."""

    def __init__(self, server: str, deadline: float) -> None:
        self.server = server
        self._deadline = self._left = deadline

    async def within(self, work: Awaitable[T]) -> T:
        """Await `work`. Raises DeadlineExceeded, or httpx's own error without its frames."""
        now = asyncio.get_running_loop().time
        start = now()
        try:
            async with asyncio.timeout(None if self._left == float("inf") else self._left):
                return await work
        except TimeoutError:
            failure: Exception = DeadlineExceeded(
                f"{self.server} did not finish its answer within {self._deadline:g} seconds.",
                next_step="Try again, or allow more time: session.http(deadline=…).",
            )
        except httpx.LocalProtocolError:
            # Its text would repeat a header
            failure = httpx.LocalProtocolError("This request can't be sent.")
        except httpx.HTTPError as problem:
            failure = type(problem)(str(problem))
        finally:
            self._left -= now() - start
        # Raised outside, since the frames of the first error hold the request
        raise failure


class _Bounded(httpx.AsyncByteStream):
    """The body of an answer, unpacked, within its limits."""

    def __init__(self, answer: httpx.Response, unpacking: Unpacking, clock: _Clock) -> None:
        self._answer = answer
        self._unpacking = unpacking
        self._clock = clock

    async def __aiter__(self) -> AsyncIterator[bytes]:
        raw = self._answer.aiter_raw()
        try:
            while chunk := await self._clock.within(anext(raw, b"")):
                for piece in self._unpacking.pieces(chunk):
                    yield piece
            self._unpacking.check_whole()
        except AnswerTooLarge as problem:
            problem.next_step = "Raise the limit: session.http(max_body=…), or use session.open()."
            raise

    async def aclose(self) -> None:
        await self._answer.aclose()


class _Awaited(httpx.AsyncByteStream):
    """A body produced piece by piece on a thread, so that the loop need not wait for it."""

    def __init__(self, stream: httpx.SyncByteStream | httpx.AsyncByteStream) -> None:
        self._pieces = iter(cast("httpx.SyncByteStream", stream))

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while (piece := await asyncio.to_thread(next, self._pieces, None)) is not None:
            yield piece


class _BlockingDoor(httpx.BaseTransport):
    """A `Door` for a client that blocks; all of it runs on the one loop."""

    def __init__(self, door: Door) -> None:
        self._door = door

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = run(self._door.handle_async_request(request))
        return httpx.Response(
            answer.status_code,
            headers=answer.headers.raw,
            stream=_Blocking(cast("_Bounded", answer.stream)),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        run(self._door.aclose())


class _Blocking(httpx.SyncByteStream):
    """A body that is awaited piece by piece on the loop."""

    def __init__(self, body: _Bounded) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        pieces = aiter(self._body)

        async def following() -> bytes | None:
            return await anext(pieces, None)

        while (piece := run(following())) is not None:
            yield piece

    def close(self) -> None:
        run(self._body.aclose())
