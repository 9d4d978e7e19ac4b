"""How text may be encoded: base64, gzip, zlib, and escapes of URLs, JSON, Python and HTML."""

from __future__ import annotations

import binascii
import html
import re
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from urllib.parse import unquote_to_bytes

_UNPACKED = 16 * 2**20
"""How many bytes are read of one compressed stream inside something else."""
_GZIP = b"\x1f\x8b\x08"
_ZLIB = (b"x\x01", b"x^", b"x\x9c", b"x\xda")
_BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF", _GZIP)
"""How embedded files begin. Data that begins so was decoded from its first character."""
_STREAMS, _PIECE = 16, 2**16
SHORTEST_BASE64 = 24
"""The shortest base64 that can hold a parameter with its value."""
_STANDARD = bytes.maketrans(b"-_", b"+/")
_ESCAPE = re.compile(
    rb"""%[0-9A-Fa-f]{2}|\\(?:u[0-9A-Fa-f]{4}|x[0-9A-Fa-f]{2}|["'/nrt])|&[#a-z]|\x1b\[|</?span"""
)
_BACKSLASHED = re.compile(
    rb"""(?P<units>(?:\\u[0-9A-Fa-f]{4})++)|\\(?:x(?P<byte>[0-9A-Fa-f]{2})|(?P<one>["'/nrt\\]))"""
)
_MARKUP = re.compile(rb"\x1b\[[0-9;]{0,40}m|</?span\b[^<>]{0,200}>")
"""Colours of a traceback or of highlighted code, which separate a name from its value."""
_RUN = re.compile(rb"[A-Za-z0-9+/_-]{24,}+(?:(?:\\n|\r?\n)[A-Za-z0-9+/_-]++)*+")
_SHORT_RUN = re.compile(rb"[A-Za-z0-9+/_-]{5,}+(?:(?:\\n|\r?\n)[A-Za-z0-9+/_-]++)*+")
"""Base64, and base64 that may hold a short value that is searched for."""
_NEAR = 200
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}
_SHORTEST = 16
_PRINTABLE = bytes(97 if 32 <= byte < 127 or byte in b"\t\n\r\x1b" else 0 for byte in range(256))


def places(data: bytes, needle: bytes) -> Iterator[int]:
    """Yield the places of `needle` in `data`."""
    start = data.find(needle)
    while start >= 0:
        yield start
        start = data.find(needle, start + len(needle))


def decoded(
    data: bytes, shortest: int, texts: Callable[[bytes, int], bytes]
) -> Iterator[tuple[int, bytes]]:
    """Yield each encoded part of `data`, decoded by one layer, with its place.

    `texts` reduces what was binary to the text in it. Base64 of fewer than `shortest` characters is
    left out.
    """
    for start, inner in _inflated(data):
        yield start, texts(inner, shortest)
    yield from _unescaped(data)
    runs = _RUN if shortest >= SHORTEST_BASE64 else _SHORT_RUN
    for run in runs.finditer(data):
        text = run[0].replace(b"\\n", b"").translate(_STANDARD, b"\r\n")
        # Text in front may use the same alphabet, so the first group of four is not known
        for offset in range(4):
            plain = from_base64(text[offset:])
            for inner in (plain, *(unpacked for _, unpacked in _inflated(plain))):
                if found := texts(inner, shortest):
                    yield run.start(), found
            if plain.startswith(_BEGINNINGS):
                break


def _unescaped(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of `data` with escapes of URLs, JSON, Python or HTML, unescaped."""
    end = 0
    while found := _ESCAPE.search(data, end):
        start, end = data.rfind(b"\n", 0, found.start()) + 1, found.end()
        # Neighbouring lines stay together, as a name and its value may be on two
        while (end := _line_end(data, end)) < len(data) and _ESCAPE.search(data, end, end + _NEAR):
            end += 1
        text = data[start:end]
        plain = _BACKSLASHED.sub(_character, unquote_to_bytes(_MARKUP.sub(b"", text)))
        if b"&" in plain:
            plain = html.unescape(plain.decode("utf-8", "surrogateescape")).encode(
                "utf-8", "surrogateescape"
            )
        if plain != text:
            yield start, plain


def _line_end(data: bytes, start: int) -> int:
    end = data.find(b"\n", start)
    return len(data) if end < 0 else end


def _character(escape: re.Match[bytes]) -> bytes:
    if escape["units"]:
        units = bytes.fromhex(escape["units"].replace(b"\\u", b"").decode())
        return units.decode("utf-16-be", "replace").encode()
    if escape["byte"]:
        return bytes.fromhex(escape["byte"].decode())
    return _CONTROL.get(escape["one"], escape["one"])


def from_base64(text: bytes) -> bytes:
    """Return what `text` encodes, in either alphabet, padded or not; b"" if nothing."""
    text = text.translate(_STANDARD).rstrip(b"=")
    text = text[: len(text) - (len(text) % 4 == 1)]
    try:
        return binascii.a2b_base64(text + b"=" * (-len(text) % 4))
    except binascii.Error:
        return b""


def _inflated(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the beginnings of the gzip streams in `data`, or of a zlib stream, and their places."""
    starts = [0] if data.startswith(_ZLIB) else islice(places(data, _GZIP), _STREAMS)
    for start in starts:
        stream, unpacked = zlib.decompressobj(47), bytearray()
        try:
            for at in range(start, len(data), _PIECE):
                unpacked += stream.decompress(data[at : at + _PIECE], _UNPACKED)
                if stream.eof or len(unpacked) >= _UNPACKED:
                    break
        except zlib.error:
            pass
        if unpacked:
            yield start, bytes(unpacked)


def texts_in(data: bytes, shortest: int) -> bytes:
    """Return the text in data that may be binary, such as an image, separated by NUL."""
    # Drawn tables separate a name from its value by a line, which is not ASCII
    data = data.replace("│".encode(), b"|  ")
    mask = data.translate(_PRINTABLE)
    needle = b"a" * min(shortest * 3 // 4, _SHORTEST)
    found, start = [], mask.find(needle)
    while start >= 0:
        end = mask.find(b"\0", start)
        end = len(data) if end < 0 else end
        found.append(data[start:end])
        start = mask.find(needle, end)
    return b"\0".join(found)


def whole(data: bytes, _shortest: int) -> bytes:
    """Return `data` unchanged: a value that is not ASCII looks like binary data."""
    return data
