# ruff: noqa: T201 - a script says what it measured
"""What one participant of a course takes in memory: several kernels, a notebook in each.

    python tests/bench/sizes.py             # all figures
    python tests/bench/sizes.py --modules   # and what each kernel has loaded, by package

The tutorial's notebooks are run as they are, the practice server inside the kernel, and stay open
together. PSS counts what several processes share once (Linux). The floors say what the libraries
take before a line of ours is run. The Jupyter server itself is not counted.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

import httpx
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.helpers.people import PASSWORDS, submit, visit

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
PATIENCE = 120
LINK = re.compile(r"http://127\.0\.0\.1:\d+/[^\s\"\\]*response_type=code[^\s\"\\]*")
LOADED = """
import collections, json, sys
count = collections.Counter(name.partition(".")[0] for name in sys.modules)
print(json.dumps(count.most_common(40)))
"""
FORMS = {
    "who": {"who": "same"},
    "password": {"username": "alice", "password": PASSWORDS["alice"]},
    "decision": {"decision": "allow"},
}
"""What is filled in on a page with such a field, in the order in which they come."""

SIGNING_IN = "import anywidget, ipywidgets, httpx, jwt, starlette, truststore, uvicorn"
FRAMES = "import pyarrow.compute, pyarrow.csv, pyarrow.json, pandas; pandas.Series([1])"
FLOORS = {
    "a bare kernel": "",
    "with ipywidgets, httpx and cryptography": SIGNING_IN,
    "with pandas and pyarrow": FRAMES,
    "with matplotlib": "import matplotlib.pyplot",
}
"""Libraries that a notebook cannot do without, one after the other in one kernel."""


@dataclass(frozen=True)
class Limit:
    """What is promised, in MB of PSS."""

    what: str
    most: int


SIGNED_IN = Limit("a kernel signed in", 60)
FIRST_FRAME = Limit("after a first frame", 110)
TOGETHER = Limit("four notebooks open together", 450)


class Kernel:
    """A kernel as a front end reaches it, and the browser of whoever works in it."""

    def __init__(self, client: BlockingKernelClient, pid: int) -> None:
        self._client = client
        self._pid = pid
        self._browser = httpx.Client(trust_env=False, timeout=30)
        self._followed: set[str] = set()

    @property
    def megabytes(self) -> float:
        """PSS: its own memory, and its share of what several have in common."""
        rollup = Path(f"/proc/{self._pid}/smaps_rollup").read_text("ascii")
        found = re.search(r"^Pss:\s+(\d+) kB", rollup, re.MULTILINE)
        assert found
        return int(found[1]) / 1024

    def run(self, code: str) -> str:
        """Run a cell to its end, follow the links to sign in that it shows; return its text."""
        asked, printed = self._client.execute(code), ""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            try:
                message: dict[str, Any] = self._client.get_iopub_msg(timeout=1)
            except Empty:
                continue
            content = message["content"]
            if message["msg_type"] == "error":
                raise RuntimeError("\n".join(content["traceback"]))
            if message["msg_type"] == "stream":
                printed += content["text"]
            mine = message["parent_header"].get("msg_id") == asked
            if mine and content.get("execution_state") == "idle":
                return printed
            if "await" in code:
                self._sign_in(json.dumps(content))
        raise TimeoutError(code)

    def _sign_in(self, shown: str) -> None:
        for link in map(html.unescape, LINK.findall(shown)):
            if link not in self._followed:
                self._followed.add(link)
                page = visit(self._browser, link)
                for field, filled in FORMS.items():
                    if f'name="{field}"' in page.text:
                        page = submit(self._browser, page, **filled)
                self._browser.get(page.headers["location"])


@contextmanager
def kernel() -> Iterator[Kernel]:
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(NOTEBOOKS), extra_arguments=["--log-level=ERROR"])
    client = manager.client()
    try:
        client.start_channels()
        client.wait_for_ready(timeout=60)
        yield Kernel(client, manager.provisioner.pid)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def cells(notebook: Path) -> list[str]:
    """Return the code of a notebook."""
    every = json.loads(notebook.read_text("utf-8"))["cells"]
    return ["".join(cell["source"]) for cell in every if cell["cell_type"] == "code"]


def floors() -> None:
    """Print what kernels take with nothing but the libraries: one, and four as the notebooks'."""
    with kernel() as here:
        for name, code in FLOORS.items():
            here.run(code)
            print(f"  {name:42} {here.megabytes:6.1f} MB")
    with _kernels(4) as open_ones:
        first, second, _, fourth = open_ones
        for here in open_ones:
            here.run(SIGNING_IN)
        for here in (first, second, fourth):
            here.run(FRAMES)
        fourth.run(FLOORS["with matplotlib"])
        print(f"  {'four kernels, one of them with no frames':42} {_sum(open_ones):6.1f} MB")


def _sum(kernels: list[Kernel]) -> float:
    return sum(here.megabytes for here in kernels)


def told(limit: Limit, megabytes: float) -> None:
    verdict = "" if megabytes <= limit.most else "  TOO MUCH"
    print(f"  {limit.what:42} {megabytes:6.1f} MB  (at most {limit.most}){verdict}")


def first_steps(people: int) -> None:
    """Print what the first notebook takes up to its first frame, with so many people in it."""
    start, sign_in, frame, *_ = cells(NOTEBOOKS / "01-first-light.ipynb")
    with _kernels(people) as open_ones:
        for here in open_ones:
            here.run(start)
            here.run(sign_in)
        told(SIGNED_IN, _sum(open_ones) / people)
        for here in open_ones:
            here.run(frame)
        told(FIRST_FRAME, _sum(open_ones) / people)


def together(modules: bool) -> None:
    """Run the first four notebooks, keep them open, and print what each and all of them take."""
    notebooks = sorted(NOTEBOOKS.glob("0[1-4]-*.ipynb"))
    with _kernels(len(notebooks)) as open_ones:
        for here, notebook in zip(open_ones, notebooks, strict=True):
            for cell in cells(notebook):
                here.run(cell)
        for here, notebook in zip(open_ones, notebooks, strict=True):
            print(f"  {notebook.stem:42} {here.megabytes:6.1f} MB")
        told(TOGETHER, _sum(open_ones))
        for here, notebook in zip(open_ones if modules else [], notebooks, strict=False):
            print(notebook.stem, dict(json.loads(here.run(LOADED))))


@contextmanager
def _kernels(many: int) -> Iterator[list[Kernel]]:
    if not many:
        yield []
        return
    with kernel() as one, _kernels(many - 1) as others:
        yield [one, *others]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", action="store_true")
    chosen = parser.parse_args()
    print("Libraries alone")
    floors()
    for people in (1, 4):
        print(f"Each of {people} in the first notebook")
        first_steps(people)
    print("The tutorial's notebooks, open together")
    together(chosen.modules)


if __name__ == "__main__":
    main()
