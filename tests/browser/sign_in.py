"""A person at the sandbox's own pages."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator, Page, Request

PASSWORDS = {"alice": "wonderland", "bob": "builder"}


class SignInWindow:
    """The window that the card opened; `code` and `state` are what it brought back, once it has."""

    def __init__(self, context: BrowserContext, button: Locator) -> None:
        with context.expect_page() as opened:
            button.click()
        self.page: Page = opened.value
        self.code: str | None = None
        self.state: str | None = None
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

    def _went(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.path.endswith(("/callback", "/callback.html")):
            told = parse_qs(parts.query)
            self.code, self.state = (told.get(name, [None])[0] for name in ("code", "state"))
