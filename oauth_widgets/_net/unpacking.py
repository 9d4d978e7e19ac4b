"""What servers send packed with gzip, unpacked within a limit (RFC 1952, RFC 9110 8.4)."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Iterator, Mapping

from oauth_widgets.errors import AnswerTooLarge, ServerUnreachable

GZIP = b"\x1f\x8b"
"""How a gzip file begins (RFC 1952 2.3.1)."""

_GZIP_OR_ZLIB = 47
_PIECE = 2**20


def is_packed(headers: Mapping[str, str]) -> bool:
    """Tell whether the headers of an answer say that its body is packed."""
    return headers.get("content-encoding", "").strip().lower() not in {"", "identity"}


async def unpacked_body(raw: bytearray, server: str, most: int, *, packed: bool) -> bytes:
    """Return the body of an answer, which `server` sent as `raw`.

    Raises AnswerTooLarge over `most` bytes, ServerUnreachable if it is damaged or cut off.
    """
    if not raw or not packed:
        return bytes(raw)
    if len(raw) <= _PIECE // 8:
        # Quicker than starting a thread for it
        try:
            return _unpacked(raw, server, min(most, _PIECE))
        except AnswerTooLarge:
            if most <= _PIECE:
                raise
    return await asyncio.to_thread(_unpacked, raw, server, most)


def _unpacked(raw: bytearray, server: str, most: int) -> bytes:
    unpacking = zlib.decompressobj(_GZIP_OR_ZLIB)
    try:
        body = unpacking.decompress(bytes(raw), most + 1)
    except zlib.error:
        raise _damaged(server) from None
    # check: transport/size
    if len(body) > most:
        raise too_large(server, most)
    if not unpacking.eof:
        raise _cut(server)
    # A file may have several gzip members (RFC 1952 2.2)
    more = unpacking.unused_data.startswith(GZIP)
    return unpacked(bytes(raw), server, most) if more else body


def unpacked(packed: bytes, server: str, most: int) -> bytes:
    """Return what is in a gzip file that `server` sent.

    Raises AnswerTooLarge over `most` bytes, ServerUnreachable if it is damaged or cut off.
    """
    unpacking = Unpacking(server, most, packed=True)
    # A piece at a time, since all of it at once would be in memory before it is counted.
    starts = range(0, len(packed), _PIECE)
    whole = b"".join(piece for at in starts for piece in unpacking.pieces(packed[at : at + _PIECE]))
    unpacking.check_whole()
    return whole


class Unpacking:
    """The answer of `server`, unpacked as it arrives, up to `most` bytes."""

    def __init__(self, server: str, most: float, *, packed: bool) -> None:
        self._server = server
        self._most = most
        self._came = self._left = most
        self._packed = packed
        self._zlib: zlib._Decompress | None = None

    def pieces(self, raw: bytes) -> Iterator[bytes]:
        """Yield what is in `raw`, a mebibyte at a time.

        Raises AnswerTooLarge, packed or unpacked, and ServerUnreachable if it is damaged.
        """
        self._came -= len(raw)
        try:
            for piece in self._unpacked(raw) if self._packed else (raw,):
                self._left -= len(piece)
                # check: transport/size
                if self._left < 0 or self._came < 0:
                    raise too_large(self._server, self._most)
                yield piece
        except zlib.error:
            raise _damaged(self._server) from None

    def check_whole(self) -> None:
        """Raise ServerUnreachable if the end is missing."""
        if self._zlib is not None and not self._zlib.eof:
            raise _cut(self._server)

    def _unpacked(self, raw: bytes) -> Iterator[bytes]:
        while raw:
            if self._zlib is None or self._zlib.eof:
                self._zlib = zlib.decompressobj(_GZIP_OR_ZLIB)
            yield self._zlib.decompress(raw, _PIECE)
            raw = self._zlib.unconsumed_tail or self._zlib.unused_data


def too_large(server: str, most: float) -> AnswerTooLarge:
    """Return the error for an answer of more than `most` bytes."""
    return AnswerTooLarge(f"{server} sent more than {most:.0f} bytes.")


def _damaged(server: str) -> ServerUnreachable:
    return ServerUnreachable(f"{server} sent an answer that can't be decompressed.")


def _cut(server: str) -> ServerUnreachable:
    return ServerUnreachable(f"{server} sent only part of its answer.")
