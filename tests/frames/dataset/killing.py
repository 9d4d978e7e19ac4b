"""Processes that fetch a dataset and are killed: forked from one that has loaded everything."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as pads

from .scripted import UPDATES, Scripted, changing

ROOT = Path(__file__).parents[3]
NURSERY = """
import json, os, sys
sys.path.insert(0, {root!r})
import oauth_widgets.frames.dataset.fetch, oauth_widgets._net.direct, oauth_widgets._net.client
from tests.frames.dataset.scripted import session_for
while line := sys.stdin.readline():
    origin, folder, options = json.loads(line)
    child = os.fork()
    if not child:
        session_for(origin).to_dataset("/rows", folder, progress=False, **options)
        os._exit(0)
    print(child, flush=True)
    sys.stdin.readline()  # Until then no other process has its number.
    print(os.waitpid(child, 0)[1], flush=True)
"""
OPTIONS: dict[str, Any] = {"partition_rows": 60}


class Nursery:
    """Begins a fetch in a new process; `begin` returns its number, `ended` how it ended."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def begin(self, origin: str, folder: Path, options: dict[str, Any]) -> int:
        self._say(json.dumps([origin, str(folder), options]))
        return int(self._line())

    def ended(self) -> int:
        self._say("")
        return int(self._line())

    def _say(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()

    def _line(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


@contextmanager
def nursery() -> Iterator[Nursery]:
    with subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, "-W", "ignore", "-c", NURSERY.format(root=str(ROOT))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        try:
            yield Nursery(process)
        finally:
            process.stdin.close()


def kill_at_random(
    children: Nursery, api: Scripted, folder: Path, options: dict[str, Any], chance: random.Random
) -> bool:
    """Begin a fetch and kill it after some requests and some milliseconds; True if it was done."""
    while api.arrived.acquire(blocking=False):
        pass
    api.at_the_end.clear()
    child = children.begin(api.origin, folder, options)
    pages = chance.choice([0, 1, 3, 8, 20, None])
    if pages is None:
        # Among the parts, once all pages are there.
        api.at_the_end.wait(10)
        time.sleep(chance.random() * 0.3)
    for _ in range(pages or 0):
        # A fetch that ends asks no more.
        if not api.arrived.acquire(timeout=1):
            break
    time.sleep(chance.random() * chance.choice([0.002, 0.02, 0.06]))
    os.kill(child, signal.SIGKILL)
    return children.ended() == 0


def kill_many(kills: int, folder: Path, seed: int) -> int:
    """Kill fetches that many times, and see that each dataset is whole; return how many there were.

    Each dataset is brought up to date once, after a third of its rows changed, which is killed
    likewise.
    """
    chance = random.Random(seed)
    rows, done, datasets = changing(400), 0, 0
    with nursery() as children:
        while done < kills:
            place = folder / f"dataset-{datasets}"
            api = Scripted(list(rows))
            try:
                for pages, options in ((40, OPTIONS), (14, {**OPTIONS, **UPDATES})):
                    before = len(api.asked)
                    here = _until_done(children, api, place, options, chance, kills - done)
                    done += here
                    # The page that was under way, and the one after it that was asked for already.
                    assert len(api.asked) - before <= pages + 2 * here
                    check_whole(api, place)
                    newer = {at: {**rows[at], "text": "new"} for at in range(0, 400, 3)}
                    kept = [row for at, row in enumerate(rows) if at not in newer]
                    api.rows = kept + [
                        {**row, "updated_at": "2026-01-02T00:00:00Z"} for row in newer.values()
                    ]
            finally:
                api.close()
            datasets += 1
    return datasets


def _until_done(  # noqa: PLR0917 - what is killed, where, how often
    children: Nursery,
    api: Scripted,
    folder: Path,
    options: dict[str, Any],
    chance: random.Random,
    most: int,
) -> int:
    """Kill a fetch up to `most` times, then leave it alone; return how often it was killed."""
    kills = 0
    while kills < most:
        if kill_at_random(children, api, folder, options, chance):
            return kills
        kills += 1
    children.begin(api.origin, folder, options)
    assert children.ended() == 0
    return kills


def check_whole(api: Scripted, folder: Path) -> None:
    """See that the rows are those of one whole fetch, each once, and that all parts agree."""
    whole: pa.Table = api.session().arrow("/rows", progress=False)
    files = sorted(folder.glob("*.parquet"))
    schemas = {pads.dataset(file).schema.remove_metadata().to_string() for file in files}
    assert len(schemas) == 1
    found = pads.dataset(folder).to_table().select(whole.column_names)
    assert found.num_rows == whole.num_rows
    order = [("id", "ascending")]
    pd.testing.assert_frame_equal(
        found.sort_by(order).to_pandas(), whole.sort_by(order).to_pandas(), check_dtype=False
    )


if __name__ == "__main__":
    import tempfile

    wanted, begun = int(sys.argv[1]), time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        number = kill_many(wanted, Path(place), seed=int(sys.argv[2]) if sys.argv[2:] else 1)
    print(f"{wanted} kills, {number} datasets whole, {time.monotonic() - begun:.0f} s")  # noqa: T201
