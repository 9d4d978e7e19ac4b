"""Tables, in which a value is below its name: HTML, aligned text, and rows or lists of cells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice, pairwise

from oauth_widgets.secret.parameters import BARE, NAME, Hit, Named, kind_of, looks_secret
from oauth_widgets.secret.streams import places

_ROWS, _NAMES, _ROW = 8, 2000, 16_384
"""How many rows below the names are looked at, and how long the names and a row may be."""
_HTML_CELL = re.compile(rb"<t[hd]\b[^<>]{0,200}>\s{0,80}([^<>]{0,16384}?)\s{0,80}</t[hd]>")
_WORD = re.compile(rb"\S++")
_ENDS_A_CELL = re.compile(rb"s?(?:\s|\||\xe2\x94\x82|$)")
_IN_QUOTES = rb"""\"(?:[^"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'"""
_LIST = re.compile(
    rb"""[\[(]((?:%b|\([^()\[\]"']{0,80}\)|[^\[\]()"'])*+)[\])]""" % _IN_QUOTES, re.DOTALL
)
_CELLS = {
    sign: re.compile(
        rb"""\s*+((?:%b)?[^%b]*+)%b""" % (_IN_QUOTES, *[re.escape(sign)] * 2), re.DOTALL
    )
    for sign in (b",", b";", b"\t", b"|", b"&")
}
_AROUND_CELL = b" \t\r\n\"'`\\"
_LABEL = re.compile(rb"(?:columns|cols|fields|headers?|names|keys)\W{1,12}\Z")
_AFTER_NAMES = re.compile(rb"\s{0,20}(?:values\b|(?P<copy>from stdin;))")

Row = tuple[int, bytes]


def tables(data: bytes, lowered: bytes, named: Sequence[Named]) -> Iterator[Hit]:
    """Yield the secrets that are below the name of a parameter."""
    if b"<table" in lowered:
        yield from _columns(data, lowered)
    line = listed = 0
    for start, name in named:
        if not NAME.fullmatch(name):
            continue
        yield from _aligned(data, start, start + len(name), kind_of(name))
        # The names of one row are looked at together
        if start >= listed:
            begin = max(lowered.rfind(sign, max(listed, start - _NAMES), start) for sign in b"[(")
            listed = start + 1
            if begin >= 0 and (found := _LIST.match(lowered, begin, start + _NAMES)):
                listed = found.end()
                yield from _listed(data, lowered, found)
        if start >= line:
            begin, line = _line(lowered, start)
            # A text may begin in the middle of a line of JSON
            for first in {begin, lowered.rfind(b'"', begin, start) + 1 or begin}:
                for sign in _CELLS:
                    if sign in lowered[first:line]:
                        yield from _below(sign, lowered[first:line], _lines(data, line))


def _columns(data: bytes, lowered: bytes) -> Iterator[Hit]:
    for begin, end in pairwise([*places(lowered, b"<table"), len(data)]):
        named: dict[int, str] | None = None
        for row, next_row in pairwise([*places(lowered[begin:end], b"<tr"), end - begin]):
            cells = list(_HTML_CELL.finditer(data, begin + row, begin + next_row))
            if named is None:
                found = [NAME.fullmatch(cell[1].lower()) for cell in cells]
                named = {at: kind_of(name[0]) for at, name in enumerate(found) if name}
            for at, kind in named.items():
                if at < len(cells) and looks_secret(cells[at][1], strict=True):
                    yield Hit(kind, cells[at][1], cells[at].start(1))


def _aligned(data: bytes, start: int, end: int, kind: str) -> Iterator[Hit]:
    # A text may begin in the middle of a line of JSON
    line = max(data.rfind(sign, max(0, start - _NAMES), start) for sign in (b"\n", b'"')) + 1
    whole = _ENDS_A_CELL.match(data, end) and (start == line or data[start - 1] in b"\t |\x82")
    if not whole or (not line and start > _NAMES):
        return
    left, right = start - line, end - line
    # Decoded text may begin with letters that were in front of it
    slack = 0 if line else 3
    for _ in range(_ROWS):
        line = data.find(b"\n", line, line + _NAMES) + 1
        end = data.find(b"\n", line, line + _NAMES)
        row = data[line : end if end >= 0 else line + _NAMES]
        if not line or not row.strip():
            return
        # Numbers are aligned at their right, and so is text in pandas; others center names
        for place in (left, right - 1):
            begin = max(row.rfind(blank, 0, place + 1) for blank in (b" ", b"\t")) + 1
            found = _WORD.match(row, begin)
            if found and _is_aligned(*found.span(), left, right, slack) and _is_secret(found[0]):
                yield Hit(kind, found[0], line + begin)
                break


def _is_aligned(start: int, end: int, left: int, right: int, slack: int) -> bool:
    return start == left or abs(end - right) <= slack or (start < left and end > right)


def _listed(data: bytes, lowered: bytes, found: re.Match[bytes]) -> Iterator[Hit]:
    """Yield the secrets in lists after one of names, as pandas splits a frame, and in SQL."""
    start, end = found.span()
    after = _AFTER_NAMES.match(lowered, end)
    if after and after["copy"]:
        yield from _below(b"\t", found[1].replace(b",", b"\t"), _lines(data, after.end()))
    elif after or (
        lowered[start] == ord("[")
        and (b"," in found[1] or _LABEL.search(lowered[max(0, start - 40) : start]))
    ):
        rows = ((one.start(1), one[1]) for one in _LIST.finditer(data, end, end + _ROWS * _ROW))
        yield from _below(b",", found[1], rows)


def _below(sign: bytes, row_of_names: bytes, rows: Iterator[Row]) -> Iterator[Hit]:
    heads = _cells(row_of_names, sign)
    named = [NAME.fullmatch(name) for name in heads]
    for start, row in islice(rows, _ROWS if any(named) else 0):
        cells = _cells(row, sign)
        if cells == heads:
            return
        for name, cell in zip(named, cells, strict=False):
            if name and len(cells) == len(named) and _is_secret(cell):
                yield Hit(kind_of(name[0]), cell, start + row.find(cell))


def _is_secret(cell: bytes) -> bool:
    return bool(BARE.fullmatch(cell)) and looks_secret(cell, strict=True)


def _cells(row: bytes, sign: bytes) -> list[bytes]:
    return [cell.strip(_AROUND_CELL) for cell in _CELLS[sign].findall(row + sign)]


def _line(data: bytes, place: int) -> tuple[int, int]:
    """Return the start and the end of the line at a place; an empty one if it is too long."""
    start = data.rfind(b"\n", max(0, place - _NAMES), place) + 1
    end = data.find(b"\n", place, place + _NAMES)
    if end < 0 or (not start and place > _NAMES):
        return place, place
    return start, end


def _lines(data: bytes, end: int) -> Iterator[Row]:
    while (start := data.find(b"\n", end, end + _ROW) + 1) and start < len(data):
        end = data.find(b"\n", start, start + _ROW)
        end = min(start + _ROW, len(data)) if end < 0 else end
        yield start, data[start:end]
