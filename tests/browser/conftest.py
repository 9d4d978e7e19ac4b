"""A real browser before real front ends."""

from __future__ import annotations

import contextlib
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest
from playwright.sync_api import Error, expect, sync_playwright

from .chromium import Chromium, find_chromium
from .lanes import Lanes, in_lanes
from .servers import FRONT_ENDS, Servers
from .workplace import LOOPBACK

if TYPE_CHECKING:
    from collections.abc import Collection, Generator, Iterator

    from playwright.sync_api import Browser, BrowserContext, Page
    from xdist.remote import Producer

    from .jupyter_server import JupyterServer
    from .notebook import Notebook, NotebookPage

PICTURES = Path(__file__).parents[2] / ".cache" / "pictures"

failed = pytest.StashKey[bool]()

# A busy machine is no failure: importing pandas beside two other processes takes its time.
expect.set_options(timeout=20_000)


class FrontEnd(Protocol):
    """Writes and opens notebooks; `url` ends with a slash, `log` is a file."""

    url: str
    root: Path
    log: Path

    def write(self, name: str, *cells: str, kernel: str = "python3") -> str: ...

    def open(self, context: BrowserContext, name: str) -> NotebookPage: ...


class OpenNotebook(Protocol):
    """Opens a notebook of `jupyter_lab.root` by its name, ready to run."""

    def __call__(self, name: str) -> Notebook: ...


class TakePicture(Protocol):
    """Takes a PNG of a page, kept under .cache/pictures with the test's name."""

    def __call__(self, page: Page, name: str) -> None: ...


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> Lanes:
    """Let workers share the tests by lanes."""
    config.option.loadscopereorder = False
    return Lanes(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests of a browser in the order of their lanes, after all others."""
    here = Path(__file__).parent
    ours = [item for item in items if here in item.path.parents]
    items[:] = [item for item in items if item not in ours] + in_lanes(ours)


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
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Every front end there is: servers.jupyter("notebook", proxy=True), .voila(), .hub()."""
    servers = Servers(tmp_path_factory.mktemp)
    yield servers
    servers.stop()


@pytest.fixture(scope="session")
def jupyter_lab(servers: Servers) -> JupyterServer:
    """JupyterLab on a copy of notebooks/, widget state saved; .url .token .root .log .write()."""
    return servers.jupyter("lab")


@pytest.fixture
def front_end(servers: Servers, request: pytest.FixtureRequest) -> FrontEnd:
    """The front end named by the test's parameter; .write(), .open(context, name), .url .log."""
    return FRONT_ENDS[request.param](servers)


@pytest.fixture
def context(
    chromium: Browser, servers: Servers, request: pytest.FixtureRequest
) -> Iterator[BrowserContext]:
    """The browser as its user left it: no window, cookie or permission is of an earlier test.

    JupyterLab stays open and the cache full, which makes most tests three times as fast. When the
    test fails, a picture of each page is kept.
    """
    context = chromium.contexts[0]
    yield context
    if request.node.stash.get(failed, False):
        keep_pictures(request, context)
        close_pages(context, but=())
    tidy_up(context, servers)


def tidy_up(context: BrowserContext, servers: Servers) -> None:
    """Leave nothing to the next test but a JupyterLab with nothing open."""
    servers.end_kernels()
    close_pages(context, but=servers.left)
    context.unroute_all()
    context.clear_permissions()
    context.clear_cookies(domain=re.compile(f"^(?!{re.escape(LOOPBACK)}$)"))
    context.clear_cookies(name=re.compile("^(?!_xsrf$|username-)"))  # those are JupyterLab's


@pytest.fixture
def fresh_context(chromium: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A new profile, for what would stay behind, such as a clock that is set."""
    context = chromium.new_context(viewport={"width": 1200, "height": 1400})
    yield context
    if request.node.stash.get(failed, False):
        keep_pictures(request, context)
    context.close()


def keep_pictures(request: pytest.FixtureRequest, context: BrowserContext) -> None:
    for number, page in enumerate(context.pages):
        # A page that hangs may be why the test failed.
        with contextlib.suppress(Error):
            keep_picture(request, page, f"failed-{number}")


def close_pages(context: BrowserContext, but: Collection[Page]) -> None:
    """Close all pages except the first, which keeps the browser running, and those named."""
    for page in context.pages[1:]:
        if page not in but:
            page.close()


@pytest.fixture
def open_notebook(context: BrowserContext, jupyter_lab: JupyterServer) -> OpenNotebook:
    """Open a notebook by name in JupyterLab; its kernel ends with the test."""
    return lambda name: jupyter_lab.open(context, name)


@pytest.fixture
def take_picture(request: pytest.FixtureRequest) -> TakePicture:
    """Keep a picture of a page, take_picture(page, "card"), if the variable PICTURES is set."""

    def take_it(page: Page, name: str) -> None:
        if os.environ.get("PICTURES"):
            keep_picture(request, page, name)

    return take_it


def keep_picture(request: pytest.FixtureRequest, page: Page, name: str) -> None:
    test = re.sub(r"\W+", "-", request.node.name).strip("-")
    page.screenshot(path=PICTURES / f"{test}-{name}.png")
