"""The files in binder/ agree with the project's own; a browser test builds a server from them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

from oauth_widgets.cli.demo import LEAN

PROJECT = Path(__file__).parents[1]
BINDER = PROJECT / "binder"


def test_its_python_is_one_that_the_project_is_for() -> None:
    described = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    version = (BINDER / "runtime.txt").read_text().strip().removeprefix("python-")
    assert f"Programming Language :: Python :: {version}" in described["classifiers"]


def test_its_proxy_is_the_one_that_the_tests_use() -> None:
    described = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    (proxy,) = (one for one in described["optional-dependencies"]["test"] if "proxy" in one)
    assert proxy in (BINDER / "requirements.txt").read_text().splitlines()


def test_what_it_opens_first_is_there() -> None:
    (first,) = (
        line.removeprefix("first=/lab/tree/")
        for line in (BINDER / "postBuild").read_text().splitlines()
        if line.startswith("first=")
    )
    assert (PROJECT / first).is_file()


def test_its_kernels_return_memory_as_those_of_the_demo_do() -> None:
    show = "import json, os; print(json.dumps({**os.environ}))"
    ran = subprocess.run(  # noqa: S603 - our own script
        [str(BINDER / "start"), sys.executable, "-c", show],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        check=True,
    )
    assert LEAN.items() <= json.loads(ran.stdout).items()
