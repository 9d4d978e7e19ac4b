"""The files in binder/ agree with the project's own; a browser test builds a server from them."""

from __future__ import annotations

import tomllib
from pathlib import Path

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
