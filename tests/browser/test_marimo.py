"""The login card in marimo: a person signs in at the practice server and gets a DataFrame."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .marimo import Marimo, write
from .notebook import SECONDS
from .sign_in import SignInWindow, sign_in_link

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Page

    from .marimo import Mode

pytestmark = pytest.mark.browser

START = """def _():
    import oauth_widgets as ow
    sandbox = ow.sandbox.start()
    asked = {"scope": "openid phone events.read"}
    return asked, ow, sandbox
"""
AWAITS = """async def _(asked, ow, sandbox):
    session = await ow.login(sandbox.server, sandbox.client, **asked)
    return (session,)
"""
FRAME = """def _(session):
    f"{len(session.frame('/events'))} rows"
"""
LAST_VALUE = """def _(asked, ow, sandbox):
    card = ow.login(sandbox.server, sandbox.client, **asked)
    card
    return (card,)
"""


def sign_in(context: BrowserContext, marimo: Marimo) -> Page:
    page = marimo.open(context)
    card = page.locator(".ow-card")
    expect(card).to_be_visible(timeout=60 * SECONDS)
    window = SignInWindow(context, sign_in_link(card))
    window.sign_in("alice")
    window.allow()
    expect(card).to_contain_text("Signed in", timeout=60 * SECONDS)
    window.closed()
    return page


@pytest.mark.parametrize("mode", ["run", "edit"])
def test_a_cell_that_awaits_gets_the_session(
    context: BrowserContext, tmp_path: Path, mode: Mode
) -> None:
    marimo = Marimo(tmp_path, mode, START, AWAITS, FRAME)
    try:
        page = sign_in(context, marimo)
        expect(page.get_by_text("3200 rows")).to_be_visible(timeout=60 * SECONDS)
    finally:
        marimo.stop()


def test_a_card_as_last_value_signs_in(context: BrowserContext, tmp_path: Path) -> None:
    marimo = Marimo(tmp_path, "edit", START, LAST_VALUE)
    try:
        sign_in(context, marimo)
    finally:
        marimo.stop()


def test_an_export_that_nobody_watches_is_refused_at_once(tmp_path: Path) -> None:
    notebook = write(tmp_path, START, AWAITS)
    done = subprocess.run(  # noqa: S603 - our own notebook
        [sys.executable, "-m", "marimo", "export", "html", str(notebook), "-o", tmp_path / "out"],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert "is running unattended, so no one can sign in" in done.stderr
