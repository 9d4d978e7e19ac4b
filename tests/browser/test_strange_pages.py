"""Names, scopes and codes as others may write them: they stay text, and within the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from oauth_widgets.sandbox.server import serve

from ..helpers.words import SERVER_BUTTON
from .test_sandbox_pages import Visit

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import BrowserContext, Page

    from .conftest import TakePicture

pytestmark = pytest.mark.browser

# As long as a sandbox allows: markup, right to left, an emoji, and a word that has no end.
NAME = ("<b>Eve</b> שלום قراءة رقم 🦄 `code` " + "W" * 200)[:200]
USERNAME = "e" * 200
SCOPE = "<b>" + "odd" * 17 + "</b>"
LONG = ("<b>Very</b> long קרא 🦄 " * 500)[:9000]
OUTSIDE = """() => {
  const wide = document.documentElement.clientWidth;
  return [...document.querySelectorAll("body *")]
    .filter((one) => one.getClientRects().length && !one.closest("thead"))
    .filter((one) => one.getBoundingClientRect().right > wide + 1
      || (one.scrollWidth > wide && !one.matches("input")))
    .map((one) => one.outerHTML.slice(0, 80));
}"""


def at_server(path: str) -> Callable[[Visit], None]:
    return lambda visit: visit.page.goto(visit.issuer + path)


def wrong_password(visit: Visit) -> None:
    visit.ask(scope="openid")
    visit.page.get_by_label("Username").fill(LONG)
    visit.page.get_by_label("Password").fill(LONG)
    visit.press(SERVER_BUTTON)


def consent(visit: Visit) -> None:
    visit.ask(scope=f"openid phone {SCOPE}")
    visit.press(f"Sign in as {USERNAME}")


def unregistered(visit: Visit) -> None:
    visit.ask(redirect_uri="https://elsewhere.example/" + "x" * 900)


def wrong_code(visit: Visit) -> None:
    at_server("/device")(visit)
    visit.page.get_by_label("Code").fill(LONG)
    visit.press("Continue")


STEPS: dict[str, Callable[[Visit], None]] = {
    "front": at_server("/"),
    "documentation": at_server("/api"),
    "wrong-password": wrong_password,
    "consent": consent,
    "welcome-back": lambda visit: visit.ask(scope="openid"),
    "unregistered": unregistered,
    "wrong-code": wrong_code,
    "sign-out": lambda visit: visit.open("end_session"),
}


def test_whatever_others_write_stays_text_and_within_the_page(
    fresh_context: BrowserContext, take_picture: TakePicture
) -> None:
    sandbox = serve(
        "playground",
        users=[{"username": USERNAME, "password": "p" * 200, "name": NAME}],
        scopes={SCOPE: NAME},
        services={"s" * 60: {"records": [{"f" * 200: 1}], "requires": SCOPE, "gives": NAME}},
        client_name=NAME,
    )
    sandbox.misbehave("nonce")
    page = fresh_context.new_page()
    visit = Visit(page, sandbox)
    for name, reach in STEPS.items():
        reach(visit)
        stays_within(page, name)
        take_picture(page, name)
    sandbox.stop()


def stays_within(page: Page, name: str) -> None:
    """Fail if a part is beyond the window's edge, or if anything became markup."""
    for width in (1000, 320):
        page.set_viewport_size({"width": width, "height": 800})
        outside: Any = page.evaluate(OUTSIDE)
        assert outside == [], (name, width, outside)
        assert page.locator("b").count() == 0, name
