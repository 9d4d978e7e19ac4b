"""Compressed streams inside other data: gzip, zlib, deflate, zip, bzip2 and xz."""

from __future__ import annotations

import bz2
import lzma
import re
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain
from typing import Protocol

_UNPACKED = 16 * 2**20
"""How many bytes are read of one compressed stream inside something else."""
_DICTIONARY = 64 * 2**20
"""The largest memory that a stream of xz may ask for."""
_NESTED, _FIRST, _PIECE = 3, 2**9, 2**16
_SHORTEST = 16


class _Stream(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: memoryview, max_length: int, /) -> bytes: ...


_zlib = partial(zlib.decompressobj, 47)
_deflate = partial(zlib.decompressobj, -15)
GZIP = b"\x1f\x8b\x08"
_MEMBER = b"PK\3\4"
_PLAIN = {b"": 0, b"b'": 2, b'b"': 2}
"""What may be in front of deflate, which has no mark: nothing, or the quote that Python writes."""
_STREAMS: dict[bytes, Callable[[], _Stream]] = {
    **dict.fromkeys((GZIP, b"x^", b"x\x01", b"x\x9c", b"x\xda"), _zlib),
    **dict.fromkeys((_MEMBER, *_PLAIN), _deflate),
    b"BZh": bz2.BZ2Decompressor,
    b"\xfd7zXZ\0": partial(lzma.LZMADecompressor, lzma.FORMAT_XZ, memlimit=_DICTIONARY),
}
"""How a compressed stream may begin."""
_ANYWHERE = re.compile(b"|".join(map(re.escape, sorted(_STREAMS.keys() - {b"x^", b""}))))
"""The beginnings that are not text elsewhere."""
MARKS = tuple(_STREAMS.keys() - _PLAIN.keys())


def places(data: bytes, needle: bytes) -> Iterator[int]:
    """Yield the places of `needle` in `data`."""
    start = data.find(needle)
    while start >= 0:
        yield start
        start = data.find(needle, start + len(needle))


class Budget:
    """How many bytes the streams in some data may unpack to, all together and however nested."""

    def __init__(self, size: int) -> None:
        self.left = _UNPACKED + 16 * size


def opened(data: bytes, budget: Budget, depth: int = _NESTED) -> Iterator[bytes]:
    """Yield `data` and what the streams in it unpack to."""
    yield data
    if depth:
        for _, inner in inflated(data, budget):
            yield from opened(inner, budget, depth - 1)


def inflated(data: bytes, budget: Budget) -> Iterator[tuple[int, bytes]]:
    """Yield the beginnings of the compressed streams in `data`, and their places."""
    first = [(0, b"x^")] if data.startswith(b"x^") else []
    starts = ((found.start(), found[0]) for found in _ANYWHERE.finditer(data))
    view, after = memoryview(data), 0
    for start, begin in chain(first, starts, [(0, b"")]):
        # The pixels of an image are no text
        if (start < after and begin) or data[start - 4 : start] == b"IDAT":
            continue
        unpacked, after = _unpacked(view, start, begin)
        # Streams that end in an error after a long way are not tried without limit
        budget.left -= len(unpacked)
        if budget.left < 0:
            return
        if len(unpacked) >= _SHORTEST:
            yield start, unpacked


def may_hold_streams(data: bytes) -> bool:
    """Tell whether a compressed stream may begin somewhere in `data`, which is quick."""
    if data.startswith(b"x^") or _ANYWHERE.search(data):
        return True
    try:
        _deflate().decompress(memoryview(data[:_FIRST]), _SHORTEST)
    except zlib.error:
        return False
    return bool(data)


def _unpacked(data: memoryview, start: int, begin: bytes) -> tuple[bytes, int]:
    """Return the beginning of the stream at `start`, and the place after it if it is whole."""
    stream, unpacked = _STREAMS[begin](), bytearray()
    at, size = start + _length_before(data, start, begin), _FIRST
    if begin == _MEMBER and not any(data[start + 8 : start + 10]):
        size = int.from_bytes(data[start + 18 : start + 22], "little")
        return bytes(data[at : at + min(size, _UNPACKED)]), start
    try:
        while at < len(data) and not stream.eof and len(unpacked) < _UNPACKED:
            unpacked += stream.decompress(data[at : at + size], _UNPACKED)
            at, size = at + size, _PIECE
    except (zlib.error, lzma.LZMAError, OSError):
        pass
    # What has no mark may be anything, so another stream may begin inside
    whole = stream.eof and begin not in _PLAIN
    return bytes(unpacked), min(at, len(data)) - len(stream.unused_data) if whole else start


def _length_before(data: memoryview, start: int, begin: bytes) -> int:
    """Return how long the header of a zip file's member is, or what else is before a stream."""
    if begin == _MEMBER:
        numbers = (data[start + at : start + at + 2] for at in (26, 28))
        return 30 + sum(int.from_bytes(number, "little") for number in numbers)
    return _PLAIN.get(begin, 0)
