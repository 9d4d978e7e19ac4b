# ruff: noqa: T201 - a script says what it measured
"""Pages of an API to a DataFrame: the loop people write, this package, and the limit, in turn.

    python tests/bench/frames.py                  # all figures
    python tests/bench/frames.py --runs 9         # the median of so many rounds
    python tests/bench/frames.py --only cursor    # those with that word in their names

The loop is requests with `json_normalize`. The limit is aiohttp, 16 pages at a time, with Arrow's
JSON reader for large pages and with orjson for small ones. Neither checks anything, and the limit
knows all addresses from the start. All ways run in each round, and the ratios are those of one
round, so a busy machine slows all of them down alike. The ratio of the seconds that this process
computed is next to each ratio of times, since it depends even less on what else runs.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import orjson
import pandas as pd
import pyarrow as pa
import pyarrow.json as paj
import requests

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.signed_in import signed_in

AT_ONCE = 16
PAGES = 100


def loop(url: str) -> pd.DataFrame:
    """Follow `next`, collect the records, and have pandas take them apart."""
    records: list[Any] = []
    following: str | None = url
    while following:
        answer = requests.get(following, headers={"Authorization": "Bearer a-token"}, timeout=30)
        answer.raise_for_status()
        body = answer.json()
        records += body["items"]
        following = body["next"]
    return pd.json_normalize(records)


def limit(url: str) -> pd.DataFrame:
    """Fetch all pages side by side, each through Arrow's reader in one thread as it arrives."""
    return asyncio.run(_limit(url)).to_pandas(types_mapper=pd.ArrowDtype)


async def _limit(url: str) -> pa.Table:
    gate, here = asyncio.Semaphore(AT_ONCE), asyncio.get_running_loop()
    headers = {"Authorization": "Bearer a-token"}
    with ThreadPoolExecutor(1) as reader:
        async with aiohttp.ClientSession(headers=headers) as http:

            async def page(number: int) -> pa.Table:
                async with gate, http.get(f"{url}&page={number}") as answer:
                    body = await answer.read()
                return await here.run_in_executor(reader, _read, body)

            tables = await asyncio.gather(*(page(number) for number in range(PAGES)))
    return pa.concat_tables(tables).combine_chunks()


def _read(body: bytes) -> pa.Table:
    options = paj.ReadOptions(use_threads=False, block_size=len(body) + 1)
    table = paj.read_json(pa.BufferReader(body), options)
    records = table.column("items").chunk(0).flatten()
    return pa.Table.from_struct_array(records).flatten()


def ours(url: str, **options: Any) -> pd.DataFrame:
    """Let a session do it, with all checks on."""
    return signed_in(url.partition("/items")[0]).frame(url, progress=False, **options)


HEADERS = {"Authorization": "Bearer a-token"}


def cursor_loop(url: str) -> pd.DataFrame:
    """Follow a cursor, collect the records, and have pandas take them apart."""
    records: list[Any] = []
    cursor: str | None = ""
    while cursor is not None:
        params = {"cursor": cursor} if cursor else {}
        answer = requests.get(url, params=params, headers=HEADERS, timeout=30)
        answer.raise_for_status()
        body = answer.json()
        records += body["items"]
        cursor = body["next_cursor"]
    return pd.json_normalize(records)


def cursor_limit(url: str) -> pd.DataFrame:
    """Follow a cursor with aiohttp and orjson."""
    return pd.json_normalize(asyncio.run(_cursor_limit(url)))


async def _cursor_limit(url: str) -> list[Any]:
    records: list[Any] = []
    cursor: str | None = ""
    async with aiohttp.ClientSession(headers=HEADERS) as http:
        while cursor is not None:
            async with http.get(f"{url}&cursor={cursor}") as answer:
                body = orjson.loads(await answer.read())
            records += body["items"]
            cursor = body["next_cursor"]
    return records


def cursor_ours(url: str) -> pd.DataFrame:
    """Let a session follow the cursor."""
    return signed_in(url.partition("/events")[0]).frame(url, progress=False)


def singles_loop(url: str) -> range:
    """Fetch one page after the other, a frame each."""
    for number in range(SINGLES):
        answer = requests.get(url.format(id=number), headers=HEADERS, timeout=30)
        pd.json_normalize(answer.json()["items"])
    return range(SINGLES)


def singles_ours(url: str) -> range:
    """Call `frame` for one page after the other."""
    session = signed_in(url.partition("/customers")[0])
    for number in range(SINGLES):
        session.frame(url.format(id=number), progress=False)
    return range(SINGLES)


def each_loop(url: str) -> pd.DataFrame:
    """Fetch many addresses one after the other."""
    records: list[Any] = []
    for number in range(ADDRESSES):
        answer = requests.get(url.format(id=number), headers=HEADERS, timeout=30)
        records += answer.json()["items"]
    return pd.json_normalize(records)


def each_ours(url: str) -> pd.DataFrame:
    """Have one call fetch them."""
    session = signed_in(url.partition("/customers")[0])
    return session.frame(url, each={"id": range(ADDRESSES)}, progress=False)


def singles_limit(url: str) -> range:
    """Fetch one page after the other over one connection, a frame each."""
    asyncio.run(_singles_limit(url))
    return range(SINGLES)


async def _singles_limit(url: str) -> None:
    async with aiohttp.ClientSession(headers=HEADERS) as http:
        for number in range(SINGLES):
            async with http.get(url.format(id=number)) as answer:
                pd.json_normalize(orjson.loads(await answer.read())["items"])


def each_limit(url: str) -> pd.DataFrame:
    """Fetch many addresses, as many at once as a session does."""
    return pd.json_normalize(asyncio.run(_each_limit(url)))


async def _each_limit(url: str) -> list[Any]:
    gate = asyncio.Semaphore(AT_ONCE)
    async with aiohttp.ClientSession(headers=HEADERS) as http:

        async def one(number: int) -> list[Any]:
            async with gate, http.get(url.format(id=number)) as answer:
                found: list[Any] = orjson.loads(await answer.read())["items"]
                return found

        return [row for rows in await asyncio.gather(*map(one, range(ADDRESSES))) for row in rows]


def ours_arrow(url: str) -> pd.DataFrame:
    """Let a session do it, and keep Arrow's types."""
    return ours(url, dtype_backend="pyarrow")


SINGLES, ADDRESSES = 100, 400
Way = Callable[[str], Any]


@dataclass(frozen=True)
class Comparison:
    """Ways to read the same pages; the first is the loop, the last one the limit.

    `asked` is by how much each of ours is to be faster than the loop, and how many times as long
    as the limit it may take.
    """

    name: str
    path: str
    ways: tuple[Way, ...]
    asked: Mapping[str, tuple[float, float | None]]


_PAGED = (cursor_loop, cursor_ours, cursor_limit)
COMPARISONS = (
    Comparison(
        "100 pages of 1,000 rows",
        f"/items?pages={PAGES}&delay=0",
        (loop, ours_arrow, ours, limit),
        {"ours_arrow": (3.5, 2.2), "ours": (2.8, None)},
    ),
    Comparison(
        "100 pages of 1,000 rows, 50 ms each",
        f"/items?pages={PAGES}&delay=0.05",
        (loop, ours_arrow, ours, limit),
        {"ours_arrow": (12, 1.4), "ours": (10, None)},
    ),
    Comparison(
        "500 pages of 20 rows by cursor",
        "/events?pages=500&rows=20",
        _PAGED,
        {"cursor_ours": (1.2, 2.0)},
    ),
    Comparison(
        "200 pages of 100 rows by cursor",
        "/events?pages=200&rows=100",
        _PAGED,
        {"cursor_ours": (1.5, 1.3)},
    ),
    Comparison(
        "100 calls one after the other",
        "/customers/{id}/orders",
        (singles_loop, singles_ours, singles_limit),
        {"singles_ours": (0.5, None)},
    ),
    Comparison(
        "400 addresses, 20 ms each",
        "/customers/{id}/orders?delay=0.02",
        (each_loop, each_ours, each_limit),
        {"each_ours": (10, None)},
    ),
)


def compare(origin: str, comparison: Comparison, runs: int) -> None:
    """Run each way in turn, and print medians: seconds, and ratios within one round."""
    ways = comparison.ways
    took: dict[str, list[tuple[float, float]]] = {way.__name__: [] for way in ways}
    for run in range(runs + 1):
        for way in ways:
            begun, computed = time.perf_counter(), time.process_time()
            rows = len(way(origin + comparison.path))
            spent = time.perf_counter() - begun, time.process_time() - computed
            assert rows, way
            # The first round warms up.
            if run:
                took[way.__name__].append(spent)
    print(comparison.name)
    loops, limits = took[ways[0].__name__], took[ways[-1].__name__]
    for name, spent in took.items():
        seconds = statistics.median(wall for wall, _ in spent)
        faster, faster_cpu = ratios(loops, spent)
        longer, longer_cpu = ratios(spent, limits)
        more, most = comparison.asked.get(name, (None, None))
        asked = "" if more is None else f"   asked: {more} x"
        asked += "" if most is None else f", {most} x the limit's time"
        print(
            f"  {name:14} {seconds:6.2f} s   {faster:5.2f} x as fast as the loop ({faster_cpu:5.2f}"
            f" computing)   {longer:5.2f} x the limit's time ({longer_cpu:5.2f}){asked}"
        )


def ratios(some: list[tuple[float, float]], others: list[tuple[float, float]]) -> Iterator[float]:
    """Yield the medians of the ratios in each round: of seconds, and of seconds computing."""
    for at in range(2):
        pairs = zip(some, others, strict=True)
        yield statistics.median(one[at] / other[at] for one, other in pairs)


MEASURED = """
import re, sys
sys.path.insert(0, {root!r})
from tests.bench.signed_in import signed_in
session = signed_in({origin!r})
def memory(name):
    with open("/proc/self/status", encoding="ascii") as status:
        return int(re.search(name + r":\\s+(\\d+) kB", status.read())[1]) / 1024
session.frame({origin!r} + "/items?pages=2", dtype_backend="pyarrow", progress=False)
with open("/proc/self/clear_refs", "w", encoding="ascii") as peak:
    peak.write("5")
before = memory("VmRSS")
made = {call}
size = made.memory_usage(deep=True).sum() / 2**20 if hasattr(made, "memory_usage") else 0
print(before, memory("VmHWM"), size)
"""


def measured(origin: str, call: str) -> list[float]:
    """Return megabytes of a process before and at its peak during `call`, and of what it made."""
    root = str(Path(__file__).parents[2])
    script = MEASURED.format(root=root, origin=origin, call=call.format(origin=origin))
    ran = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    return [float(number) for number in ran.stdout.split()]


def memory(origin: str) -> None:
    """Print what a large frame and a larger file take, each in a new process (Linux)."""
    frame = 'session.frame("{origin}/items?pages=100", dtype_backend="pyarrow", progress=False)'
    before, peak, size = measured(origin, frame)
    print(
        f"100,000 rows to a DataFrame of {size:.0f} MB: {peak - before:.0f} MB at the peak, "
        f"{(peak - before) / size:.1f} x (asked: 2.5 x)"
    )
    with tempfile.TemporaryDirectory() as folder:
        call = f'session.to_parquet("{{origin}}/items?pages=1000", "{folder}/rows.parquet")'
        _, peak, _ = measured(origin, call)
        size = (Path(folder) / "rows.parquet").stat().st_size / 2**20
    print(f"1,000,000 rows to a Parquet file of {size:.0f} MB: a process of {peak:.0f} MB")


def flat(origin: str) -> None:
    """Print the time per row for few and for many pages."""
    for pages in (10, 100, 2000):
        begun = time.perf_counter()
        rows = len(ours(f"{origin}/items?pages={pages}", dtype_backend="pyarrow"))
        print(f"{pages:5} pages: {(time.perf_counter() - begun) / rows * 1e6:5.2f} µs a row")


def imports(runs: int) -> None:
    """Print how long importing the package takes, compared with ipywidgets alone."""
    took: dict[str, list[float]] = {"oauth_widgets": [], "ipywidgets": []}
    for _ in range(runs):
        for name, spent in took.items():
            script = f"import time; t = time.process_time(); import {name}; "
            script += "print(time.process_time() - t)"
            ran = subprocess.run(  # noqa: S603 - our own script
                [sys.executable, "-c", script], capture_output=True, text=True, check=True
            )
            spent.append(float(ran.stdout))
    ours, theirs = map(statistics.median, took.values())
    print(f"import oauth_widgets: {ours / theirs:.2f} x ipywidgets' time (asked: 1.1 x)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--only", default="", metavar="WORD")
    chosen = parser.parse_args()
    script = Path(__file__).with_name("pages.py")
    server = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout
        origin = f"http://127.0.0.1:{int(server.stdout.readline())}"
        for comparison in COMPARISONS:
            if chosen.only in comparison.name:
                compare(origin, comparison, chosen.runs)
        if not chosen.only:
            flat(origin)
            imports(chosen.runs)
        if not chosen.only and sys.platform == "linux":
            memory(origin)
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    main()
