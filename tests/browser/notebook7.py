"""A notebook open in Jupyter Notebook 7."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .notebook import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Locator


class Notebook7(Notebook):
    """A notebook in its own page."""

    PATH = "notebooks"

    def _idle(self) -> Locator:
        # The indicator says idle before there is a kernel; the status that fades does not.
        idle = '.jp-Notebook-ExecutionIndicator[data-status="idle"]'
        return self.page.locator(f"body:has(.jp-NotebookKernelStatus-fade) {idle}")
