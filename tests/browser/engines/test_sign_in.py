"""Every way back from the sign-in page, in browsers of other makers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ...helpers.words import CARD_WORDS
from ..sign_in import ALICE, callback_page
from .lab import opened_and_run
from .page import closed, opened_by

if TYPE_CHECKING:
    from ..foreign import ForeignServer
    from ..jupyter_server import JupyterServer
    from ..servers import Servers
    from .page import Engine, Page

pytestmark = pytest.mark.engines

CARD = ".ow-login"


def begun(
    engine: Engine, lab: JupyterServer, foreign: ForeignServer, back: str
) -> tuple[Page, Page]:
    """As alice, sign in and allow it; return the notebook's page and the window."""
    page = opened_and_run(engine, lab, foreign.card(back))
    engine.console.clear()
    window = opened_by(engine, page, f"{CARD} a", CARD_WORDS)
    # The browser knows her from the second time on.
    window.press("button", "as alice")
    window.press("button.primary", "Allow")
    return page, window


@pytest.mark.parametrize("way", ["listener", "page"])
def test_the_answer_comes_back_and_the_window_closes(
    engine: Engine, servers: Servers, way: str
) -> None:
    lab = servers.jupyter("lab")
    back = callback_page(lab) if way == "page" else "http://127.0.0.1/callback"
    page, window = begun(engine, lab, servers.foreign(), back)
    page.shows(CARD, ALICE)
    closed(engine, window)
    assert engine.console == []


def test_the_address_of_a_page_that_nothing_listens_for_is_pasted(
    engine: Engine, servers: Servers
) -> None:
    foreign = servers.foreign()
    back = f"{foreign.url}nothing-here"
    page, window = begun(engine, servers.jupyter("lab"), foreign, back)
    window.shows("h1", "Page not found")
    page.fill(f"{CARD} .ow-input", window.url)
    page.press(f"{CARD} button", "Continue")
    page.shows(CARD, ALICE)
    assert engine.console == []
