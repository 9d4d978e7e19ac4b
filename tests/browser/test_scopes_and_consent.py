"""The second tutorial, from the first cell to an exercise that checks itself."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ..helpers.words import CARD_BUTTON
from .sign_in import SignInWindow

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator

    from .conftest import FrontEnd, TakePicture

pytestmark = pytest.mark.browser

NOTEBOOK = "02-scopes-and-consent.ipynb"
ANSWERS = ["usage.read", "usage.read phone", "phone openid", "phone"]
CELLS = {
    "picture": "attachment:",
    "picker": "ow.ScopePicker(",
    "login": "await picker.login()",
    "towers": "crosstab(",
    "apart": "session.requested_scope",
    "refusal": "InsufficientScope as",
    "wider": "await session.ask_for(",
    "info": "ow.introspect(",
    "load": "plot.barh(",
    "nothing": "InvalidScope as",
    "exercise": "def check(",
    "form": "ow.ClientForm(reg",
    "card": "ow.SessionCard(",
}
"""A text that only this cell has, by what the cell is for."""

ANSWERING = {
    "cell_type": "code",
    "execution_count": None,
    "id": "answers",
    "metadata": {},
    "outputs": [],
    "source": f"[check(answer) for answer in {ANSWERS!r}]",
}


def expect_marks(picker: Locator) -> None:
    """See that each scope in the menu says what became of it."""
    picker.get_by_text("Choose scopes one by one").click()
    for name, marks in {
        "cells.read": ["granted", "used"],
        "usage.read": ["always included", "granted by default"],
    }.items():
        line = picker.locator(".ow-check", has=picker.page.get_by_role("checkbox", name=name))
        for mark in marks:
            expect(line).to_contain_text(mark)
    expect(picker.get_by_role("button", name=re.compile("^Ask for "))).to_be_visible()


@pytest.mark.parametrize("front_end", ["lab"], indirect=True)
def test_the_tutorial_runs_top_to_bottom_and_its_exercise_checks_itself(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture
) -> None:
    tutorial = json.loads((front_end.root / NOTEBOOK).read_text())
    sources = ["".join(cell["source"]) for cell in tutorial["cells"]]
    at = {
        name: next(place for place, source in enumerate(sources) if text in source)
        for name, text in CELLS.items()
    }
    tutorial["cells"].append(ANSWERING)
    (front_end.root / "second.ipynb").write_text(json.dumps(tutorial))
    notebook = front_end.open(context, "second.ipynb")
    page = notebook.page
    page.set_viewport_size({"width": 1100, "height": 7500})
    picture = notebook.cell(at["picture"]).locator("img")
    expect(picture).to_have_attribute("alt", re.compile("Four stages from left to right"))
    assert picture.evaluate("image => image.complete && image.naturalWidth > 100")

    notebook.run_all()
    link = CARD_BUTTON
    window = SignInWindow(context, notebook.output(at["login"]).get_by_role("link", name=link))
    window.sign_in("alice")
    window.allow()
    wider = notebook.output(at["wider"]).get_by_role("link", name=link)
    expect(wider).to_be_visible(timeout=30_000)
    with context.expect_page() as opened:
        wider.click()
    opened.value.get_by_role("button", name="Continue as alice").click()
    expect(opened.value.get_by_text("See your phone number")).to_be_visible()
    opened.value.get_by_role("button", name="Allow", exact=True).click()
    notebook.wait_until_ran(len(sources), timeout=60)

    said = {name: notebook.output_text(place) for name, place in at.items()}
    assert "5G" in said["towers"]
    assert re.search(r"cells.read\s+True\s+usage.read\s+False", said["apart"])
    assert "Missing: events.read phone" in said["refusal"]
    assert "session.ask_for('events.read phone')" in said["refusal"]
    expect(notebook.output(at["load"]).locator("img")).to_be_visible()
    assert re.search(r"customer_number\s+C-1001", said["info"])
    assert "cells.write" in said["nothing"]
    assert "this client has no default scopes" in said["nothing"]
    assert "Not yet" in said["exercise"]
    answers = notebook.output_text(len(sources))
    for words in ("Not yet", "ask for less", "That's it"):
        assert words in answers
    expect_marks(notebook.output(at["picker"]))
    expect(notebook.output(at["form"]).get_by_label("Client ID")).to_be_visible()
    expect(notebook.output(at["card"]).get_by_role("button", name="Sign out")).to_be_visible()
    take_picture(page, "whole")
    # JupyterLab asks for an attachment before it knows that it is one
    assert [error for error in notebook.errors if "attachment:" not in error] == []
