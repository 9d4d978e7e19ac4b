"""The tutorial on frames: a bar, a refusal, a wider session, a resumed fetch, a map."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ..helpers.leaks import leaks
from ..helpers.words import CARD_BUTTON
from .sign_in import SignInWindow

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext

    from .conftest import OpenNotebook, TakePicture
    from .jupyter_server import JupyterServer

pytestmark = pytest.mark.browser

NOTEBOOK = "04-pages-to-frames.ipynb"
LOGIN, PREVIEW, EVENTS, ATTRS, REFUSED, WIDER, MASTS = 1, 3, 5, 7, 9, 11, 13
TROUBLE, RESUMED, EACH, TEN, MAP, MINE, CHECK = 15, 17, 19, 21, 22, 24, 25
ANSWER = 'mine = wider.frame("/cells", {"paging": "cursor", "limit": 50})'

TELL = """
import json, pathlib
pathlib.Path(FILE).write_text(json.dumps({
    f"{kind} {number}": getattr(one, kind).reveal()
    for number, one in enumerate((session, wider)) for kind in ("access_token", "refresh_token")
}))
"""


def cells_of(tutorial: Path) -> list[str]:
    return [
        ("" if cell["cell_type"] == "code" else "# %% md\n") + "".join(cell["source"])
        for cell in json.loads(tutorial.read_text())["cells"]
    ]


def test_the_tutorial_ends_with_a_map_and_an_exercise_that_checks_itself(
    context: BrowserContext,
    open_notebook: OpenNotebook,
    jupyter_lab: JupyterServer,
    take_picture: TakePicture,
    tmp_path: Path,
) -> None:
    cells = cells_of(jupyter_lab.root / NOTEBOOK)
    told = tmp_path / "told.json"
    name = jupyter_lab.write("pages.ipynb", *cells, TELL.replace("FILE", repr(str(told))))
    notebook = open_notebook(name)
    notebook.run_all()
    window = SignInWindow(context, notebook.output(LOGIN).get_by_role("link", name=CARD_BUTTON))
    window.sign_in("alice")
    window.allow()

    expect(notebook.output(EVENTS)).to_contain_text(
        re.compile(r"rows/s,\s+\d+\s+pages"), timeout=30_000
    )
    take_picture(notebook.page, "under-way")

    button = notebook.output(WIDER).get_by_role("link", name=CARD_BUTTON)
    expect(button).to_be_visible(timeout=60_000)
    assert "Missing: cells.read" in notebook.output_text(REFUSED)
    assert "session.frame('/events')" in notebook.output_text(PREVIEW)
    assert "'pages': 40" in notebook.output_text(ATTRS)
    button.scroll_into_view_if_needed()
    take_picture(notebook.page, "ask-for-more")
    window = SignInWindow(context, button)
    window.page.get_by_role("button", name="Continue as alice").click()
    window.allow()

    notebook.wait_until_ran(len(cells), timeout=90)
    assert "14,500 events are safe" in notebook.output_text(TROUBLE)
    assert notebook.output_text(RESUMED).endswith("True")
    assert re.findall(r"\d+", notebook.output_text(EACH)) == ["400"] * 3
    notebook.cell(CHECK).scroll_into_view_if_needed()
    expect(notebook.output(CHECK)).to_contain_text("Not yet", timeout=30_000)
    picture = notebook.output(MAP).locator("img")
    picture.scroll_into_view_if_needed()
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.naturalWidth") > 800
    take_picture(notebook.page, "map")

    notebook.cell(MINE).locator(".cm-content").click()
    notebook.page.keyboard.press("Control+a")
    notebook.page.keyboard.insert_text(ANSWER)
    notebook.page.keyboard.press("Shift+Enter")
    notebook.run(CHECK)
    expect(notebook.output(CHECK)).to_contain_text("Right: eight pages", timeout=30_000)

    notebook.save()
    assert leaks(json.loads(told.read_text()), [notebook.file, notebook.checkpoint]) == []
    outputs = [one for cell in notebook.saved().cells for one in cell.get("outputs", [])]
    assert not [one for one in outputs if one.output_type == "error"]
    assert notebook.errors == []
