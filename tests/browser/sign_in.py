"""A person at the sandbox's own pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page, Request

PASSWORDS = {"alice": "wonderland", "bob": "builder"}


class SignInWindow:
    """The window that the card opened; `answer` is the address it came back with, once it has."""

    def __init__(self, context: BrowserContext, button: Locator) -> None:
        with context.expect_page() as opened:
            button.click()
        self.page: Page = opened.value
        self.answer = ""
        self.page.on("request", self._went)

    def sign_in(self, username: str) -> None:
        """Fill in the form and send it."""
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password").fill(PASSWORDS[username])
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("button", name="Allow")).to_be_visible()

    def allow(self) -> None:
        """Say yes on the consent page."""
        self.page.get_by_role("button", name="Allow").click()

    def refuse(self) -> None:
        """Say no on the consent page."""
        self.page.get_by_role("button", name="Refuse").click()

    @property
    def code(self) -> str:
        """The code that it came back with."""
        return parse_qs(urlsplit(self.answer).query)["code"][0]

    def closed(self) -> None:
        """Wait until it has closed itself, or the card has closed it."""
        if not self.page.is_closed():
            self.page.wait_for_event("close")

    def _went(self, request: Request) -> None:
        if parse_qs(urlsplit(request.url).query).keys() >= {"code", "state"}:
            self.answer = self.answer or request.url


def sign_in_link(card: Locator) -> Locator:
    """The card's link to the sign-in page, once it is there."""
    link = card.get_by_role("link", name=re.compile("^Sign in"))
    expect(link).to_be_visible(timeout=30_000)
    return link


def paste(card: Locator, address: str) -> None:
    """Paste the address into the card, whose box may have to be opened."""
    field = card.get_by_label("Address of the last page")
    if not field.is_visible():
        card.get_by_text("Did the window end on a page").click()
    field.fill(address)
    card.get_by_role("button", name="Use this address").click()
