"""How text may be encoded: bytes as text, compressed, UTF-16, and escapes of many languages."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from urllib.parse import unquote_to_bytes

from oauth_widgets.secret.alphabets import ALPHABETS, COMMON, regions
from oauth_widgets.secret.streams import inflated, opened

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


def decoded(
    data: bytes, shortest: int, texts: Callable[[bytes, int], bytes], *, rare: bool
) -> Iterator[tuple[int, bytes]]:
    """Yield each encoded part of `data`, decoded by one layer, with its place.

    `texts` reduces what was binary to the text in it. Base64 of fewer than `shortest` characters is
    left out, and so are rarely used alphabets unless `rare`.
    """
    for start, packed in inflated(data):
        for inner in opened(packed):
            yield start, texts(inner, shortest)
    if b"\0" in data:
        yield from ((run.start(), run[0].replace(b"\0", b"")) for run in _WIDE.finditer(data))
        if texts is whole:
            yield 0, whole(data, shortest)
    yield from _unescaped(data)
    readers = ALPHABETS if rare else COMMON
    for start, plain in chain.from_iterable(read(data, shortest) for read in readers):
        for inner in opened(plain):
            if found := texts(inner, shortest):
                yield start, found


def broken(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each value in `data` that was broken into pieces, joined, with its place."""
    for run in _BROKEN.finditer(data):
        yield run.start(), _JOINTS.sub(b"", run[0])


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
        # In bytes that Python or JSON has written, what looks like another escape is none
        if (alone := _BACKSLASHED.sub(_character, text)) not in (plain, text):
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
