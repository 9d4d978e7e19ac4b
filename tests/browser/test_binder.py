"""Binder: built as its files say, seen from another machine, the first tutorial works."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from ..helpers.leaks import leaks
from ..helpers.words import SIGN_IN_LINK
from .binder import Binder
from .notebook import LabNotebook
from .reach import only_reaches
from .sign_in import PASSWORDS, SignInWindow

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext

    from .conftest import TakePicture

# If SOAK is set, an environment is installed from nothing.
pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

NOTEBOOK = "notebooks/01-first-light.ipynb"
CARD, FRAME, AFTER = 3, 5, 7
ALICE = "+447700900101"


@pytest.fixture
def binder(tmp_path: Path) -> Iterator[Binder]:
    server = Binder(tmp_path)
    yield server
    server.stop()


def test_the_first_tutorial_is_open_and_someone_elsewhere_signs_in(
    context: BrowserContext, binder: Binder, take_picture: TakePicture
) -> None:
    only_reaches(context, binder.url)
    notebook = LabNotebook(context.new_page(), Path(NOTEBOOK))
    notebook.page.goto(f"{binder.url}?token={binder.token}")
    notebook.wait_until_idle()
    assert urlsplit(notebook.page.url).path.endswith(f"/lab/tree/{NOTEBOOK}")
    expect(notebook.page.get_by_role("dialog")).to_have_count(0)
    notebook.run_all()
    card = notebook.output(CARD)
    button = card.get_by_role("link", name=SIGN_IN_LINK)
    expect(button).to_have_attribute("href", re.compile("/proxy/[0-9]+/oauth2/auth"))
    take_picture(notebook.page, "before")

    window = SignInWindow(context, button)
    window.sign_in("alice")
    assert window.page.url.startswith(f"{binder.url}proxy/")
    take_picture(window.page, "consent")
    window.allow()
    expect(card).to_contain_text(ALICE, timeout=20_000)
    notebook.wait_until_ran(AFTER)
    assert "rows" in notebook.output_text(FRAME)
    chart = notebook.output(AFTER).locator("img")
    assert chart.evaluate("image => image.naturalWidth") > 300
    take_picture(notebook.page, "after")

    secrets = {"code": window.code, "state": window.state, "password": PASSWORDS["alice"]}
    assert "303 POST" in binder.log.read_text()
    assert leaks(secrets, [binder.log]) == []
