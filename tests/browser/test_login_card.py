"""The login card for everyone: by keyboard alone, for a screen reader, in every look."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .keyboard import has_focus_ring, tab_to
from .sign_in import ALICE, PASSWORDS, sign_in_link

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Page

    from .conftest import FrontEnd

pytestmark = pytest.mark.browser

CARD = """
import oauth_widgets as ow
sandbox = ow.sandbox.start("playground")
card = ow.login(sandbox.server, sandbox.client, scope="openid phone")
card
"""

VIEWS = {
    "Scopes": "granted",
    "Tokens": "Access token",
    "ID token": "About you",
    "What happened": "straight from the kernel",
}
"""What opens after the sign-in, and words that it then holds."""


def sign_in_by_keyboard(window: Page) -> None:
    """As alice, with the keyboard alone; the first field has it already."""
    expect(window.get_by_label("Username")).to_be_focused()
    window.keyboard.type("alice")
    window.keyboard.press("Tab")
    window.keyboard.type(PASSWORDS["alice"])
    window.keyboard.press("Enter")
    allow = window.get_by_role("button", name="Allow", exact=True)
    expect(allow).to_be_visible()
    tab_to(window, allow)
    window.keyboard.press("Enter")


@pytest.mark.parametrize("front_end", ["lab", "notebook7"], indirect=True)
def test_somebody_signs_in_with_the_keyboard_alone(
    context: BrowserContext, front_end: FrontEnd
) -> None:
    notebook = front_end.open(context, front_end.write("card.ipynb", CARD))
    notebook.run_all()
    card, page = notebook.output(0), notebook.page
    link = sign_in_link(card)
    card.locator(".ow-card").focus()
    tab_to(page, link)
    assert has_focus_ring(link)
    with context.expect_page() as opened:
        page.keyboard.press("Enter")
    sign_in_by_keyboard(opened.value)
    expect(card.get_by_role("status").first).to_have_text("Signed in", timeout=20_000)
    expect(card).to_contain_text(ALICE)
    # The notebook draws the card anew when someone has signed in.
    expect(card.locator(".ow-login")).to_be_focused()
    for view, says in VIEWS.items():
        card.locator(".ow-card").first.focus()
        tab_to(page, card.get_by_role("tab", name=view))
        page.keyboard.press("Enter")
        expect(card.get_by_text(says).first).to_be_visible(timeout=20_000)


@pytest.mark.parametrize("front_end", ["lab"], indirect=True)
def test_pasting_another_device_and_cancel_are_reached_by_keyboard(
    context: BrowserContext, front_end: FrontEnd
) -> None:
    notebook = front_end.open(context, front_end.write("card.ipynb", CARD))
    notebook.run_all()
    card, page = notebook.output(0), notebook.page
    link = sign_in_link(card)
    card.locator(".ow-card").focus()
    tab_to(page, link)
    with context.expect_page() as opened:
        page.keyboard.press("Enter")
    opened.value.close()
    tab_to(page, card.locator("summary").filter(has_text="Window stuck"))
    page.keyboard.press("Enter")
    tab_to(page, card.get_by_label("Address from that window"))
    page.keyboard.type("SplxlOBeZQQYbYS6WxSbIA")
    page.keyboard.press("Enter")
    expect(card.get_by_role("alert")).to_contain_text("That is only the code", timeout=20_000)
    tab_to(page, card.get_by_role("button", name="Use another device"), "Shift+Tab")
    page.keyboard.press("Enter")
    expect(card.locator(".ow-user-code")).to_be_visible(timeout=20_000)
    tab_to(page, card.get_by_role("button", name="Cancel"))
    page.keyboard.press("Enter")
    expect(card.get_by_role("status")).to_contain_text("canceled", timeout=20_000)
