"""What is worth a look when a text is searched: what wasn't seen yet, and may be text at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from oauth_widgets.secret.streams import Budget, may_hold_streams

SHORTEST_BASE64 = 24
"""The shortest base64 that can hold a parameter with its value."""
_SHORTEST = 16
_PRINTABLE = bytes(97 if 32 <= byte < 127 or byte in b"\t\n\r\x1b" else 0 for byte in range(256))
_WIDE = re.compile(rb"(?:[\t\n\r\x1b -~]\0){3,}+[\t\n\r\x1b -~]?")
"""UTF-16 in either order of bytes."""
_SIGNS = (
    ("│".encode(), b"|  "),
    ("→".encode(), b"-> "),
    ("\uff1a".encode(), b":  "),
    ("\u00a0".encode(), b"  "),
)
"""What may separate a name from its value and is not ASCII, with something like it."""


def regions(mask: bytes, needle: bytes) -> Iterator[tuple[int, int]]:
    """Yield the places of `needle` in `mask`, each up to the next zero."""
    start = mask.find(needle)
    while start >= 0:
        end = mask.find(b"\0", start)
        end = len(mask) if end < 0 else end
        yield start, end
        start = mask.find(needle, end)


class Sieve:
    """Keeps out of one search what can hold no secret, and what was searched before.

    `values` are the secrets that are looked for. Base64 of fewer than `shortest` characters matters
    to none of them.
    """

    def __init__(self, size: int, values: Sequence[bytes]) -> None:
        # Such a value may look like binary data
        self._whole = not all(map(bytes.isascii, values))
        most = SHORTEST_BASE64 - self._whole
        self.shortest = min([most, *(len(value) * 4 // 3 for value in values)])
        self.budget = Budget(size)
        self._text = b"a" * min(self.shortest * 3 // 4, _SHORTEST)
        self._wide = self._text.replace(b"a", b"a\0")
        self._depths: dict[int, int] = {}

    def is_new(self, data: bytes, depth: int, kind: object = None) -> bool:
        """Tell whether this was not searched yet, for as many spellings at least in one another.

        There is often more than one way to the same image or line.
        """
        key = hash((data, kind))
        new = self._depths.get(key, 0) < depth
        if new:
            self._depths[key] = depth
        return new

    def may_hold_text(self, data: bytes) -> bool:
        """Tell whether there is text in data that may be binary, or may be compressed in it."""
        mask = data.translate(_PRINTABLE)
        return self._whole or self._text in mask or self._wide in mask or may_hold_streams(data)

    def texts_in(self, data: bytes) -> bytes:
        """Return the text in data that may be binary, such as an image, separated by NUL."""
        if self._whole:
            return self._as_utf_16(data)
        if not data.isascii():
            for sign, alike in _SIGNS:
                data = data.replace(sign, alike)
        mask = data.translate(_PRINTABLE)
        found = [data[start:end] for start, end in regions(mask, self._text)]
        if self._wide in mask:
            found += [text for _, text in wide(data)]
        return b"\0".join(found)

    def as_utf_16(self, data: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield what is UTF-16 in `data`, with its place."""
        if b"\0" in data:
            yield from wide(data)
            if self._whole:
                yield 0, self._as_utf_16(data)

    @staticmethod
    def _as_utf_16(data: bytes) -> bytes:
        if b"\0" not in data:
            return data
        both = (data[at:].decode("utf-16-le", "ignore").encode() for at in range(2))
        return b"\0".join((data, *both))


def wide(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the ASCII text that is UTF-16 in `data`, with its place."""
    return ((run.start(), run[0].replace(b"\0", b"")) for run in _WIDE.finditer(data))
