"""Every card in every state, on one page: axe finds nothing, and nothing is cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .axe import nothing_found
from .cards import complaints, in_lab, is_whole, nothing_found_in_any_look, open_with
from .gallery import CELLS, SETUP, in_one_cell, prepared

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from .conftest import FrontEnd, TakePicture

pytestmark = pytest.mark.browser

HIGHEST = 1500
"""Pixels that a card may take, 720 wide, whatever a server writes."""


@in_lab
@pytest.mark.timeout(400)
def test_every_card_in_every_state_is_right_for_everyone(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture
) -> None:
    notebook = open_with(front_end, context, SETUP, in_one_cell(CELLS))
    page = notebook.page
    page.set_viewport_size({"width": 1280, "height": 2000})
    notebook.run_all()
    notebook.wait_until_ran(1, timeout=120)
    outputs = notebook.output(1).locator(".jp-OutputArea-child")
    for place, name in enumerate(CELLS):
        prepared(name, outputs.nth(place))
    for place, name in enumerate(CELLS):
        output = outputs.nth(place)
        if name != "repr-preview":  # A front end lets a wide frame scroll
            assert is_whole(output.locator(".jp-OutputArea-output")), name
        if "strange" in name:
            box = output.bounding_box()
            assert box is not None
            assert box["height"] < HIGHEST, name
    nothing_found_in_any_look(notebook, (1,), take_picture)
    for card in page.locator(".ow-card:not(.ow-card .ow-card)").all():
        card.evaluate("node => { node.style.width = '320px'; }")
        assert is_whole(card), card.inner_text()
    nothing_found(page, "#part-1")
    take_picture(page, "narrow")
    assert complaints(notebook) == []
