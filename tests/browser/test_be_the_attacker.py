"""The tutorial on attacks, as a reader walks through it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .sign_in import SignInWindow, sign_in_link

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from .conftest import OpenNotebook, TakePicture

pytestmark = pytest.mark.browser

MOVES, FIRST, ALL, SERVER_BUTTON, VERDICT = 1, 5, 7, 12, 13


def test_the_naive_client_is_robbed_this_package_is_not_and_the_exercise_is_solved(
    context: BrowserContext, open_notebook: OpenNotebook, take_picture: TakePicture
) -> None:
    notebook = open_notebook("07-be-the-attacker.ipynb")
    notebook.run_all()
    expect(notebook.output(MOVES)).to_contain_text("device phishing", timeout=30_000)
    first = notebook.output(FIRST)
    expect(first).to_contain_text("naive client: Alice works with Bob's data", timeout=30_000)
    expect(first).to_contain_text("this package: nothing, stopped by answer/state")

    window = SignInWindow(context, sign_in_link(notebook.output(SERVER_BUTTON)))
    rows = notebook.output(ALL).locator("tbody tr")
    expect(rows).to_have_count(11)
    # The number, the move, the loot at the naive client, that at this package, the check.
    for cells in [row.locator("td").all_inner_texts() for row in rows.all()]:
        assert len(cells) == 5
        assert cells[1] != ""
        assert cells[2] == ""
        assert "/" in cells[3]
    window.sign_in("alice")
    window.allow()
    expect(notebook.output(VERDICT)).to_contain_text("Solved: state.", timeout=30_000)
    page = notebook.page
    page.bring_to_front()
    page.set_viewport_size({"width": 1200, "height": 5000})
    take_picture(page, "whole")
