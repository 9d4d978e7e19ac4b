"""Rows of cells below a row of names: CSV, SQL, LaTeX, Markdown, and lists as pandas splits them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from oauth_widgets.secret.parameters import BARE, TABLE_NAME, Hit, kind_of, looks_secret

_WORD = re.compile(rb"token|secret|verifier|code|assertion")
_ROWS, _NAMES, _ROW = 8, 2000, 16_384
"""How many rows below the names are looked at, and how long the names and a row may be."""
_QUOTED = rb"""\"(?:[^"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'"""
_LIST = re.compile(
    rb"""[\[(]((?:%b|\([^()\[\]"']{0,80}\)|[^\[\]()"'])*+)[\])]""" % _QUOTED, re.DOTALL
)
_CELLS = {
    sign: re.compile(rb"""((?:%b|[^%b"'])*+)(?:%b|\Z)""" % (_QUOTED, sign, sign), re.DOTALL)
    for sign in (b",", b";", b"\t", b"|", b"&")
}
_AROUND_CELL = b" \t\r\n\"'`\\"
_LABEL = re.compile(rb"(?:columns|cols|fields|headers?|names|keys)\W{1,12}\Z")
_AFTER_NAMES = re.compile(rb"\s{0,20}(?:values\b|(?P<copy>from stdin;))")

Row = tuple[int, bytes]


def rows(data: bytes) -> Iterator[Hit]:
    """Yield the secrets in rows whose cells are named by a row before them."""
    lowered, done = data.lower(), 0
    for found in _WORD.finditer(lowered):
        if found.start() < done:
            continue
        for sign, names, below, end in _tables(data, lowered, found.start()):
            named = [TABLE_NAME.fullmatch(name) for name in _cells(names, sign)]
            if not any(named):
                continue
            done = end
            for start, row in islice(below, _ROWS):
                cells = _cells(row, sign)
                for name, cell in zip(named, cells, strict=False):
                    if name and len(cells) == len(named) and BARE.fullmatch(cell):
                        if looks_secret(cell, strict=True):
                            yield Hit(kind_of(name[0]), cell, data.find(cell, start))
            break


def _cells(row: bytes, sign: bytes) -> list[bytes]:
    return [cell.strip(_AROUND_CELL) for cell in _CELLS[sign].findall(row)]


def _tables(
    data: bytes, lowered: bytes, name: int
) -> Iterator[tuple[bytes, bytes, Iterator[Row], int]]:
    """Yield what may be the names around a place: what separates them, the rows below, the end."""
    begin = max(0, name - _NAMES)
    start = max(lowered.rfind(sign, begin, name) for sign in (b"[", b"("))
    if start >= 0 and (whole := _LIST.match(lowered, start, name + _NAMES)):
        names, end = whole[1], whole.end()
        after = _AFTER_NAMES.match(lowered, end)
        if after and after["copy"]:
            yield b"\t", names.replace(b",", b"\t"), _lines(data, after.end()), end
        elif after or (
            lowered[start] == ord("[")
            and (b"," in names or _LABEL.search(lowered[max(0, start - 40) : start]))
        ):
            lists = _LIST.finditer(data, end, end + _ROWS * _ROW)
            yield b",", names, ((one.start(1), one[1]) for one in lists), end
    start, end = lowered.rfind(b"\n", begin, name) + 1, lowered.find(b"\n", name, name + _NAMES)
    if end >= 0 and (start or not begin):
        names = lowered[start:end]
        for sign in _CELLS:
            if sign in names:
                yield sign, names, _lines(data, end), end


def _lines(data: bytes, end: int) -> Iterator[Row]:
    while (start := data.find(b"\n", end, end + _ROW) + 1) and start < len(data):
        end = data.find(b"\n", start, start + _ROW)
        end = min(start + _ROW, len(data)) if end < 0 else end
        yield start, data[start:end]
