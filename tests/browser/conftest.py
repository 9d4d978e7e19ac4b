"""A real browser before a real JupyterLab."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from playwright.sync_api import sync_playwright

from .chromium import Chromium, find_chromium
from .jupyter_server import JupyterServer
from .lab_notebook import LabNotebook

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

PICTURES = Path(__file__).parents[2] / ".cache" / "pictures"

failed = pytest.StashKey[bool]()


class OpenNotebook(Protocol):
    """Opens a notebook of `jupyter_lab.root` by its name, ready to run."""

    def __call__(self, name: str) -> LabNotebook: ...


class TakePicture(Protocol):
    """Takes a PNG of a page, kept under .cache/pictures with the test's name."""

    def __call__(self, page: Page, name: str) -> Path: ...


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Remember on the test whether it failed."""
    report = yield
    item.stash[failed] = item.stash.get(failed, False) or report.failed
    return report


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """The headless browser: pop-up blocker on, storage partitioned, no way off this machine."""
    with sync_playwright() as playwright:
        executable = find_chromium(playwright.chromium.executable_path)
        process = Chromium(executable, tmp_path_factory.mktemp("chromium"))
        browser = playwright.chromium.connect_over_cdp(process.endpoint)
        yield browser
        browser.close()
        process.stop()


@pytest.fixture(scope="session")
def jupyter_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JupyterServer]:
    """JupyterLab on a copy of notebooks/, widget state saved; .url .token .root .log .write()."""
    server = JupyterServer(tmp_path_factory.mktemp("jupyter"))
    yield server
    server.stop()


@pytest.fixture
def context(
    chromium: Browser, request: pytest.FixtureRequest, take_picture: TakePicture
) -> Iterator[BrowserContext]:
    """A fresh browser profile; when the test fails, a picture of each page is kept."""
    context = chromium.new_context(viewport={"width": 1200, "height": 1400})
    yield context
    if request.node.stash.get(failed, False):
        for number, page in enumerate(context.pages):
            take_picture(page, f"failed-{number}")
    context.close()


@pytest.fixture
def open_notebook(context: BrowserContext, jupyter_lab: JupyterServer) -> Iterator[OpenNotebook]:
    """Open a notebook by name in JupyterLab; its kernel ends with the test."""

    def open_it(name: str) -> LabNotebook:
        return LabNotebook(context, jupyter_lab, name)

    yield open_it
    jupyter_lab.end_kernels()


@pytest.fixture
def take_picture(request: pytest.FixtureRequest) -> TakePicture:
    """Keep a picture of a page: take_picture(page, "card-dark")."""

    def take_it(page: Page, name: str) -> Path:
        test = re.sub(r"\W+", "-", request.node.name).strip("-")
        path = PICTURES / f"{test}-{name}.png"
        page.screenshot(path=path)
        return path

    return take_it
