"""How text may be encoded: bytes as text, compressed, UTF-16, and escapes of many languages."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterator
from itertools import chain
from urllib.parse import unquote_to_bytes

from oauth_widgets.secret.alphabets import ALPHABETS, COMMON
from oauth_widgets.secret.sieve import Sieve
from oauth_widgets.secret.streams import inflated, opened

DEPTH = 4
"""How many spellings may be nested, such as base64 of gzip of a form."""

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
_NO_CHARACTER = re.compile(rb"&#[0-9]{300,}+")
_PERCENT_UNIT = re.compile(rb"%u(?=[0-9A-Fa-f]{4})")
_MARKUP = re.compile(
    rb"""\x1b(?:\[[0-?]{0,40}[ -/]{0,4}[@-~] | [()][0-9A-B] | \][^\x07\x1b]{0,8192}(?:\x07|\x1b\\))
    | </?(?:span|b|i|em|strong|code|mark|wbr|br|tt|kbd|font)\b[^<>]{0,200}>
    | \xc2\xad | \xe2(?:\x80[\x8b-\x8f]|\x81\xa0) | \xef\xbb\xbf""",
    re.VERBOSE,
)
"""What a screen doesn't show: colours, inline tags, and characters without width."""
_JOINT = (
    rb"""(?:["']?[ \t]{0,8}[+\\]?[ \t]{0,8}\r?\n[ \t]{0,40}["']?|["'][ \t]{0,8}\+?[ \t]{0,8}["'])"""
)
_BROKEN = re.compile(rb"(?<![\w.~+/=-])[\w.~+/=-]{4,}+(?:" + _JOINT + rb"[\w.~+/=-]++)++")
"""A value that was broken into lines, or into literals that are joined."""
_JOINTS = re.compile(_JOINT)
_NEAR = 200
_CONTROL = {b"n": b"\n", b"r": b"\r", b"t": b"\t"}


def decoded(data: bytes, sieve: Sieve, depth: int) -> Iterator[tuple[int, bytes]]:
    """Yield each encoded part of `data`, decoded by one layer, with its place.

    What was binary is reduced to the text in it. Rare alphabets are read in the outer two layers.
    """
    for start, packed in inflated(data, sieve.budget):
        for inner in opened(packed, sieve.budget):
            yield start, sieve.texts_in(inner)
    yield from sieve.as_utf_16(data)
    # Text that repeats itself is text in many alphabets, so few are tried deep inside
    readers = ALPHABETS if depth > DEPTH - 2 else COMMON
    for start, plain in chain.from_iterable(read(data, sieve, depth) for read in readers):
        for inner in opened(plain, sieve.budget):
            if found := sieve.texts_in(inner):
                yield start, found
    yield from _unescaped(data)


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
            # Python reads no number of so many digits, and no character has one
            plain = _NO_CHARACTER.sub(b"", plain)
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
