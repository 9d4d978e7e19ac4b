"""Connections for the pages of an API: HTTP/1.1 (RFC 9112), with nothing between h11 and asyncio.

A fetch of small pages takes mostly as long as its requests do. This takes a third of the time that
a transport of httpx's needs for one. It knows no proxies and keeps whole answers in memory.
"""

from __future__ import annotations

import asyncio
import select
import sys
from weakref import WeakKeyDictionary

import h11

from oauth_widgets._net.address import is_loopback
from oauth_widgets._net.lean import httpx
from oauth_widgets._net.target import Target
from oauth_widgets._net.trust import context_for, current_ca
from oauth_widgets._net.unpacking import too_large

_LONGEST_HEAD = 100 * 2**10
_IDLE = 5.0
"""Seconds after which a connection that isn't used is closed."""

_NEXT_ADDRESS_AFTER = 0.25
_Key = tuple[str, str | None, int]
_connections: WeakKeyDictionary[asyncio.AbstractEventLoop, dict[_Key, Connection]] = (
    WeakKeyDictionary()
)

Answer = tuple[int, dict[str, str], bytearray]
"""The status, the headers with names in lower case, and the body as it was sent."""


async def exchange(
    target: Target,
    method: str,
    headers: list[tuple[bytes, bytes]],
    content: bytes | None,
    *,
    lane: int,
    most: int,
) -> Answer:
    """Send one request and return the whole answer; its body has `most` bytes at most.

    Each lane keeps one connection to each server for the next request. Raises AnswerTooLarge, or
    errors of httpx.
    """
    known = _connections.setdefault(asyncio.get_running_loop(), {})
    key = target.origin, current_ca(), lane
    connection = known.pop(key, None)
    if connection is None or not connection.is_usable():
        connection = await _connected(target, key[1])
    try:
        request = h11.Request(method=method, target=target.path, headers=headers)
        answer = await connection.ask(request, content, most)
    except h11.LocalProtocolError:
        connection.close()
        # Its text would repeat a header
        raise httpx.LocalProtocolError("This request can't be sent.") from None
    except BaseException:
        connection.close()
        raise
    if connection.rest():
        other, known[key] = known.get(key), connection
        if other is not None:
            other.close()
    return answer


async def _connected(target: Target, ca: str | None) -> Connection:
    context = context_for(ca) if target.secure else None
    if context is not None:
        context.set_alpn_protocols(["http/1.1"])
    try:
        _, connection = await asyncio.get_running_loop().create_connection(
            lambda: Connection(target.origin),
            target.host,
            target.port,
            ssl=context,
            # Given up in between, asyncio's race between addresses may leave a socket open
            happy_eyeballs_delay=None if is_loopback(target.host) else _NEXT_ADDRESS_AFTER,
        )
    except OSError as problem:
        raise httpx.ConnectError("No connection.") from problem
    return connection


class Connection(asyncio.Protocol):
    """A connection to one `server`, which answers one request after the other."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._http = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        self._transport: asyncio.Transport
        self._answered: asyncio.Future[None] | None = None
        self._idle: asyncio.TimerHandle | None = None
        self._head: h11.Response | None = None
        self._body = bytearray()
        self._most = 0

    async def ask(self, request: h11.Request, content: bytes | None, most: int) -> Answer:
        """Return the answer to a request. Raises AnswerTooLarge, h11's errors, or httpx's."""
        self._answered = asyncio.get_running_loop().create_future()
        self._head, self._body, self._most = None, bytearray(), most
        parts: list[h11.Event] = [request, *([h11.Data(content)] if content else [])]
        sent = [self._http.send(part) for part in (*parts, h11.EndOfMessage())]
        self._transport.write(b"".join(filter(None, sent)))
        await self._answered
        assert self._head is not None  # noqa: S101 - h11 gives it before the end
        return self._head.status_code, _headers(self._head), self._body

    def rest(self) -> bool:
        """Wait for the next request, but not for long; False if the server takes no other one."""
        self._answered = None
        done = self._http.our_state is h11.DONE and self._http.their_state is h11.DONE
        # What is there already would be taken for the next answer
        if not done or self._http.trailing_data[0] or self._transport.is_closing():
            self.close()
            return False
        self._http.start_next_cycle()
        self._idle = asyncio.get_running_loop().call_later(_IDLE, self.close)
        return True

    def is_usable(self) -> bool:
        """Stop resting. False if the server has hung up, or speaks without being asked."""
        if self._idle is not None:
            self._idle.cancel()
        # The loop may not have noticed yet that the other side has closed the connection.
        usable = not self._transport.is_closing() and not _is_readable(
            self._transport.get_extra_info("socket").fileno()
        )
        if not usable:
            self.close()
        return usable

    def close(self) -> None:
        """Hang up at once."""
        self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Do what asyncio asks of a protocol."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - of a connection it is
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Read on in the answer."""
        if self._answered is None or self._answered.done():
            self.close()
            return
        self._http.receive_data(data)
        self._read(self._answered)

    def eof_received(self) -> None:
        """Read the end of an answer that ends with the connection."""
        if self._answered is not None and not self._answered.done():
            self._http.receive_data(b"")
            self._read(self._answered)

    def connection_lost(self, exc: Exception | None) -> None:
        """Give up the answer that is under way."""
        if self._answered is not None and not self._answered.done():
            failure = httpx.ReadError("The connection was cut.")
            failure.__cause__ = exc
            self._answered.set_exception(failure)

    def _read(self, answered: asyncio.Future[None]) -> None:
        try:
            while (event := self._http.next_event()) is not h11.NEED_DATA:
                if isinstance(event, h11.Data):
                    self._body += event.data
                    # check: transport/size
                    if len(self._body) > self._most:
                        answered.set_exception(too_large(self._server, self._most))
                        return
                elif isinstance(event, h11.Response):
                    self._head = event
                elif isinstance(event, h11.EndOfMessage):
                    answered.set_result(None)
                    return
        except h11.RemoteProtocolError:
            answered.set_exception(httpx.RemoteProtocolError("The answer is not valid HTTP."))


def _headers(head: h11.Response) -> dict[str, str]:
    """Return the headers as text; those that are there twice are joined."""
    found: dict[bytes, bytes] = {}
    for name, value in head.headers:
        found[name] = found[name] + b", " + value if name in found else value
    for charset in ("ascii", "utf-8"):
        try:
            return {name.decode("ascii"): value.decode(charset) for name, value in found.items()}
        except UnicodeDecodeError:
            continue
    return {name.decode("ascii"): value.decode("latin-1") for name, value in found.items()}


def _is_readable(socket: int) -> bool:
    """Tell whether a socket has something to read, the end of the connection perhaps."""
    if sys.platform == "win32":
        return bool(select.select([socket], [], [], 0)[0])
    poll = select.poll()
    poll.register(socket, select.POLLIN)
    return bool(poll.poll(0))
