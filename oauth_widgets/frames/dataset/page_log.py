"""Pages that are in no part yet: a file that grows by one page at a time.

Each entry has a checksum, so one that was being written when the process or the machine ended
counts as not written, and neither does what follows it.
"""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from oauth_widgets.frames.columns import Page
from oauth_widgets.frames.packed import packed, unpacked
from oauth_widgets.frames.saved import Saved

_HEAD = struct.Struct("<4sIQI")
_MARK = b"page"


@dataclass(frozen=True)
class Entry:
    """A page of the address number `at`, and the state after it.

    There is no page after one that repeated the one before it. There is no state if that is known
    from elsewhere. One that doesn't `count` has its rows in a part already: it was the last.
    """

    at: int
    state: Saved | None
    page: Page | None
    counts: bool = True

    def bytes(self) -> bytes:
        """Return it as the file has it."""
        facts: dict[str, Any] = {"at": self.at, "state": self.state, "counts": self.counts}
        if self.page is not None:
            facts["rows"] = self.page.rows
        said = json.dumps(facts, ensure_ascii=False, separators=(",", ":")).encode()
        body = b"" if self.page is None else packed(self.page)
        check = zlib.crc32(body, zlib.crc32(said))
        return b"".join((_HEAD.pack(_MARK, len(said), len(body), check), said, body))


def entries(path: Path) -> tuple[list[Entry], int]:
    """Return the entries of a file that are whole, and the byte after the last one.

    There are none if there is no file. Raises OSError.
    """
    found: list[Entry] = []
    end = 0
    for facts, body, stop in _whole(path):
        try:
            page = unpacked(bytes(body)) if body else None
            entry = Entry(int(facts["at"]), facts["state"], page, facts["counts"] is True)
        except (pa.ArrowException, OSError, ValueError, LookupError, TypeError):
            break
        found.append(entry)
        end = stop
    return found, end


def rows_in(path: Path) -> int:
    """Return how many rows the entries of a file have, without reading them. Raises OSError."""
    return sum(facts.get("rows", 0) for facts, _, _ in _whole(path) if facts["counts"] is True)


def _whole(path: Path) -> Iterator[tuple[dict[str, Any], bytes, int]]:
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return
    with file:
        size = path.stat().st_size
        while (one := _next(file, size - file.tell())) is not None:
            yield (*one, file.tell())


def _next(file: BinaryIO, left: int) -> tuple[dict[str, Any], bytes] | None:
    head = file.read(_HEAD.size)
    if len(head) < _HEAD.size:
        return None
    mark, length, size, check = _HEAD.unpack(head)
    if mark != _MARK or length + size > left - _HEAD.size:
        return None
    said, body = file.read(length), file.read(size)
    if zlib.crc32(body, zlib.crc32(said)) != check:
        return None
    try:
        facts = json.loads(said)
    except (ValueError, RecursionError):
        return None
    sound = isinstance(facts, dict) and type(facts.get("at")) is int and "counts" in facts
    state = facts.get("state") if sound else 0
    return (facts, body) if state is None or isinstance(state, dict) else None
