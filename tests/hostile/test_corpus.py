"""What a fuzzer found once, and what is right: read, or refused by an error of ours, in time."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest

from ..helpers.growth import is_within
from .fuzz import changed
from .inputs import CORPUS, KINDS, feed, honest

FOUND = sorted(file for file in CORPUS.glob("*/*") if file.is_file())
SHORT = 5000
"""Bytes, of which four times as many are read in about four times the time."""

REPEATED = [
    "document",
    "challenge",
    "link",
    "headers",
    "callback",
    "pasted",
    "json",
    "lines",
    "csv",
]
ENOUGH = 0.02
"""Seconds below which a ratio of two times is mere noise."""


def test_what_was_found_once_in_parquet_files_does_not_end_the_process() -> None:
    """A library's abort would be the end of this one too."""
    files = [str(file) for file in FOUND if file.parent.name == "parquet"]
    script = Path(__file__).with_name("fuzz.py")
    ran = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(script), "--replay", *files],
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.parametrize(
    "file",
    [file for file in FOUND if file.parent.name != "parquet"],
    ids=lambda file: f"{file.parent.name}/{file.name}",
)
def test_what_was_found_once_is_read_or_refused(file: Path) -> None:
    begun = time.monotonic()
    feed(file.parent.name, file.read_bytes())
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_right_is_read_without_an_error(kind: str) -> None:
    for data in honest()[kind]:
        if kind not in {"callback", "pasted", "document", "token"}:
            KINDS[kind](data)
        else:
            feed(kind, data)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "parquet"])
def test_what_is_nearly_right_is_read_or_refused(kind: str) -> None:
    chance, seeds = random.Random(f"{kind} 1"), honest()[kind]
    for _ in range(150):
        feed(kind, changed(chance.choice(seeds), seeds, chance))


@pytest.mark.parametrize("kind", REPEATED)
def test_four_times_as_much_takes_about_four_times_as_long(kind: str) -> None:
    """Each piece of a right input, and of those that were found, over and over."""
    pieces = {b"\n", b" ", b",", b";", b'"', b"\\", b"<", b"[", b"=", b"&", b'"\\', b", ;", b"a "}
    for data in [*honest()[kind], *(f.read_bytes() for f in FOUND if f.parent.name == kind)]:
        pieces |= {data[at : at + 3] for at in range(0, min(len(data), 60), 7)}
    slow = [piece for piece in sorted(pieces) if piece and _grows_too_fast(kind, piece)]
    assert slow == []


def _grows_too_fast(kind: str, piece: bytes) -> bool:
    """Whether four times as much takes over nine times as long; squared it takes 16."""
    start = b'{"a":1}' if kind in {"json", "lines"} else b""
    short, long = (start + piece * (length // len(piece)) for length in (SHORT, 4 * SHORT))
    return not is_within(9, lambda: feed(kind, long), lambda: feed(kind, short), enough=ENOUGH)
