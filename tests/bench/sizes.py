# ruff: noqa: T201 - a script says what it measured
"""How much memory one participant of a course needs: several kernels, a notebook in each.

    python tests/bench/sizes.py             # all figures, in about three minutes
    python tests/bench/sizes.py --modules   # and what each kernel has loaded, by package

The tutorial's notebooks are run as they are, with the practice server inside the kernel, and stay
open together. PSS counts memory that several processes share once (Linux). The floors are what the
libraries need before any of our code runs. All of it is measured three times: as installed, with
the settings that docs/workshops.md recommends, and without the debugger too. The Jupyter server
itself is not counted.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from typing import Any

import httpx
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager

sys.path.insert(0, str(Path(__file__).parents[2]))

from oauth_widgets.cli.demo import LEAN
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

SIGNING_IN = """
import sys
sys.modules["httpx._main"] = None  # Its command line, which we don't load either
import httpx
del sys.modules["httpx._main"]
import anyio._backends._asyncio, anywidget, cryptography.x509, ipywidgets, jwt, python_multipart
import starlette.applications, truststore, uvicorn, uvicorn.protocols.http.h11_impl
"""
FRAMES = """
import pyarrow.compute, pyarrow.csv, pyarrow.json, pandas
pandas.DataFrame({"name": ["a", "b"], "number": [1, 2]})
"""
FLOORS = {
    "a bare kernel": "",
    "with ipywidgets, httpx and cryptography": SIGNING_IN,
    "with a DataFrame of two rows": FRAMES,
    "with a chart of it": "import matplotlib.pyplot\n_.plot.barh();",
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
def kernel(settings: Mapping[str, str]) -> Iterator[Kernel]:
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(
        cwd=str(NOTEBOOKS),
        env={**os.environ, **settings},
        extra_arguments=["--log-level=ERROR"],
    )
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


def floors(settings: Mapping[str, str]) -> None:
    """Print what kernels take with nothing but the libraries: one, and four as the notebooks'."""
    with kernel(settings) as here:
        for name, code in FLOORS.items():
            here.run(code)
            print(f"  {name:42} {here.megabytes:6.1f} MB")
    with _kernels(4, settings) as open_ones:
        for at, here in enumerate(open_ones):
            # The third notebook has neither frames nor charts.
            for code in [SIGNING_IN] if at == 2 else FLOORS.values():
                here.run(code)
        print(f"  {'four such kernels, one with no frames':42} {_sum(open_ones):6.1f} MB")


def _sum(kernels: list[Kernel]) -> float:
    return sum(here.megabytes for here in kernels)


def show(limit: Limit, megabytes: float) -> None:
    verdict = "" if megabytes <= limit.most else "  TOO MUCH"
    print(f"  {limit.what:42} {megabytes:6.1f} MB  (at most {limit.most}){verdict}")


def first_steps(people: int, settings: Mapping[str, str]) -> None:
    """Print what the first notebook takes up to its first frame, with so many people in it."""
    start, sign_in, frame, *_ = cells(NOTEBOOKS / "01-first-light.ipynb")
    with _kernels(people, settings) as open_ones:
        for here in open_ones:
            here.run(start)
            here.run(sign_in)
        show(SIGNED_IN, _sum(open_ones) / people)
        for here in open_ones:
            here.run(frame)
        show(FIRST_FRAME, _sum(open_ones) / people)


def together(modules: bool, settings: Mapping[str, str]) -> None:
    """Run the first four notebooks, keep them open, and print what each and all of them take."""
    notebooks = sorted(NOTEBOOKS.glob("0[1-4]-*.ipynb"))
    with _kernels(len(notebooks), settings) as open_ones:
        for here, notebook in zip(open_ones, notebooks, strict=True):
            for cell in cells(notebook):
                here.run(cell)
        for here, notebook in zip(open_ones, notebooks, strict=True):
            print(f"  {notebook.stem:42} {here.megabytes:6.1f} MB")
        show(TOGETHER, _sum(open_ones))
        for here, notebook in zip(open_ones if modules else [], notebooks, strict=False):
            print(notebook.stem, dict(json.loads(here.run(LOADED))))


@contextmanager
def _kernels(many: int, settings: Mapping[str, str]) -> Iterator[list[Kernel]]:
    if not many:
        yield []
        return
    with kernel(settings) as one, _kernels(many - 1, settings) as others:
        yield [one, *others]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--modules", action="store_true")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "debugpy.py").write_text("raise ImportError('as if uninstalled')")
        paths = os.pathsep.join(filter(None, [folder, os.environ.get("PYTHONPATH")]))
        measured = {
            "As installed": {},
            "With the settings of docs/workshops.md": LEAN,
            "With these settings, without the debugger": {**LEAN, "PYTHONPATH": paths},
        }
        for name, settings in measured.items():
            print(f"{name}: libraries alone")
            floors(settings)
            for people in (1, 4):
                print(f"{name}: each of {people} in the first notebook")
                first_steps(people, settings)
            print(f"{name}: the tutorial's notebooks, open together")
            together(chosen.modules, settings)


if __name__ == "__main__":
    main()
