"""Binder: built from its files alone, seen from another machine, the first tutorial works."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from .binder import Binder
from .lab_notebook import LabNotebook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Route

    from .conftest import TakePicture

# an environment is installed from nothing
pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

NOTEBOOK = "notebooks/01-first-light.ipynb"
CARD, FRAME = 3, 5


@pytest.fixture(scope="module")
def binder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Binder]:
    server = Binder(tmp_path_factory.mktemp("binder"))
    yield server
    server.stop()


@pytest.fixture
def far(context: BrowserContext, binder: Binder) -> BrowserContext:
    """A browser on another machine: it reaches the server and nothing else of the kernel's."""
    own = urlsplit(binder.url).netloc

    def away(route: Route) -> None:
        route.abort("addressunreachable")

    context.route(re.compile(rf"^https?://(?!{re.escape(own)}/)"), away)
    return context


class Landed(LabNotebook):
    """The notebook that a person finds open who followed a link to the server itself."""

    def __init__(self, context: BrowserContext, server: Binder) -> None:
        self.page = context.new_page()
        self.errors: list[str] = []
        self.page.goto(f"{server.url}?token={server.token}")
        self._panel = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        self.wait_until_idle()


def test_the_first_notebook_is_open_and_signs_in(
    far: BrowserContext, binder: Binder, take_picture: TakePicture
) -> None:
    notebook = Landed(far, binder)
    assert urlsplit(notebook.page.url).path.endswith(f"/lab/tree/{NOTEBOOK}")
    take_picture(notebook.page, "landed")
    notebook.run_all()
    button = notebook.output(CARD).get_by_role("link", name=re.compile("Sign in"))
    expect(button).to_be_visible(timeout=60_000)
    take_picture(notebook.page, "card")
