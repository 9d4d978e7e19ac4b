"""Every card in every state, on one page: axe finds nothing, and nothing is cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .axe import nothing_found
from .cards import in_lab, is_whole, nothing_found_in_any_look, open_with
from .gallery import CARDS, CELLS, SETUP, in_one_cell, prepared

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext

    from .conftest import FrontEnd, TakePicture

pytestmark = pytest.mark.browser

HIGHEST = 2000
"""Pixels that a card may take, 720 wide, whatever a server writes."""


@in_lab
@pytest.mark.timeout(400)
def test_every_card_in_every_state_is_right_for_everyone(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture
) -> None:
    # What a preview shows of a frame is pandas' own.
    plain = [name for name in CELLS if name not in {*CARDS, "repr-preview"}]
    notebook = open_with(front_end, context, SETUP, in_one_cell(CARDS), in_one_cell(plain))
    page = notebook.page
    page.set_viewport_size({"width": 1280, "height": 2000})
    notebook.run_all()
    notebook.wait_until_ran(2, timeout=120)
    outputs = {
        name: notebook.output(cell).locator(".jp-OutputArea-child").nth(place)
        for cell, names in ((1, CARDS), (2, plain))
        for place, name in enumerate(names)
    }
    for name, output in outputs.items():
        prepared(name, output)
    wrong = []
    for name, output in outputs.items():
        whole = is_whole(output.locator(".jp-OutputArea-output"))
        wrong += [] if whole else [f"{name} is cut off"]
        if "strange" in name:
            box = output.bounding_box()
            high = box is None or box["height"] > HIGHEST
            wrong += [f"{name} is {box} high"] if high else []
    assert not wrong, wrong
    nothing_found_in_any_look(notebook, (1,), take_picture)
    notebook.output(2).evaluate("node => { node.id = 'part-2'; }")
    nothing_found(page, "#part-2")
    for card in page.locator(".ow-card:not(.ow-card .ow-card)").all():
        card.evaluate("node => { node.style.width = '320px'; }")
        assert is_whole(card), card.inner_text()
    nothing_found(page, "#part-1")
    take_picture(page, "narrow")
