"""A real marimo: a notebook that is a Python file, as an app or in its editor."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Literal

from .process import Process, free_port
from .workplace import LOOPBACK, inherited

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

Mode = Literal["run", "edit"]

HEAD = "import marimo\napp = marimo.App()\n"


def write(folder: Path, *cells: str) -> Path:
    """Write a notebook of `cells`, each a function with its head."""
    notebook = folder / "notebook.py"
    notebook.write_text("\n".join([HEAD, *(f"@app.cell\n{cell}" for cell in cells)]))
    return notebook


class Marimo:
    """marimo with one notebook of `cells`."""

    def __init__(self, folder: Path, mode: Mode, *cells: str) -> None:
        notebook = write(folder, *cells)
        # The editor would wait for a click.
        (folder / "pyproject.toml").write_text("[tool.marimo.runtime]\nauto_instantiate = true\n")
        port = free_port()
        self.url = f"http://{LOOPBACK}:{port}/"
        command = [
            *(sys.executable, "-m", "marimo", mode, str(notebook), "--headless", "--no-token"),
            *("--host", LOOPBACK, f"--port={port}"),
            *(["--skip-update-check"] if mode == "edit" else []),
        ]
        environment = inherited() | {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
        self._process = Process(command, folder / "marimo.log", environment)
        self._process.until_it_answers(self.url)

    def open(self, context: BrowserContext) -> Page:
        """Open the notebook, which runs its cells."""
        page = context.new_page()
        page.goto(self.url)
        return page

    def stop(self) -> None:
        """End it with its kernels."""
        self._process.stop()
