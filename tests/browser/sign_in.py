"""A person at the sandbox's own pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from ..helpers.words import CARD_BUTTON, SERVER_BUTTON

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request

    from .conftest import FrontEnd

CALLBACK = "lab/extensions/oauth-widgets/static/v1/callback.html"
ALICE = "+447700900101"
REFUSE = re.compile("^(Refuse|Don.t allow)$")
PASSWORDS = {"alice": "wonderland", "bob": "builder"}


class SignInWindow:
    """The window that the card opened; `answer` is the address that it returned with, if any."""

    def __init__(self, context: BrowserContext, button: Locator) -> None:
        with context.expect_page() as opened:
            button.click()
        self.page: Page = opened.value
        self.answer = ""
        self.page.on("request", self._went)

    def sign_in(self, username: str) -> None:
        """Fill in the form and send it, or continue as the person who signed in here before."""
        known = self.page.get_by_role("button", name=f"Continue as {username}")
        name = self.page.get_by_label("Username")
        expect(known.or_(name)).to_be_visible()
        if known.is_visible():
            known.click()
        else:
            name.fill(username)
            self.page.get_by_label("Password").fill(PASSWORDS[username])
            self.page.get_by_role("button", name=SERVER_BUTTON, exact=True).click()
        expect(self.page.get_by_role("button", name="Allow", exact=True)).to_be_visible()

    def allow(self) -> None:
        """Say yes on the consent page."""
        self.page.get_by_role("button", name="Allow", exact=True).click()

    def refuse(self) -> None:
        """Say no on the consent page."""
        self.page.get_by_role("button", name=REFUSE).click()

    @property
    def code(self) -> str:
        """The code that it returned with."""
        return self._parameter("code")

    @property
    def state(self) -> str:
        """The state that it returned with."""
        return self._parameter("state")

    def closed(self) -> None:
        """Wait until it has closed itself, or the card has closed it."""
        if not self.page.is_closed():
            self.page.wait_for_event("close")

    def _parameter(self, name: str) -> str:
        return parse_qs(urlsplit(self.answer).query)[name][0]

    def _went(self, request: Request) -> None:
        if parse_qs(urlsplit(request.url).query).keys() >= {"code", "state"}:
            self.answer = self.answer or request.url


def sign_in_link(card: Locator) -> Locator:
    """The card's link to the sign-in page, once it is there."""
    link = card.get_by_role("link", name=CARD_BUTTON)
    expect(link).to_be_visible(timeout=30_000)
    return link


def paste(card: Locator, address: str) -> None:
    """Paste the address into the card, whose box may have to be opened."""
    field = card.get_by_label("Address from that window")
    if not field.is_visible():
        card.get_by_text("Window stuck on an error page?").click()
    field.fill(address)
    card.get_by_role("button", name="Continue").click()


def callback_page(front_end: FrontEnd) -> str:
    """The address of our callback page on a Jupyter server."""
    return f"{front_end.url}{CALLBACK}"


def approve(chromium: Browser, card: Locator) -> None:
    """As alice, enter the card's code on another device, and allow what it asks for."""
    other = chromium.new_context()
    device = other.new_page()
    device.goto(card.locator(".ow-device-page").inner_text())
    device.get_by_label("Code").fill(card.locator(".ow-user-code").inner_text())
    device.get_by_role("button", name="Continue").click()
    device.get_by_label("Username").fill("alice")
    device.get_by_label("Password").fill(PASSWORDS["alice"])
    device.get_by_role("button", name=SERVER_BUTTON, exact=True).click()
    device.get_by_role("button", name="Allow", exact=True).click()
    expect(device.get_by_role("heading")).not_to_contain_text("Allow")
    other.close()
