"""The tutorial on tokens, as a reader walks through it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ..helpers.words import CARD_BUTTON
from .sign_in import SignInWindow

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from .conftest import OpenNotebook, TakePicture
    from .jupyter_server import JupyterServer
    from .notebook import Notebook

pytestmark = pytest.mark.browser

NOTEBOOK = "03-what-is-in-a-token.ipynb"
SESSION, TOKENS, PICTURE, CLAIMS, OTHER, HELD, CLAIM, VERDICT, END = 1, 3, 4, 5, 7, 9, 11, 12, 14


def sign_in(context: BrowserContext, notebook: Notebook, cell: int, username: str) -> None:
    link = notebook.output(cell).get_by_role("link", name=CARD_BUTTON)
    expect(link).to_be_visible(timeout=30_000)
    window = SignInWindow(context, link)
    window.sign_in(username)
    window.allow()


def test_the_tutorial_runs_top_to_bottom(
    context: BrowserContext, open_notebook: OpenNotebook, take_picture: TakePicture
) -> None:
    notebook = open_notebook(NOTEBOOK)
    page = notebook.page
    notebook.run_all()
    sign_in(context, notebook, SESSION, "alice")
    sign_in(context, notebook, OTHER, "bob")
    notebook.wait_until_ran(END)
    page.set_viewport_size({"width": 1200, "height": 9000})
    expect(notebook.output(TOKENS)).to_contain_text("Opaque")
    expect(notebook.output(CLAIMS)).to_contain_text("signed statement")
    expect(notebook.output(HELD)).to_contain_text("issued for a different sign-in")
    expect(notebook.cell(PICTURE).locator("img")).to_have_count(1)
    assert "Sign in with the card above" in notebook.output_text(VERDICT)
    take_picture(page, "whole")
    notebook.save()
    cells = [cell for cell in notebook.saved().cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in cells)
    assert not [o for cell in cells for o in cell.outputs if o.output_type == "error"]


@pytest.mark.parametrize(
    ("claim", "verdict"),
    [
        ("nonce", "You found it!"),
        ("at_hash", "Caught, but for another reason"),
        ("aud", "nothing was wrong with that token"),
    ],
)
def test_the_exercise_checks_itself(
    context: BrowserContext,
    open_notebook: OpenNotebook,
    jupyter_lab: JupyterServer,
    claim: str,
    verdict: str,
) -> None:
    tutorial = json.loads((jupyter_lab.root / NOTEBOOK).read_text())
    exercise, check = ("".join(tutorial["cells"][cell]["source"]) for cell in (CLAIM, VERDICT))
    assert 'claim = ""' in exercise
    start = 'import oauth_widgets as ow\nsandbox = ow.sandbox.start("playground")\n'
    answered = start + exercise.replace('claim = ""', f'claim = "{claim}"')
    notebook = open_notebook(jupyter_lab.write("exercise.ipynb", answered, check))
    notebook.run(0)
    sign_in(context, notebook, 0, "alice")
    card = notebook.output(0)
    pill = re.compile("^(Signed in|Failed)$")
    expect(card.locator(".ow-pill").first).to_have_text(pill, timeout=20_000)
    notebook.run(1)
    notebook.wait_until_ran(1)
    assert verdict in notebook.output_text(1)
