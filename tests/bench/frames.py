# ruff: noqa: T201 - a script says what it measured
"""Pages of an API to a DataFrame: the loop people write, this package, and the limit, in turn.

    python tests/bench/frames.py                  # seconds and ratios, without and with a delay
    python tests/bench/frames.py --runs 9         # of so many runs each, the median
    python tests/bench/frames.py --rows-to-file   # memory for a million rows to Parquet
    python tests/bench/frames.py --flat           # time per row, from 10 to 2,000 pages

The loop is requests with `json_normalize`; the limit is aiohttp, 16 pages at a time, with Arrow's
JSON reader. Both check nothing and know where the pages are.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import aiohttp
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
    """Run each way in turn, as often as told, and print the medians."""
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
    base, least = (median(took[name]) for name in (next(iter(WAYS)), list(WAYS)[-1]))
    print(f"{PAGES} pages, {delay} s delay each")
    for name, seconds in took.items():
        middle = median(seconds)
        print(
            f"  {name:45} {middle:6.2f} s   {base / middle:5.1f} x as fast as the loop   "
            f"{middle / least:5.2f} x the limit's time"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
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
    finally:
        server.terminate()
        server.wait(10)


if __name__ == "__main__":
    main()
