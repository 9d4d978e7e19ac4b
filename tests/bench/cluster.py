# ruff: noqa: T201 - a script says what it measured
"""A shared session on a local Dask cluster, and the same without one.

    python tests/bench/cluster.py               # all figures
    python tests/bench/cluster.py --runs 6      # so many rounds, a third of them for the rates

First, what a task adds: one worker reads in turn with its own session and with the shared one.
Then pages a second of a lazy frame over one, two and three workers, in turn with one process. All
have the same politeness, 16 requests at once, and each page takes the API 50 ms: 320 a second at
most. Each figure is the median of the rounds, in each of which both ways are measured: that
holds on a busy machine too, if the rounds are short and many.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from distributed import Client, LocalCluster

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.bench.signed_in import signed_in

DELAY = 0.05
ADDRESSES = 960
FETCHES = {
    "40 pages of 1,000 rows": ("/items?pages=40", None),
    "100 pages of 20 rows by cursor": ("/events?pages=100&rows=20", None),
    "100 addresses, 20 ms each": ("/customers/{id}/orders?delay=0.02", {"id": list(range(100))}),
    "one page of 20 rows": ("/customers/1/orders", None),
}
ASKED = 1.3


@contextmanager
def pages() -> Iterator[str]:
    """Serve the bench's pages from a process, and yield its address."""
    script = str(Path(__file__).with_name("pages.py"))
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE) as server:  # noqa: S603 - ours
        assert server.stdout is not None
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.terminate()


@contextmanager
def workers(count: int) -> Iterator[Client]:
    """Start so many workers of one thread, each a process."""
    with (
        LocalCluster(
            n_workers=count, threads_per_worker=1, dashboard_address="127.0.0.1:0"
        ) as cluster,
        Client(cluster) as client,
    ):
        client.wait_for_workers(count)
        yield client


def timed(read: Callable[[], Any]) -> tuple[float, float, int]:
    """Return how long it took, how long the process computed, and the number of rows."""
    begun, computed = time.perf_counter(), time.process_time()
    rows = len(read())
    return time.perf_counter() - begun, time.process_time() - computed, rows


def both_ways(
    shared: Any, origin: str, address: str, each: Any, runs: int
) -> list[tuple[tuple[float, float, int], tuple[float, float, int]]]:
    """Read on a worker with a session and with the shared one, in turn."""
    session = signed_in(origin)
    took = []
    for _ in range(runs + 1):
        own = timed(lambda: session.frame(address, each=each, progress=False))
        took.append((own, timed(lambda: shared.frame(address, each=each))))
    # The first round warms up.
    return took[1:]


def overhead(origin: str, runs: int) -> None:
    with workers(1) as client:
        shared = signed_in(origin).share(client)
        for name, (address, each) in FETCHES.items():
            task = client.submit(both_ways, shared, origin, address, each, runs, pure=False)
            took = task.result()
            assert all(own[2] == other[2] for own, other in took)
            wall, computing = (
                statistics.median(other[at] / own[at] for own, other in took) for at in range(2)
            )
            seconds = statistics.median(own[0] for own, _ in took)
            print(
                f"{name:32} session {seconds:6.3f} s   shared {wall:5.2f} x "
                f"({computing:5.2f} x computing)   asked: {ASKED} x"
            )
        shared.unshare()


def rates(origin: str, runs: int) -> None:
    address = f"/customers/{{id}}/orders?delay={DELAY}"
    each = {"id": list(range(ADDRESSES))}
    session = signed_in(origin)

    def alone() -> Any:
        return session.frame(address, each=each, progress=False)

    for count in (1, 2, 3):
        with workers(count) as client:
            shared = session.share(client)
            meta = shared.dask_frame(address, each={"id": [1]}).head(0)
            both = partial(computed, shared, address, each, meta)
            both()
            took = [(timed(alone)[0], timed(both)[0]) for _ in range(runs)]
            one, many = (ADDRESSES / statistics.median(times) for times in zip(*took, strict=True))
            ratio = statistics.median(own / other for own, other in took)
            print(
                f"{count} worker{'s' * (count > 1):1} {many:6.0f} pages a second, one process "
                f"{one:4.0f}: {ratio:4.2f} x"
            )
            shared.unshare()


def computed(shared: Any, address: str, each: Any, meta: Any) -> Any:
    # A lazy frame that was computed may still be in memory, so each round makes one.
    return shared.dask_frame(address, each=each, meta=meta).compute()


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=15)
    chosen = parser.parse_args()
    with pages() as origin:
        overhead(origin, chosen.runs)
        rates(origin, max(1, chosen.runs // 3))


if __name__ == "__main__":
    main()
