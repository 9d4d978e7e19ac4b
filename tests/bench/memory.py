# ruff: noqa: T201 - a script says what it measured
"""What a fetch takes in memory at its peak, and what it makes: all formats, and bombs.

python tests/bench/memory.py             # each in a new process (Linux)
"""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pac
import pyarrow.parquet as paq

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.pages import record
from tests.helpers.rigged import answer, rigged

ROWS = 100_000
MEASURED = """
import re, sys
sys.path.insert(0, {root!r})
from tests.bench.signed_in import signed_in
session = signed_in({origin!r})
def memory(name):
    with open("/proc/self/status", encoding="ascii") as status:
        return int(re.search(name + r":\\s+(\\d+) kB", status.read())[1]) / 1024
session.frame({origin!r} + "/small", progress=False)
with open("/proc/self/clear_refs", "w", encoding="ascii") as peak:
    peak.write("5")
before = memory("VmRSS")
try:
    made = session.frame({origin!r} + "/it", progress=False, **{options!r})
    what = made.memory_usage(deep=True).sum() / 2**20
    print(memory("VmHWM") - before, f"a frame of {{what:.0f}} MB")
except Exception as problem:
    print(memory("VmHWM") - before, type(problem).__name__)
"""


def as_lines() -> bytes:
    return "\n".join(json.dumps(record(at)) for at in range(ROWS)).encode()


def as_json() -> bytes:
    return json.dumps([record(at) for at in range(ROWS)]).encode()


def table() -> pa.Table:
    flat = [
        {k: v for k, v in record(at).items() if k not in {"user", "tags"}} for at in range(ROWS)
    ]
    return pa.Table.from_pylist(flat)


def as_csv() -> bytes:
    sink = io.BytesIO()
    pac.write_csv(table(), sink)
    return sink.getvalue()


def parquet(made: pa.Table, **options: object) -> bytes:
    sink = io.BytesIO()
    paq.write_table(made, sink, compression="zstd", **options)
    return sink.getvalue()


def long_text() -> bytes:
    """Return a file with one text of a megabyte, which 8,000 rows point at."""
    text = pa.DictionaryArray.from_arrays(
        pa.array(np.zeros(8000, "int32")), pa.array(["x" * 10**6])
    )
    return parquet(pa.table({"text": text}), store_schema=False, dictionary_pagesize_limit=10**8)


def many_rows() -> bytes:
    """Return a file of 200 million rows and five columns of one number each."""
    column = pa.array(np.zeros(10**6, "int64"))
    sink = io.BytesIO()
    schema = pa.schema([(f"n{at}", pa.int64()) for at in range(5)])
    with paq.ParquetWriter(sink, schema, compression="zstd") as writer:
        batch = pa.record_batch([column] * 5, schema=schema)
        for _ in range(200):
            writer.write_batch(batch)
    return sink.getvalue()


def new_keys() -> bytes:
    return json.dumps([{f"k{at}": at} for at in range(16_000)]).encode()


def gzip_bomb() -> bytes:
    return gzip.compress(b"n\n" + b"1\n" * 500_000_000, 1)


JSON, LINES, CSV = "application/json", "application/x-ndjson", "text/csv"
PARQUET = "application/vnd.apache.parquet"
CASES: dict[str, tuple[Callable[[], bytes], str, dict[str, int]]] = {
    "JSON": (as_json, JSON, {}),
    "lines of JSON": (as_lines, LINES, {}),
    "CSV": (as_csv, CSV, {}),
    "Parquet": (lambda: parquet(table()), PARQUET, {}),
    "Parquet, 8,000 rows of one long text": (long_text, PARQUET, {}),
    "the same, limit=5": (long_text, PARQUET, {"limit": 5}),
    "Parquet, 200,000,000 rows": (many_rows, PARQUET, {}),
    "the same rows, limit=5": (many_rows, PARQUET, {"limit": 5}),
    "16,000 records with a new key each": (new_keys, JSON, {}),
    "a gzip file that unpacks to a gigabyte": (gzip_bomb, CSV, {}),
}


def measured(body: bytes, kind: str, options: dict[str, int]) -> str:
    """Return what a process took for this answer, and what it made of it."""
    answers = {"/it": answer(body, kind=kind), "/small": answer(b'[{"n": 1}]', kind=JSON)}
    with rigged(lambda sent: answers[sent.target]) as server:
        root = str(Path(__file__).parents[2])
        script = MEASURED.format(root=root, origin=server.origin, options=options)
        ran = subprocess.run(  # noqa: S603 - our own script
            [sys.executable, "-c", script], capture_output=True, text=True, check=False
        )
    # one that was killed for its hunger prints nothing
    return ran.stdout.strip() or f"0 ended by {ran.returncode}"


def main() -> None:
    for name, (make, kind, options) in CASES.items():
        body = make()
        megabytes, _, what = measured(body, kind, options).partition(" ")
        sent = f"{name:40} {len(body) / 2**20:7.1f} MB sent"
        print(f"{sent}: {float(megabytes):6.0f} MB at the peak, {what}", flush=True)


if __name__ == "__main__":
    main()
