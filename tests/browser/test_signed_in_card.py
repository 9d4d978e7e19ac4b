"""The login card once someone has signed in, in every front end."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ..helpers.leaks import leaks
from .cards import is_whole, tells
from .notebook import Notebook
from .sign_in import ALICE, CALLBACK, SignInWindow, sign_in_link

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Locator, Page

    from .conftest import FrontEnd, TakePicture
    from .servers import Servers

pytestmark = pytest.mark.browser

CARD = """
import ipywidgets
import oauth_widgets as ow
sandbox = ow.sandbox.start("onewelcome")
card = ow.login(sandbox.server, sandbox.client, scope="openid email phone offline_access")
card
"""
FETCH = """
def fetch(_):
    TELL
    try:
        said.value = f"{len(card.session.frame('/cells', progress=False))} rows"
    except ow.errors.InsufficientScope:
        said.value = "no rows"
button, said = ipywidgets.Button(description="Fetch"), ipywidgets.Label()
button.on_click(fetch)
ipywidgets.VBox([button, said])
"""


def open_view(card: Locator, name: str, words: str) -> Locator:
    """Select the tab of that name, and wait for what it holds."""
    card.get_by_role("tab", name=name, exact=True).click()
    panel = card.get_by_role("tabpanel", name=name, exact=True)
    expect(panel).to_contain_text(words, timeout=20_000)
    return panel


def sign_in_as_alice(context: BrowserContext, link: Locator) -> None:
    window = SignInWindow(context, link)
    window.sign_in("alice")
    window.allow()


def sign_out(card: Locator) -> None:
    session = card.locator(".ow-session")
    session.get_by_role("button", name="Sign out").click()
    expect(session).to_contain_text("the server has revoked the tokens", timeout=20_000)
    expect(card).not_to_contain_text(ALICE)
    expect(card.get_by_role("tab")).to_have_count(0)
    expect(card.get_by_role("button", name="Sign in again")).to_be_visible()


def on_a_projector(page: Page, card: Locator, take_picture: TakePicture) -> None:
    """With the letters twice as large, on a screen of its usual size."""
    page.set_viewport_size({"width": 640, "height": 360})
    assert all(is_whole(one) for one in card.locator(".ow-card").all())
    card.locator(".ow-title").first.evaluate("node => node.scrollIntoView()")
    take_picture(page, "projector")
    page.set_viewport_size({"width": 1200, "height": 2400})


@pytest.mark.parametrize("front_end", ["lab", "notebook7", "voila"], indirect=True)
def test_a_session_is_looked_at_widened_renewed_and_ended_in_the_login_card(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture, tmp_path: Path
) -> None:
    told = tmp_path / "told.json"
    cells = (CARD, FETCH.replace("TELL", tells("card.session", told)))
    notebook = front_end.open(context, front_end.write("signed-in.ipynb", *cells))
    notebook.run_all()
    page, card = notebook.page, notebook.output(0)
    page.set_viewport_size({"width": 1200, "height": 2400})
    sign_in_as_alice(context, sign_in_link(card))
    session = card.locator(".ow-session")
    expect(session).to_contain_text(ALICE, timeout=20_000)
    expect(card.get_by_role("status").first).to_have_text("Signed in")
    take_picture(page, "signed-in")

    open_view(card, "ID token", "signed statement")
    tokens = open_view(card, "Tokens", "Refresh token")
    tokens.get_by_role("button", name="Show").first.click()
    take_picture(page, "open")
    scopes = open_view(card, "Scopes", "granted")

    fetch = notebook.output(1)
    fetch.get_by_role("button", name="Fetch").click()
    expect(fetch).to_contain_text("no rows", timeout=20_000)
    for part in (session, scopes):
        expect(part).to_contain_text("A request to the API needs cells.read")
    secrets = json.loads(told.read_text())
    session.get_by_role("button", name="Ask for more").click()
    link = sign_in_link(card)
    take_picture(page, "asking")
    sign_in_as_alice(context, link)
    expect(session.get_by_role("status").first).to_have_text("More access granted.", timeout=20_000)
    expect(session).to_contain_text("cells.read")
    expect(link).to_be_hidden()
    fetch.get_by_role("button", name="Fetch").click()
    expect(fetch).to_contain_text("rows", timeout=20_000)
    expect(fetch).not_to_contain_text("no rows")
    secrets |= {f"new {name}": secret for name, secret in json.loads(told.read_text()).items()}
    take_picture(page, "widened")
    on_a_projector(page, card, take_picture)

    session.get_by_role("button", name="Refresh now").click()
    expect(session.get_by_role("status").first).to_have_text("Tokens refreshed.", timeout=20_000)
    sign_out(card)
    take_picture(page, "signed-out")
    if isinstance(notebook, Notebook):
        notebook.save()
        assert leaks(secrets, [notebook.file, notebook.checkpoint, front_end.log]) == []


def test_on_a_hub_a_session_is_looked_at_and_ended_in_the_login_card(
    context: BrowserContext, servers: Servers, take_picture: TakePicture
) -> None:
    hub = servers.hub()
    user = hub.users["alice"]
    source = servers.foreign().card(f"{hub.url}hub/user-redirect/{CALLBACK}")
    notebook = user.open(context, user.write("signed-in.ipynb", source))
    notebook.run_all()
    card = notebook.output(0)
    sign_in_as_alice(context, sign_in_link(card))
    expect(card.locator(".ow-session")).to_contain_text(ALICE, timeout=20_000)
    open_view(card, "Tokens", "Access token")
    open_view(card, "ID token", "signed statement")
    open_view(card, "Scopes", "granted")
    take_picture(notebook.page, "open")
    sign_out(card)
