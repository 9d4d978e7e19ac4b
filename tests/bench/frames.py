# ruff: noqa: T201 - a script says what it measured
"""Pages of an API to a DataFrame: the loop people write, this package, and the limit, in turn.

    python tests/bench/frames.py             # all figures
    python tests/bench/frames.py --runs 9    # the least of so many runs each

The loop is requests with `json_normalize`; the limit is aiohttp, 16 pages at a time, with Arrow's
JSON reader, or with orjson if pages are small and each one leads to the next. None of them checks
anything, and the limit knows where the pages are.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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


WAYS: dict[str, Callable[[str], Any]] = {
    "requests in a loop, json_normalize": loop,
    'session.frame(…, dtype_backend="pyarrow")': lambda url: ours(url, dtype_backend="pyarrow"),
    "session.frame(…)": ours,
    "aiohttp and Arrow, no checks": limit,
}


def compare(origin: str, delay: str, runs: int) -> None:
    """Run each way in turn, as often as told, and print the least, which others disturbed least."""
    url = f"{origin}/items?pages={PAGES}&delay={delay}"
    took: dict[str, list[float]] = {name: [] for name in WAYS}
    for run in range(runs + 1):
        for name, way in WAYS.items():
            begun = time.perf_counter()
            rows = len(way(url))
            assert rows == PAGES * 1000, (name, rows)
            # the first round warms up
            if run:
                took[name].append(time.perf_counter() - begun)
    base, least = (min(took[name]) for name in (next(iter(WAYS)), list(WAYS)[-1]))
    print(f"{PAGES} pages, {delay} s delay each")
    for name, seconds in took.items():
        best = min(seconds)
        print(
            f"  {name:45} {best:6.2f} s   {base / best:5.1f} x as fast as the loop   "
            f"{best / least:5.2f} x the limit's time"
        )


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


SINGLES, ADDRESSES = 100, 400
SMALL: dict[str, tuple[str, tuple[Callable[[str], Any], ...]]] = {
    "500 pages of 20 rows by cursor (asked: 1.2 x the loop, 2.0 x the limit)": (
        "/events?pages=500&rows=20",
        (cursor_loop, cursor_ours, cursor_limit),
    ),
    "200 pages of 100 rows by cursor (asked: 1.5 x the loop, 1.3 x the limit)": (
        "/events?pages=200&rows=100",
        (cursor_loop, cursor_ours, cursor_limit),
    ),
    "100 calls one after the other (asked: 0.5 x the loop)": (
        "/customers/{id}/orders",
        (singles_loop, singles_ours),
    ),
    "400 addresses, 20 ms each (asked: 10 x the loop)": (
        "/customers/{id}/orders?delay=0.02",
        (each_loop, each_ours),
    ),
}


def small(origin: str, runs: int) -> None:
    """Print what small pages take, in seconds and in seconds of this process's computing."""
    for name, (path, ways) in SMALL.items():
        took: dict[str, list[tuple[float, float]]] = {way.__name__: [] for way in ways}
        for run in range(runs + 1):
            for way in ways:
                begun, computed = time.perf_counter(), time.process_time()
                assert len(way(origin + path))
                spent = time.perf_counter() - begun, time.process_time() - computed
                if run:
                    took[way.__name__].append(spent)
        print(name)
        least = [tuple(map(min, zip(*took[way.__name__], strict=True))) for way in ways]
        for way, (seconds, computed) in zip(ways, least, strict=True):
            print(
                f"  {way.__name__:45} {seconds:6.2f} s   {least[0][0] / seconds:5.1f} x as fast as "
                f"the loop   {seconds / least[-1][0]:5.2f} x the last one's time   "
                f"{computed:6.2f} s computing"
            )


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
    """Print what a large frame and a larger file take, in processes of their own (Linux)."""
    frame = 'session.frame("{origin}/items?pages=100", dtype_backend="pyarrow", progress=False)'
    before, peak, size = measured(origin, frame)
    print(f"100,000 rows to a DataFrame of {size:.0f} MB: {peak - before:.0f} MB at the peak")
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=7)
    chosen = parser.parse_args()
    script = Path(__file__).with_name("pages.py")
    server = subprocess.Popen(  # noqa: S603 - our own script
        [sys.executable, str(script)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout
        origin = f"http://127.0.0.1:{int(server.stdout.readline())}"
        for delay in ("0", "0.05"):
            compare(origin, delay, chosen.runs)
        small(origin, min(chosen.runs, 3))
        flat(origin)
        if sys.platform == "linux":
            memory(origin)
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    main()
