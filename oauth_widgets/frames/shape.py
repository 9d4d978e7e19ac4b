"""The shape of JSON, seen without reading it: how deep it is, and how many cells it makes.

What is looked at here may be hostile, so each step takes time and memory by its length alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from oauth_widgets.frames.size import CELL, COLUMN

_Numbers = np.ndarray[Any, Any]
_PIECE = 2**20
_STRUCTURE = b'{}[]"'
_NOT_STRUCTURE = bytes(set(range(256)) - set(_STRUCTURE))
_QUOTE, _COLON, _OPENS, _CLOSES = b'":{}'
_BYTES_A_MARK = 32
_SMALL = 64 * 2**20
_MOST_NAMES = 2**16
_HEAD = COLUMN // CELL
"""How many cells take as much space as a column takes besides its own."""


_STEP = np.zeros(256, np.int8)
_STEP[list(b"{[")] = 1
_STEP[list(b"}]")] = -1
_MARK = np.zeros(256, bool)
_MARK[list(b'{}":')] = True


def is_one_object(body: bytes, deepest: int) -> bool:
    """Whether this may be one object, nested no deeper than `deepest`."""
    # What is escaped is neither the end of a text nor structure.
    if b"\\" in body:
        body = body.replace(b"\\\\", b"").replace(b'\\"', b"")
    rest = body.translate(None, _NOT_STRUCTURE).replace(b'""', b"")
    if rest[:1] != b"{" or rest[-1:] != b"}":
        return False
    marks = np.frombuffer(rest, np.uint8)
    depth, inside = 0, False
    for start in range(0, len(marks), _PIECE):
        piece = marks[start : start + _PIECE]
        text = np.bitwise_xor.accumulate(piece == _QUOTE) ^ inside
        depths = np.cumsum(np.where(text, 0, _STEP[piece]), dtype=np.int32) + depth
        depth, inside = int(depths[-1]), bool(text[-1])
        # It is closed at the very end and not before.
        last = start + len(piece) == len(marks)
        if depths.max() > deepest or depths[: -1 if last else None].min(initial=1) < 1:
            return False
    return depth == 0 and not inside


def too_many_cells(body: bytes, most: int) -> bool:
    """Whether the columns of this JSON may take more space than `most` cells.

    It is True, too, for what is no JSON, or too large to tell.
    """
    objects, members = body.count(b"{"), body.count(b":")
    if (objects + _HEAD) * members <= most:
        return False
    if (objects * 2 + members + body.count(b'"')) * _BYTES_A_MARK > max(most * CELL, _SMALL):
        return True
    if b"\\" in body:
        body = body.replace(b"\\\\", b"\1\1").replace(b'\\"', b"\1\1")
    bound = _bound(body)
    if bound is not None and bound <= most:
        return False
    cells = _cells(body)
    return cells is None or cells > most


def _bound(body: bytes) -> int | None:
    """Return the most space that JSON without escapes may take, in cells; needs a few megabytes.

    It takes each name at a depth to be in every object above it. None for what is no JSON, or has
    too many names for that.
    """
    text, opened = np.frombuffer(body, np.uint8), np.zeros(1, np.int64)
    names: dict[int, set[bytes]] = {}
    places, marks = np.zeros(0, np.int32), np.zeros(0, np.uint8)
    depth, inside = 0, False
    for start in range(0, len(text), _PIECE):
        # A name may have begun in the piece before
        before = len(marks[-2:])
        more = (np.flatnonzero(_MARK[text[start : start + _PIECE]]) + start).astype(np.int32)
        quotes = text[more] == _QUOTE
        within = np.bitwise_xor.accumulate(quotes) ^ inside
        inside = bool(within[-1]) if len(within) else inside
        places = np.concatenate([places[-2:], more[quotes | ~within]])
        marks = text[places]
        depths = np.cumsum(_STEP[marks[before:]], dtype=np.int64) + depth
        depth = int(depths[-1]) if len(depths) else depth
        colons = np.flatnonzero(marks[before:] == _COLON) + before
        if len(colons) and (colons[0] < 2 or (marks[colons - 1] != _QUOTE).any()):
            return None
        if len(depths) and depths.min() < 0:
            return None
        here = np.bincount(depths[marks[before:] == _OPENS], minlength=len(opened))
        here[: len(opened)] += opened
        opened = here
        found = _texts(body, places[colons - 2] + 1, places[colons - 1]).dictionary_encode()
        each = np.unique(depths[colons - before] * len(found.dictionary) + _indices(found))
        known = found.dictionary.to_pylist()
        for one in each.tolist():
            names.setdefault(one // len(known), set()).add(known[one % len(known)])
        if sum(map(len, names.values())) > _MOST_NAMES:
            return None
    return _most_cells({at: len(some) for at, some in names.items()}, opened)


def _most_cells(names: dict[int, int], opened: _Numbers) -> int | None:
    longest, paths, cells = np.cumsum(opened), 1, 0
    if sorted(names) != list(range(1, len(names) + 1)):
        return None
    for depth in sorted(names):
        paths *= names[depth]
        cells += paths * (int(longest[min(depth, len(longest) - 1)]) + _HEAD)
    return cells


def _cells(body: bytes) -> int | None:
    """Return the space that JSON without escapes takes, in cells; None if it is no JSON.

    At each depth there is a column for each path that leads there, as long as there are objects.
    """
    text = np.frombuffer(body, np.uint8)
    places = np.concatenate(
        [
            (np.flatnonzero(_MARK[text[start : start + _PIECE]]) + start).astype(np.int32)
            for start in range(0, len(text), _PIECE)
        ]
    )
    marks = text[places]
    quotes = marks == _QUOTE
    kept = quotes | ~np.bitwise_xor.accumulate(quotes)
    places, marks = places[kept], marks[kept]
    depths = np.cumsum((marks == _OPENS).astype(np.int8) - (marks == _CLOSES), dtype=np.int32)
    colons = np.flatnonzero(marks == _COLON)
    if len(colons) == 0 or colons[0] < 2 or (marks[colons - 1] != _QUOTE).any():
        return None
    names = _numbered(_texts(body, places[colons - 2] + 1, places[colons - 1]))
    paths = _paths(names, depths[colons])
    if paths is None:
        return None
    opened = np.bincount(np.maximum(depths[marks == _OPENS], 0), minlength=len(paths) + 1)
    longest = np.cumsum(opened)
    return sum(count * (int(longest[depth]) + _HEAD) for depth, count in paths.items())


def _texts(body: bytes, starts: _Numbers, ends: _Numbers) -> pa.Array:
    """Return what is in `body` between each start and its end."""
    offsets = np.empty(2 * len(starts), np.int32)
    offsets[0::2], offsets[1::2] = starts, ends
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(body)]
    between = pa.Array.from_buffers(pa.binary(), max(len(offsets) - 1, 0), buffers)
    return between.take(pa.array(np.arange(0, len(offsets), 2)))


def _numbered(values: pa.Array) -> _Numbers:
    """Return a number for each of the values, the same for the same."""
    return _indices(values.dictionary_encode())


def _indices(encoded: pa.DictionaryArray) -> _Numbers:
    numbers: _Numbers = encoded.indices.to_numpy()
    return numbers.astype(np.int64)


def _paths(names: _Numbers, depths: _Numbers) -> dict[int, int] | None:
    """Return how many paths there are at each depth; None if one is without an object."""
    found: dict[int, int] = {}
    above, above_paths = np.zeros(0, np.int64), np.zeros(0, np.int64)
    for depth in range(1, int(depths.max()) + 1):
        here = np.flatnonzero(depths == depth)
        if len(here) == 0 or (depth > 1 and len(above) == 0):
            return None
        paths = names[here]
        if depth > 1:
            parents = np.searchsorted(above, here) - 1
            paths = paths + above_paths[np.maximum(parents, 0)] * (int(names.max()) + 1)
        above, above_paths = here, _numbered(pa.array(paths))
        found[depth] = int(above_paths.max()) + 1
    return found if depths.min() > 0 else None
