# ruff: noqa: T201 - a script says what it saw
"""A job on a Dask cluster over TLS, with tokens of five seconds, while workers come and go.

    python tests/hostile/cluster.py                # a minute
    python tests/hostile/cluster.py --seconds 600

Scheduler and workers are processes. There is one worker, then three, of which one is killed, then
one. Now and then the API asks for patience or ends a token before its time. At the end the rows are
those of one machine, the API never had more than 16 requests at once, nor any while it wanted none,
and no token is in the scheduler's memory, in a log, in the cluster's dump or in a task. A worker
without this package says what to install, and lives on. Exits with 1 otherwise. Linux only.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import cloudpickle
from distributed import Client
from distributed.security import Security

sys.path.insert(0, str(Path(__file__).parents[2]))

from oauth_widgets import Secret
from oauth_widgets.errors import WorkerUnprepared
from tests.helpers.mint import CLIENT
from tests.hostile.cluster_api import LIFE, MARK, PAGES, ROWS, Api

SECRET = Secret.of(CLIENT.client_secret or "").reveal()
AT_ONCE = 16
CUSTOMERS = 24
WITHOUT_PACKAGE = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "oauth_widgets":
            raise ModuleNotFoundError(name)

    def find_distributions(self, context):
        return []

sys.meta_path.insert(0, Missing())

import importlib.metadata

real = importlib.metadata.version

def version(name):
    if name == "oauth-widgets":
        raise importlib.metadata.PackageNotFoundError(name)
    return real(name)

importlib.metadata.version = version
"""


class Cluster:
    """A scheduler and workers, each a process with a log in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.security = Security.temporary()
        self.files = []
        for name in ("tls_ca_file", "tls_client_cert", "tls_client_key"):
            file = folder / name
            file.write_text(getattr(self.security, name), "utf-8")
            option = {"tls_client_cert": "tls-cert", "tls_client_key": "tls-key"}.get(
                name, "tls-ca-file"
            )
            self.files += [f"--{option}", str(file)]
        self.scheduler = self._start("scheduler", ["--host", "tls://127.0.0.1", "--port", "0"])
        self.address = self._address()
        self.workers: list[subprocess.Popen[bytes]] = []

    def add_worker(self, *options: str) -> subprocess.Popen[bytes]:
        given = [self.address, "--nthreads", "4", "--no-nanny", "--host", "127.0.0.1", *options]
        worker = self._start("worker", given)
        self.workers.append(worker)
        return worker

    def logs(self) -> list[Path]:
        return sorted(self.folder.glob("*.log"))

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.terminate()
        for process in (*self.workers, self.scheduler):
            process.wait()

    def _start(self, kind: str, options: list[str]) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", f"distributed.cli.dask_{kind}", *options, *self.files]
        log = self.folder / f"{kind}-{len(self.logs())}.log"
        # With every message that there is
        shown = {"DASK_DISTRIBUTED__LOGGING__DISTRIBUTED": "info"}
        with log.open("wb") as file:
            return subprocess.Popen(  # noqa: S603 - ourselves
                [*command, "--no-dashboard"],
                stdout=file,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**os.environ, **shown},
            )

    def _address(self) -> str:
        log = self.folder / "scheduler-0.log"
        until = time.monotonic() + 60
        while time.monotonic() < until:
            for line in log.read_text("utf-8").splitlines():
                if "Scheduler at:" in line:
                    return line.rpartition(" ")[2]
            time.sleep(0.1)
        raise SystemExit(f"the scheduler did not start: {log.read_text('utf-8')}")


def in_memory(pid: int, word: str) -> set[str]:
    """Return what ends in `word` in the memory of a process, as UTF-8 or UTF-16."""
    found = set()
    shapes = [word.encode(code) for code in ("utf-8", "utf-16-le")]
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        for first, end in _used(pid):
            try:
                memory.seek(first)
                content = memory.read(end - first)
            except OSError:
                continue
            for shape in shapes:
                at = content.find(shape)
                while at >= 0:
                    before = content[max(0, at - 32) : at].decode("latin-1").replace("\0", "")
                    found.add(f"{re.split('[^a-z0-9-]', before)[-1]}{word}")
                    at = content.find(shape, at + 1)
    return found


def _used(pid: int) -> Iterator[tuple[int, int]]:
    """Yield the parts of its memory that a process has written to, at most 16 MiB each."""
    page, most = os.sysconf("SC_PAGE_SIZE"), 2**24
    with Path(f"/proc/{pid}/pagemap").open("rb", 0) as pages:
        for line in Path(f"/proc/{pid}/maps").read_text("utf-8").splitlines():
            place, rights, *_ = line.split()
            first, end = (int(edge, 16) for edge in place.split("-"))
            for start in range(first, end if rights.startswith("rw") else first, most):
                stop = min(start + most, end)
                pages.seek(start // page * 8)
                # The highest bits say whether a page is in memory or swapped out.
                state = pages.read((stop - start) // page * 8)[7::8]
                for run in re.finditer(b"[\x40-\xff]+", state):
                    yield start + run.start() * page, start + run.end() * page


def rows_of(shared: Any, customers: list[int]) -> list[str]:
    frame = shared.frame("/customers/{id}", each={"id": customers})
    return [str(row) for row in frame["row"]]


def stages(cluster: Cluster, client: Client, seconds: float) -> Iterator[str]:
    """Change the number of workers as the time goes by; yield what was done."""
    began = time.monotonic()

    def left(part: float) -> bool:
        return time.monotonic() - began < seconds * part

    while left(0.25):
        yield ""
    for _ in range(2):
        cluster.add_worker()
    client.wait_for_workers(3, 60)
    yield "three workers"
    while left(0.5):
        yield ""
    # In the middle of what is read next
    threading.Timer(0.3, os.kill, (cluster.workers[0].pid, signal.SIGKILL)).start()
    yield "one worker killed"
    while left(0.75):
        yield ""
    last = cluster.workers[1]
    last.terminate()
    yield "one worker left"
    while left(1):
        yield ""


def job(api: Api, cluster: Cluster, client: Client, seconds: float) -> list[str]:
    """Run the job, and return what was wrong."""
    session = api.session(seconds=LIFE)
    session._last = replace(  # noqa: SLF001 - tokens that can be scanned for
        session._last,  # noqa: SLF001
        access_token=Secret(api.good),
        refresh_token=Secret(api.renews),
    )
    shared = session.share(client)
    expected = sorted(
        f"{customer}-{page}-{at}"
        for customer in range(CUSTOMERS)
        for page in range(PAGES)
        for at in range(ROWS)
    )
    wrong: list[str] = []
    rounds = 0
    scanned: set[str] = set()
    for stage in stages(cluster, client, seconds):
        if stage:
            print(f"{rounds} rounds: {stage}")
        halves = [list(range(at, at + 3)) for at in range(0, CUSTOMERS, 3)]
        futures = client.map(rows_of, [shared] * len(halves), halves, pure=False, retries=2)
        rows = sorted(row for part in client.gather(futures) for row in part)
        if rows != expected:
            wrong.append(f"round {rounds} has {len(rows)} rows, not {len(expected)}")
        rounds += 1
        if rounds % 7 == 0:
            api.want_pause()
        if rounds % 11 == 0:
            api.end_token()
        if rounds % 10 == 0:
            scanned |= in_memory(cluster.scheduler.pid, MARK)
    print(f"{rounds} rounds, {api.pages_given} pages, {len(api.tokens)} tokens")
    print(f"at once: {api.most}; refused: {api.refused}; pauses: {api.pauses}")
    if api.most > AT_ONCE:
        wrong.append(f"{api.most} requests at once")
    if api.impolite:
        wrong.append(f"{api.impolite} requests while the API wanted none")
    wrong += leaks(api, cluster, client, scanned, shared)
    wrong += unprepared(cluster, client, shared)
    shared.unshare()
    return wrong


def leaks(api: Api, cluster: Cluster, client: Client, scanned: set[str], shared: Any) -> list[str]:
    """Return the places that have a token and should have none."""
    scheduler = cluster.scheduler.pid
    found = scanned | in_memory(scheduler, MARK) | in_memory(scheduler, SECRET)
    wrong = [f"in the scheduler's memory: {secret}" for secret in sorted(found)]
    if not in_memory(scheduler, "oauth-widgets/"):
        wrong.append("the scan of the scheduler's memory finds nothing at all")
    held: set[str] = set()
    for worker in cluster.workers:
        if worker.poll() is None:
            held |= in_memory(worker.pid, MARK) | in_memory(worker.pid, SECRET)
    print(f"in the memory of workers: {len(held)} tokens")
    if not held:
        wrong.append("the scan of a worker's memory finds nothing at all")
    wrong += [f"in a worker's memory: {secret}" for secret in held.difference(api.tokens)]
    client.dump_cluster_state(str(cluster.folder / "state"), format="yaml")
    (cluster.folder / "events").write_text(repr(client.get_events()), "utf-8")
    (cluster.folder / "task").write_bytes(cloudpickle.dumps((rows_of, shared, [1])))
    for file in (
        *cluster.logs(),
        *(cluster.folder / name for name in ("state.yaml", "events", "task")),
    ):
        content = file.read_bytes()
        wrong += [f"in {file.name}: {word}" for word in (MARK, SECRET) if word.encode() in content]
    return wrong


def unprepared(cluster: Cluster, client: Client, shared: Any) -> list[str]:
    """Have a worker without the package join, and see what a task says there."""
    preload = cluster.folder / "without_package.py"
    preload.write_text(WITHOUT_PACKAGE, "utf-8")
    bare = cluster.add_worker("--preload", str(preload), "--name", "bare")
    client.wait_for_workers(2, 60)
    address = next(
        at for at, facts in client.scheduler_info()["workers"].items() if facts["name"] == "bare"
    )

    # By value, since the worker can't import the module that this one is from
    def there(shared: Any) -> int:
        return len(shared.frame("/customers/1"))

    try:
        client.submit(there, shared, workers=[address], pure=False).result(30)
    except WorkerUnprepared as problem:
        print(problem)
        return [] if bare.poll() is None else ["the worker without the package has ended"]
    return ["a worker without the package read a frame"]


@contextmanager
def running() -> Iterator[tuple[Api, Cluster, Client]]:
    api = Api()
    with tempfile.TemporaryDirectory() as folder:
        cluster = Cluster(Path(folder))
        try:
            cluster.add_worker()
            with Client(cluster.address, security=cluster.security) as client:
                client.wait_for_workers(1, 60)
                yield api, cluster, client
        finally:
            cluster.stop()
            api.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60)
    chosen = parser.parse_args()
    with running() as (api, cluster, client):
        wrong = job(api, cluster, client, chosen.seconds)
    for what in wrong:
        print(f"WRONG: {what}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
