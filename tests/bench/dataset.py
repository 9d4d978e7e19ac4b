# ruff: noqa: T201 - a script says what it measured
"""A million rows to a dataset: how long, in what memory, and what a stop costs (Linux).

    python tests/bench/dataset.py                # one process for each way, three rounds
    python tests/bench/dataset.py --rounds 1

The ratios are those of one round, so a busy machine slows both down alike. `CPU` is the time that
the process computed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
MEASURED = """
import re, sys, time
sys.path.insert(0, {root!r})
from tests.bench.signed_in import signed_in
session = signed_in({origin!r})
def peak():
    with open("/proc/self/status", encoding="ascii") as status:
        return int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read())[1]) / 1024
begun, spent = time.perf_counter(), time.process_time()
{call}
print(time.perf_counter() - begun, time.process_time() - spent, peak())
"""
PAGES = {"large": (1000, 1000), "small": (10_000, 100)}
"""How many pages, of how many rows each."""

WAYS = {
    "to_parquet": 'session.to_parquet({url!r}, {folder!r} + "/rows.parquet", progress=False)',
    "to_dataset": 'session.to_dataset({url!r}, {folder!r} + "/rows", progress=False)',
    "with a key": 'session.to_dataset({url!r}, {folder!r} + "/rows", key="id", progress=False)',
    "once more": 'session.to_dataset({url!r}, {folder!r} + "/rows", key="id", progress=False)',
}


def measured(origin: str, call: str) -> tuple[float, float, float]:
    """Return the seconds, the seconds computed, and the megabytes of a process at its peak."""
    script = MEASURED.format(root=str(ROOT), origin=origin, call=call)
    ran = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    seconds, computed, peak = map(float, ran.stdout.split())
    return seconds, computed, peak


def round_of(origin: str, size: str) -> dict[str, tuple[float, float, float]]:
    """Measure each way once; the last one finds a complete dataset."""
    pages, rows = PAGES[size]
    url = f"{origin}/events?pages={pages}&rows={rows}"
    found = {}
    with tempfile.TemporaryDirectory() as kept:
        for name, call in WAYS.items():
            with tempfile.TemporaryDirectory() as own:
                folder = kept if name in {"with a key", "once more"} else own
                found[name] = measured(origin, call.format(url=url, folder=folder))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    rounds = parser.parse_args().rounds
    script = Path(__file__).with_name("pages.py")
    with subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True
    ) as server:
        try:
            assert server.stdout is not None
            origin = f"http://127.0.0.1:{server.stdout.readline().strip()}"
            for size, (pages, rows) in PAGES.items():
                print(f"{pages * rows:,} rows in {pages:,} pages")
                found = [round_of(origin, size) for _ in range(rounds)]
                for name in WAYS:
                    columns = zip(*(one[name] for one in found), strict=True)
                    seconds, computed, peak = (statistics.median(column) for column in columns)
                    ratio = statistics.median(one[name][1] / one["to_parquet"][1] for one in found)
                    print(
                        f"  {name:12} {seconds:6.1f} s, CPU {computed:5.1f} s "
                        f"({ratio:.2f} x to_parquet), {peak:4.0f} MB at the peak",
                        flush=True,
                    )
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
