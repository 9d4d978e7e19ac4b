"""How text may be encoded: base64, numbers, gzip, zlib, UTF-16, and escapes of many languages."""

from __future__ import annotations

import binascii
import html
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from heapq import merge
from itertools import chain
from urllib.parse import unquote_to_bytes

_UNPACKED = 16 * 2**20
"""How many bytes are read of one compressed stream inside something else."""
_GZIP = b"\x1f\x8b\x08"
_STREAMS = (_GZIP, b"x\x01", b"x\x9c", b"x\xda")
"""How a compressed stream may begin anywhere. Another beginning, x^, is text."""
_BEGINNINGS = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"RIFF", b"%PDF", _GZIP)
"""How embedded files begin. Data that begins so was decoded from its first character."""
_NESTED, _FIRST, _PIECE = 3, 2**9, 2**16
SHORTEST_BASE64 = 24
"""The shortest base64 that can hold a parameter with its value."""
_STANDARD = bytes.maketrans(b"-_", b"+/")
_ESCAPE = re.compile(
    rb"""%(?:[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4})
    | \\(?:u[0-9A-Fa-f{]|U[0-9A-Fa-f]{8}|x[0-9A-Fa-f]{2}|[0-3][0-7]{2}|[nrt!-/:-@\[-`])
    | &[#a-z] | \x1b[\[\]()] | \xc2[\xa0\xad] | \xe2(?:\x80[\x8b-\x8f]|\x81\xa0) | \xef\xbb\xbf
    | </?(?:span|b|i|em|strong|code|mark|wbr|br|tt|kbd|font)\b""",
    re.VERBOSE,
)
_BACKSLASHED = re.compile(
    rb"""\\(?:
    u(?P<units>[0-9A-Fa-f]{4}(?:\\u[0-9A-Fa-f]{4})*+) | x(?P<byte>[0-9A-Fa-f]{2})
    | (?:u\{(?P<point>[0-9A-Fa-f]{1,6})\}|U00(?P<wide>[01][0-9A-Fa-f]{5}))
    | (?P<octal>[0-3][0-7]{2}) | (?P<one>[nrt!-/:-@\[-`]))""",
    re.VERBOSE,
)
_PERCENT_UNIT = re.compile(rb"%u(?=[0-9A-Fa-f]{4})")
_MARKUP = re.compile(
    rb"""\x1b(?:\[[0-?]{0,40}[ -/]{0,4}[@-~] | [()][0-9A-B] | \][^\x07\x1b]{0,8192}(?:\x07|\x1b\\))
    | </?(?:span|b|i|em|strong|code|mark|wbr|br|tt|kbd|font)\b[^<>]{0,200}>
    | \xc2\xad | \xe2(?:\x80[\x8b-\x8f]|\x81\xa0) | \xef\xbb\xbf""",
    re.VERBOSE,
)
"""What a screen doesn't show: colours, inline tags, and characters without width."""
_RUN = re.compile(
    rb"""[A-Za-z0-9+/_-]{24,}+
    (?:["',\\]{0,3}(?:(?:\\r)?\\n|\r?\n)[\ \t]{0,40}["']?[A-Za-z0-9+/_-]++)*+""",
    re.VERBOSE,
)
_SHORT_RUN = re.compile(_RUN.pattern.replace(b"{24,}", b"{5,}"), re.VERBOSE)
"""Base64, and base64 that may hold a short value that is searched for."""
_HEX = re.compile(rb"""[0-9A-Fa-f]+(?:(?:\\n|\r?\n)[\ \t]{0,40}[0-9A-Fa-f]++)*+""", re.VERBOSE)
_NUMBERS = re.compile(rb"[0-9]{1,3}(?:,\s{0,40}[0-9]{1,3}){8,}+(?![0-9.])")
"""Bytes as a list of numbers."""
_IS_HEX = bytes(
    97 if byte in b"0123456789ABCDEFabcdef" else 98 if byte in b" :" else 0 for byte in range(256)
)
_IN_LIST = bytes(97 if byte in b"0123456789, \n" else 0 for byte in range(256))
_WIDE = re.compile(rb"(?:[\t\n\r\x1b -~]\0){3,}+[\t\n\r\x1b -~]?")
"""UTF-16 in either order of bytes."""
_JOINT = (
    rb"""(?:["']?[ \t]{0,8}[+\\]?[ \t]{0,8}\r?\n[ \t]{0,40}["']?|["'][ \t]{0,8}\+?[ \t]{0,8}["'])"""
)
_BROKEN = re.compile(rb"(?<![\w.~+/=-])[\w.~+/=-]{4,}+(?:" + _JOINT + rb"[\w.~+/=-]++)++")
"""A value that was broken into lines, or into literals that are joined."""
_JOINTS = re.compile(_JOINT)
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
        for opened in _opened(inner):
            yield start, texts(opened, shortest)
    if b"\0" in data:
        yield from ((run.start(), run[0].replace(b"\0", b"")) for run in _WIDE.finditer(data))
        if texts is whole:
            yield 0, whole(data, shortest)
    yield from _unescaped(data)
    runs = _RUN if shortest >= SHORTEST_BASE64 else _SHORT_RUN
    for start, plain in chain(_from_base64_runs(data, runs), _from_numbers(data, shortest)):
        for inner in _opened(plain):
            if found := texts(inner, shortest):
                yield start, found


def broken(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each value in `data` that was broken into pieces, joined, with its place."""
    for run in _BROKEN.finditer(data):
        yield run.start(), _JOINTS.sub(b"", run[0])


def _from_base64_runs(data: bytes, runs: re.Pattern[bytes]) -> Iterator[tuple[int, bytes]]:
    for run in runs.finditer(data):
        text = run[0].replace(b"\\r", b"").replace(b"\\n", b"")
        text = text.translate(_STANDARD, b"\r\n\t \"',\\")
        # Text in front may use the same alphabet, so the first group of four is not known
        for offset in range(4):
            plain = from_base64(text[offset:])
            yield run.start(), plain
            if plain.startswith(_BEGINNINGS):
                break


def _from_numbers(data: bytes, shortest: int) -> Iterator[tuple[int, bytes]]:
    """Yield what is written as hexadecimal or decimal numbers."""
    mask, size = data.translate(_IS_HEX), shortest * 3 // 4
    after = 0
    for start, _ in regions(mask, b"a" * 2 * size):
        run = _HEX.match(data, start) if start >= after else None
        if not run:
            continue
        after = run.end()
        digits = run[0].replace(b"\\n", b"").translate(None, b"\r\n\t ")
        for offset in range(2):
            part = digits[offset:]
            yield start, binascii.a2b_hex(part[: len(part) // 2 * 2])
    for start, end in regions(mask, b"aab" * (size - 1)):
        with suppress(ValueError):
            yield start, binascii.a2b_hex(data[start:end].translate(None, b": "))
    for start, end in regions(data.translate(_IN_LIST), b"a" * 2 * size):
        for run in _NUMBERS.finditer(data, start, end):
            with suppress(ValueError):
                yield run.start(), bytes(map(int, run[0].split(b",")))


def regions(mask: bytes, needle: bytes) -> Iterator[tuple[int, int]]:
    """Yield the places of `needle` in `mask`, each up to the next zero."""
    start = mask.find(needle)
    while start >= 0:
        end = mask.find(b"\0", start)
        end = len(mask) if end < 0 else end
        yield start, end
        start = mask.find(needle, end)


def _opened(data: bytes, depth: int = _NESTED) -> Iterator[bytes]:
    """Yield `data` and what the streams in it unpack to."""
    yield data
    if depth:
        for _, inner in _inflated(data):
            yield from _opened(inner, depth - 1)


def _unescaped(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the lines of `data` with escapes of URLs, JSON, Python or HTML, unescaped."""
    end = 0
    while found := _ESCAPE.search(data, end):
        # Neighbouring lines stay together, as a name and its value may be on two
        start = max(end, data.rfind(b"\n", end, found.start()))
        start, end = max(end, data.rfind(b"\n", end, start) + 1), found.end()
        while (end := _line_end(data, end)) < len(data) and _ESCAPE.search(data, end, end + _NEAR):
            end += 1
        end = _line_end(data, end + 1)
        text = data[start:end]
        plain = unquote_to_bytes(_PERCENT_UNIT.sub(rb"\\u", _MARKUP.sub(b"", text)))
        plain = _BACKSLASHED.sub(_character, plain)
        if b"&" in plain:
            plain = html.unescape(plain.decode("utf-8", "surrogateescape")).encode(
                "utf-8", "surrogateescape"
            )
        plain = plain.replace(b"\xc2\xa0", b" ")
        if plain != text:
            yield start, plain
        # In bytes that Python has written, what looks like another escape is none
        if b"\\x" in text and (alone := _BACKSLASHED.sub(_character, text)) != plain:
            yield start, alone


def _line_end(data: bytes, start: int) -> int:
    end = data.find(b"\n", start)
    return len(data) if end < 0 else end


def _character(escape: re.Match[bytes]) -> bytes:
    if escape["units"]:
        units = bytes.fromhex(escape["units"].replace(b"\\u", b"").decode())
        return units.decode("utf-16-be", "replace").encode()
    if escape["byte"]:
        return bytes.fromhex(escape["byte"].decode())
    if point := escape["point"] or escape["wide"]:
        return chr(min(int(point, 16), sys.maxunicode)).encode("utf-8", "surrogatepass")
    if escape["octal"]:
        return bytes([int(escape["octal"], 8)])
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
    """Yield the beginnings of the compressed streams in `data`, and their places."""
    starts = merge(*(places(data, begin) for begin in _STREAMS))
    view, after, budget = memoryview(data), 0, _UNPACKED + 16 * len(data)
    for start in chain([0] if data.startswith(b"x^") else [], starts):
        # The pixels of an image are no text
        if start < after or data[start - 4 : start] == b"IDAT":
            continue
        unpacked, after = _unpacked(view, start)
        if len(unpacked) >= _SHORTEST:
            yield start, unpacked
        # Streams that end in an error after a long way are not tried without limit
        budget -= len(unpacked)
        if budget < 0:
            return


def _unpacked(data: memoryview, start: int) -> tuple[bytes, int]:
    """Return the beginning of the stream at `start`, and the place after it if it is whole."""
    stream, unpacked, at, size = zlib.decompressobj(47), bytearray(), start, _FIRST
    try:
        while at < len(data) and not stream.eof and len(unpacked) < _UNPACKED:
            unpacked += stream.decompress(data[at : at + size], _UNPACKED)
            at, size = at + size, _PIECE
    except zlib.error:
        pass
    whole_until = min(at, len(data)) - len(stream.unused_data) if stream.eof else start
    return bytes(unpacked), whole_until


_SIGNS = (
    ("│".encode(), b"|  "),
    ("→".encode(), b"-> "),
    ("\uff1a".encode(), b":  "),
    ("\u00a0".encode(), b"  "),
)
"""What may separate a name from its value and is not ASCII, with something like it."""


def texts_in(data: bytes, shortest: int) -> bytes:
    """Return the text in data that may be binary, such as an image, separated by NUL."""
    for sign, alike in _SIGNS:
        data = data.replace(sign, alike)
    mask = data.translate(_PRINTABLE)
    size = min(shortest * 3 // 4, _SHORTEST)
    found = [data[start:end] for start, end in regions(mask, b"a" * size)]
    if b"a\0" * size in mask:
        found += [run[0].replace(b"\0", b"") for run in _WIDE.finditer(data)]
    return b"\0".join(found)


def whole(data: bytes, _shortest: int) -> bytes:
    """Return all of `data`, also read as UTF-16: a value may look like binary data."""
    if b"\0" not in data:
        return data
    wide = (data[at:].decode("utf-16-le", "ignore").encode() for at in range(2))
    return b"\0".join((data, *wide))
