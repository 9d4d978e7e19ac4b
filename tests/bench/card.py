# ruff: noqa: T201 - a script says what it measured
"""How soon the login card appears in a cell, compared with a button, and how large its files are.

In a real JupyterLab and browser: for each run a notebook whose first widget is there already, then
a cell with `ipywidgets.Button` and one with the card, from Shift+Enter to the moment they can be
seen. Prints medians in milliseconds and their difference. Chromium and the test extra are needed.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).parents[2]))

from oauth_widgets.widgets._source import source
from tests.browser.chromium import Chromium, find_chromium
from tests.browser.jupyter_server import JupyterServer
from tests.helpers.words import CARD_BUTTON

RUNS = 7
FIRST = """
import ipywidgets, oauth_widgets as ow
sandbox = ow.sandbox.start()
ipywidgets.Button(description="first")
"""
CELLS = {
    "ipywidgets.Button": ("ipywidgets.Button(description='plain')", "button", "plain"),
    "login card": ("ow.login(sandbox.server, sandbox.client, scope='openid')", "link", CARD_BUTTON),
}


def main() -> None:
    """Measure and print."""
    # An installed package is compiled, so the kernels here may keep compiled files too.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    took: dict[str, list[float]] = {name: [] for name in CELLS}
    with tempfile.TemporaryDirectory() as made, sync_playwright() as playwright:
        folder = Path(made)
        browser_process = Chromium(find_chromium(playwright.chromium.executable_path), folder)
        browser = playwright.chromium.connect_over_cdp(browser_process.endpoint)
        server = JupyterServer(folder / "jupyter", "lab")
        try:
            for run in range(RUNS):
                # whichever comes second is not always the same
                names = list(CELLS)[:: 1 if run % 2 else -1]
                name = server.write(f"bench-{run}.ipynb", FIRST, *(CELLS[one][0] for one in names))
                context = browser.new_context(viewport={"width": 1200, "height": 1400})
                notebook = server.open(context, name)
                notebook.run(0)
                notebook.output(0).get_by_role("button", name="first").wait_for()
                notebook.wait_until_idle()
                for place, one in enumerate(names, 1):
                    _, role, label = CELLS[one]
                    notebook.cell(place).locator(".cm-content").click()
                    began = time.perf_counter()
                    notebook.page.keyboard.press("Shift+Enter")
                    notebook.output(place).get_by_role(role, name=label).first.wait_for()
                    took[one].append(1000 * (time.perf_counter() - began))
                    notebook.wait_until_idle()
                context.close()
                server.end_kernels()
        finally:
            browser.close()
            server.stop()
            browser_process.stop()
    medians = {name: statistics.median(times) for name, times in took.items()}
    for name, median in medians.items():
        print(f"{name:20} {median:6.0f} ms (of {RUNS} runs)")
    print(
        f"{'the card takes':20} {medians['login card'] - medians['ipywidgets.Button']:6.0f} ms more"
    )
    sent = sum(len(source(name).encode()) for name in ("login.js", "login.css"))
    print(f"{'it sends':20} {sent:6} bytes")


if __name__ == "__main__":
    main()
