"""An open notebook, driven as a person would: what front ends share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import quote, urlencode, urlsplit

import nbformat
from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from playwright.sync_api import (
        BrowserContext,
        ConsoleMessage,
        Error,
        Locator,
        Page,
        Response,
    )

Theme = Literal["light", "dark"]

SECONDS = 1000  # Playwright counts milliseconds

# In JupyterLab's page. It shows a launcher when nothing else is open.
# A kernel that ended a moment ago may still be in the list from which JupyterLab takes one.
OPEN = """async path => {
  const { commands, shell, serviceManager } = window.jupyterapp;
  await serviceManager.sessions.refreshRunning();
  const opened = await commands.execute("docmanager:open", { path });
  [...shell.widgets("main")].filter(one => one !== opened).forEach(one => one.dispose());
}"""
LEAVE = """async () => {
  const { commands, shell } = window.jupyterapp;
  [...shell.widgets("main")].forEach(one => one.dispose());
  if (document.body.dataset.jpThemeLight === "false") {
    await commands.execute("apputils:change-theme", { theme: "JupyterLab Light" });
  }
  return !document.querySelector(".jp-Dialog");
}"""


class NotebookPage:
    """A notebook in a page: cells, counted from 0 as in the file, prose included.

    `page` is Playwright's page, `errors` are the complaints in the page's console.
    """

    def __init__(self, page: Page) -> None:
        self.errors: list[str] = []
        self.page = page
        page.set_viewport_size({"width": 1200, "height": 1400})
        page.on("console", self._heard)
        page.on("pageerror", self._failed)

    def cell(self, index: int) -> Locator:
        """The cell at this place, prose included."""
        raise NotImplementedError

    def output(self, index: int) -> Locator:
        """What a code cell shows below its source, widgets included."""
        return self.cell(index).locator(".jp-Cell-outputArea")

    def output_text(self, index: int) -> str:
        """The text a code cell shows below its source, without its [1]: prompts."""
        return "\n".join(self.output(index).locator(".jp-OutputArea-output").all_inner_texts())

    def run_all(self) -> None:
        """Run all cells. Does not wait."""
        raise NotImplementedError

    def wait_until_ran(self, index: int, *, timeout: float = 60) -> None:
        """Wait until the cell is done, well or not (seconds)."""
        raise NotImplementedError

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} {message.location['url']}".strip())

    def _failed(self, error: Error) -> None:
        self.errors.append(str(error))


class Notebook(NotebookPage):
    """A notebook that is open to be changed and run; `file` and `checkpoint` are on disk."""

    PATH: str
    QUERY: Mapping[str, str] = {}

    def __init__(self, page: Page, file: Path) -> None:
        super().__init__(page)
        self.file = file
        folder = file.parent / ".ipynb_checkpoints"
        self.checkpoint: Path = folder / f"{file.stem}-checkpoint{file.suffix}"
        self._panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")

    @classmethod
    def load(
        cls, context: BrowserContext, server: str, file: Path, *, token: str | None = None
    ) -> Self:
        """Open a notebook in a new page."""
        notebook = cls(context.new_page(), file)
        query = {**cls.QUERY, "token": token} if token else cls.QUERY
        notebook.page.goto(f"{server}{cls.PATH}/{quote(file.name)}?{urlencode(query)}")
        notebook.wait_until_idle()
        return notebook

    def cell(self, index: int) -> Locator:
        """The cell at this place, prose included."""
        return self._panel.locator(f'.jp-Cell[data-windowed-list-index="{index}"]')

    def run_all(self) -> None:
        """Run > Run All Cells. Does not wait."""
        self.menu("Run", "Run All Cells")

    def run(self, index: int) -> None:
        """Run one cell with Shift+Enter. Does not wait."""
        self.cell(index).locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")

    def wait_until_ran(self, index: int, *, timeout: float = 60) -> None:
        """Wait until the cell has an execution count, so is done, well or not (seconds)."""
        prompt = self.cell(index).locator(".jp-InputArea-prompt")
        expect(prompt).to_have_text(re.compile(r"\[\d+\]:"), timeout=timeout * SECONDS)

    def wait_until_idle(self, *, timeout: float = 60) -> None:
        """Wait until no cell is waiting or running and the kernel is idle (seconds)."""
        expect(self._idle()).to_be_visible(timeout=timeout * SECONDS)
        busy = self._panel.locator(".jp-InputArea-prompt", has_text="[*]:")
        expect(busy).to_have_count(0, timeout=timeout * SECONDS)

    def save(self) -> None:
        """Save with Ctrl+S and wait until file and checkpoint are written."""

        def made_checkpoint(response: Response) -> bool:
            path = urlsplit(response.url).path
            return response.request.method == "POST" and path.endswith("/checkpoints")

        with self.page.expect_response(made_checkpoint):
            self.page.keyboard.press("Control+s")

    def saved(self) -> nbformat.NotebookNode:
        """The notebook as the file has it."""
        return nbformat.read(self.file, as_version=4)

    def theme(self, theme: Theme) -> None:
        """Settings > Theme > JupyterLab Light or Dark."""
        self.menu("Settings", "Theme", f"JupyterLab {theme.title()}")
        light = "true" if theme == "light" else "false"
        body = self.page.locator("body")
        expect(body).to_have_attribute("data-jp-theme-light", light, timeout=60 * SECONDS)
        expect(self.page.locator("#jupyterlab-splash")).to_have_count(0, timeout=60 * SECONDS)

    def menu(self, *names: str) -> None:
        """Open a menu of the menu bar and walk down to an entry."""
        bar, *entries = names
        self.page.locator(".lm-MenuBar-item", has_text=re.compile(rf"^{bar}$")).click()
        for name in entries:
            label = re.compile(rf"^{re.escape(name)}…?$")
            self.page.locator(".lm-Menu-itemLabel", has_text=label).last.click()

    def _idle(self) -> Locator:
        """What the page shows while the kernel is idle."""
        raise NotImplementedError


class LabNotebook(Notebook):
    """A notebook in a JupyterLab that has nothing else open."""

    PATH = "lab/tree"
    QUERY = {"reset": ""}  # noqa: RUF012 - it never changes

    @classmethod
    def open_in(cls, page: Page, file: Path) -> Self:
        """Open a notebook in a JupyterLab that another one has left."""
        notebook = cls(page, file)
        page.bring_to_front()
        page.evaluate(OPEN, file.name)
        notebook.wait_until_idle()
        return notebook

    def leave(self) -> bool:
        """Close the notebook without saving; tell whether JupyterLab is as good as new."""
        if self.page.is_closed():
            return False
        self.page.remove_listener("console", self._heard)
        self.page.remove_listener("pageerror", self._failed)
        self.page.emulate_media(forced_colors="null", reduced_motion="null")
        is_new: bool = self.page.evaluate(LEAVE)
        return is_new

    def save(self) -> None:
        """Save with Ctrl+S and wait until file and checkpoint are written."""
        super().save()
        expect(self.page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty")).to_have_count(0)

    def _idle(self) -> Locator:
        # The notebook's own indicator says idle before there is a kernel; the status bar does not.
        return self.page.locator("#jp-main-statusbar").get_by_text(re.compile(r"\| Idle$"))


class Notebook7(Notebook):
    """A notebook in a separate page."""

    PATH = "notebooks"

    def _idle(self) -> Locator:
        # The indicator says idle before there is a kernel; the status that fades does not.
        idle = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
        return self.page.locator(f"body:has(.jp-NotebookKernelStatus-fade) {idle}")
