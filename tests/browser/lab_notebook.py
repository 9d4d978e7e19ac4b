"""A notebook open in JupyterLab."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from playwright.sync_api import expect

from .notebook import Notebook

if TYPE_CHECKING:
    from playwright.sync_api import Locator


class LabNotebook(Notebook):
    """A notebook in a JupyterLab that has nothing else open."""

    PATH = "lab/tree"
    QUERY = {"reset": ""}  # noqa: RUF012 - no one changes it

    def save(self) -> None:
        """Save with Ctrl+S and wait until file and checkpoint are written."""
        super().save()
        expect(self.page.locator(".lm-TabBar-tab.jp-mod-current.jp-mod-dirty")).to_have_count(0)

    def _idle(self) -> Locator:
        # The notebook's own indicator says idle before there is a kernel; the status bar does not.
        return self.page.locator("#jp-main-statusbar").get_by_text(re.compile(r"\| Idle$"))
