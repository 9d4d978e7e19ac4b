"""A real Voilà: the notebook as a web page, shown when all its cells are done."""

from __future__ import annotations

import secrets
import sys
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from playwright.sync_api import expect

from .notebook import SECONDS, NotebookPage
from .process import Process, free_port
from .workplace import LOOPBACK, Workplace

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Locator


class Voila(Workplace):
    """A running Voilà, below a random base URL.

    `url` ends with a slash; `token`, `root` of the notebooks, `log` file.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        port = free_port()
        base_url = f"/{secrets.token_hex(4)}/"
        self.url = f"http://{LOOPBACK}:{port}{base_url}"
        self.token = secrets.token_urlsafe()
        command = [
            *(sys.executable, "-m", "voila", str(self.root)),
            "--no-browser",
            f"--port={port}",
            f"--base_url={base_url}",
            f"--token={self.token}",
        ]
        self._process = Process(command, folder / "voila.log", self.environment)
        self.log = self._process.log
        self._opened: list[VoilaPage] = []
        self._process.until_it_answers(self.url)

    def open(self, context: BrowserContext, name: str) -> VoilaPage:
        """Open a notebook of `root`, which runs it."""
        query = urlencode({"token": self.token})
        page = VoilaPage(context, f"{self.url}voila/render/{quote(name)}?{query}")
        self._opened.append(page)
        return page

    def end_kernels(self) -> None:
        """End every kernel, which Voilà does when a page is left."""
        for opened in self._opened:
            if not opened.page.is_closed():
                opened.page.goto("about:blank")
        self._opened.clear()

    def stop(self) -> None:
        """End it with its kernels."""
        self._process.stop()


class VoilaPage(NotebookPage):
    """A notebook that ran as Voilà made its page; sources are not shown."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        super().__init__(context.new_page())
        self.page.goto(address)
        expect(self.page.locator("#rendered_cells")).to_be_visible(timeout=60 * SECONDS)

    def cell(self, index: int) -> Locator:
        """The cell at this place, prose included."""
        return self.page.locator(f'[cell-index="{index + 1}"] .jp-Cell')

    def run_all(self) -> None:
        """All cells ran before there was a page."""

    def wait_until_ran(self, index: int, *, timeout: float = 60) -> None:
        """Wait until the cell is in the page (seconds)."""
        expect(self.cell(index)).to_be_attached(timeout=timeout * SECONDS)
