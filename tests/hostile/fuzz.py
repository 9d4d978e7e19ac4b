# ruff: noqa: T201 - a script says what it found
"""Feeds changed answers to all that reads them, and keeps what should not have happened.

    python tests/hostile/fuzz.py                    # a minute
    python tests/hostile/fuzz.py --seconds 600 --count 1000000 --only link --seed 7

Each input is an honest one, or one of the corpus, changed in a few places. It has to be read or
refused by an error of ours, in a time that grows with its length and no faster. What breaks that is
written to tests/hostile/corpus, which every run of the tests replays. Unix only.
"""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import json
import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.hostile.inputs import CORPUS, KINDS, feed, honest

AT_LEAST = 0.5
"""Seconds of computing that any input may take."""

A_BYTE = 2e-5
"""Seconds more for each of its bytes."""

HANGS = 30.0
"""Seconds after which the whole is stopped, if no signal gets through."""

FOUND = 3
"""How a child ends that found something; with 1 it is ended as it hangs."""

LONGEST = 200_000
WORDS = [
    *(b'"', b"\\", b"{", b"}", b"[", b"]", b",", b":", b";", b"<", b">", b"=", b"&", b"#", b"?"),
    *(b".", b"..", b"/", b"\n", b"\r\n", b"\t", b" ", b"\0", b"\xff", b"\xef\xbb\xbf", b"\x1f\x8b"),
    *(b"null", b"true", b"NaN", b"-0", b"1e999", b"9" * 400, b"0.1", b"[]", b"{}", b'""'),
    *(
        b"\\ud800",
        b"\xed\xa0\x80",
        b"%00",
        b"%ff",
        b"[::1]",
        b"@",
        b"PAR1",
        b"rel=next",
        b"Bearer ",
    ),
    *(b"http://", b"https://", b"javascript:", b"\xe2\x80\xae", b"1970-01-01", b"none"),
]
LEAVES: list[Any] = [
    *(None, True, False, 0, -1, 2**63, 2**64, 10**400, 0.5, 1e308, -0.0, "", " ", "\0", "\ud800"),
    *([], {}, [[]], [{}], [None], {"": {}}, "a" * 5000, "https://[::1]/", [1, "a", {}], {"a.b": 1}),
]


class TooSlow(Exception):
    """An input took longer than its length allows."""


def changed(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """Return `data` changed in a few places, by its structure if that is known."""
    if chance.random() < 0.3:
        try:
            tree = json.loads(data)
        except (ValueError, RecursionError):
            pass
        else:
            return json.dumps(_pruned(tree, chance, depth=0)).encode("utf-8", "surrogatepass")
    for _ in range(chance.choice([1, 1, 1, 2, 4, 8])):
        data = _edited(data, others, chance)
    return data[:LONGEST]


def _pruned(tree: Any, chance: random.Random, depth: int) -> Any:
    if depth > 30 or chance.random() < 0.12:
        return chance.choice(LEAVES)
    if isinstance(tree, dict):
        members = {name: _pruned(value, chance, depth + 1) for name, value in tree.items()}
        if members and chance.random() < 0.2:
            members.pop(chance.choice(list(members)))
        if members and chance.random() < 0.1:
            members["".join(chance.choice(["a", ".", "\0", "é", "id"]) for _ in range(3))] = 1
        return members
    if isinstance(tree, list):
        items = [_pruned(value, chance, depth + 1) for value in tree]
        return items * chance.choice([1, 1, 1, 2, 50]) if depth < 3 else items
    return tree


def _edited(data: bytes, others: list[bytes], chance: random.Random) -> bytes:
    start = chance.randint(0, len(data))
    end = min(len(data), start + chance.choice([0, 1, 2, 8, 64]))
    piece = data[start:end]
    match chance.randrange(6):
        case 0:  # a word put in, or in the place of something
            piece = chance.choice(WORDS)
        case 1:  # a bit turned
            piece = bytes(byte ^ (1 << chance.randrange(8)) for byte in piece)
        case 2:  # left out
            piece = b""
        case 3:  # many times
            piece = (piece or chance.choice(WORDS)) * chance.choice([2, 10, 1000])
        case 4:  # grown together with another
            other = chance.choice(others)
            piece = other[chance.randint(0, len(other)) :]
        case 5:  # its end lost
            return data[:start]
    return data[:start] + piece + data[end:]


def tried(kind: str, data: bytes) -> str | None:
    """Return what was wrong with how `data` was read; None if all was well."""
    allowed = AT_LEAST + A_BYTE * len(data)
    # of this process alone: the machine may do other things too
    signal.setitimer(signal.ITIMER_PROF, allowed)
    begun = time.process_time()
    faulthandler.dump_traceback_later(HANGS + allowed, exit=True)
    try:
        feed(kind, data)
    except TooSlow:
        pass
    except Exception as problem:  # noqa: BLE001 - whatever it is, that is what is looked for
        last = traceback.extract_tb(problem.__traceback__)[-1]
        return f"{type(problem).__name__} in {Path(last.filename).name}:{last.lineno}"
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        faulthandler.cancel_dump_traceback_later()
    # Checked once more, since an alarm inside a finalizer is ignored
    if time.process_time() - begun > allowed:
        return f"took more than it may for {len(data)} bytes"
    return None


def _alarm(_: int, __: FrameType | None) -> NoReturn:
    raise TooSlow


def known(kind: str) -> list[bytes]:
    return [file.read_bytes() for file in sorted((CORPUS / kind).glob("*"))]


def kept(kind: str, data: bytes, wrong: str) -> None:
    """Put an input into the corpus, and say what it did."""
    name = hashlib.sha256(data).hexdigest()[:12]
    (CORPUS / kind).mkdir(parents=True, exist_ok=True)
    (CORPUS / kind / name).write_bytes(data)
    print(f"{kind}: {wrong}: corpus/{kind}/{name}", flush=True)


def fuzzed(kinds: list[str], seconds: float, count: int, chance: random.Random, last: Path) -> int:
    """Try changed inputs, each written to `last` before; return how many kinds of fault were found.

    What ends the process itself, a library's abort or a hang, is there to be read for the parent.
    """
    signal.signal(signal.SIGPROF, _alarm)
    right = honest()
    seeds = {kind: right[kind] + known(kind) for kind in kinds}
    done, found, end = Counter[str](), set[tuple[str, str]](), time.monotonic() + seconds
    while time.monotonic() < end and done.total() < count:
        kind = chance.choice(kinds)
        data = changed(chance.choice(seeds[kind]), seeds[kind], chance)
        last.write_bytes(f"{kind}\n".encode() + data)
        wrong = tried(kind, data)
        done[kind] += 1
        if wrong is not None and (kind, wrong.partition(" for ")[0]) not in found:
            found.add((kind, wrong.partition(" for ")[0]))
            kept(kind, data, wrong)
    print(", ".join(f"{kind} {many}" for kind, many in sorted(done.items())))
    print(f"{done.total()} inputs, {len(found)} found", flush=True)
    return len(found)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--count", type=int, default=10**9)
    parser.add_argument("--only", choices=list(KINDS), action="append")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--replay", type=Path, nargs="*", help="files of the corpus, and no others")
    chosen = parser.parse_args()
    for file in chosen.replay or ():
        feed(file.parent.name, file.read_bytes())
    if chosen.replay is not None:
        return 0
    print(f"seed {chosen.seed}", flush=True)
    chance, kinds = random.Random(chosen.seed), chosen.only or list(KINDS)
    with tempfile.TemporaryDirectory() as folder:
        last = Path(folder) / "last"
        child = os.fork()
        if child == 0:
            found = fuzzed(kinds, chosen.seconds, chosen.count, chance, last)
            os._exit(FOUND if found else 0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if status not in (0, FOUND):
            kind, _, data = last.read_bytes().partition(b"\n")
            kept(kind.decode(), data, f"it ended the process ({status})")
    return 1 if status else 0


if __name__ == "__main__":
    sys.exit(main())
