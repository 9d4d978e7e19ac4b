"""What a token is, what an ID token says, a code for another device: in front of a person."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ..helpers.leaks import leaks
from ..helpers.words import SERVER_BUTTON
from .axe import load_axe, nothing_found
from .cards import (
    complaints,
    in_lab,
    in_notebook7,
    open_with,
)
from .sign_in import ALICE, PASSWORDS, REFUSE

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator

    from .conftest import FrontEnd, TakePicture
    from .notebook import Notebook

pytestmark = pytest.mark.browser

SIGNED_IN = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import oauth_widgets as ow
from tests.helpers.people import ALL_ABOUT, secrets_of, session_of
alice, bob = (session_of(name, ALL_ABOUT, "playground") for name in ("alice", "bob"))
"""
TELL = """
import json, pathlib
pathlib.Path(FILE).write_text(json.dumps([secrets_of(one) for one in (alice, bob)]))
"""
DEVICE = """
import oauth_widgets as ow
sandbox = ow.sandbox.start("playground")
login = ow.device_login(sandbox.server, sandbox.client, scope="openid phone offline_access")
"""


def nothing_saved(notebook: Notebook, front_end: FrontEnd, told: Path) -> None:
    """Save, and fail for what is found of either person or of their tokens."""
    notebook.save()
    assert "widgets" in notebook.saved().metadata
    for secrets in json.loads(told.read_text()):
        assert leaks(secrets, [notebook.file, notebook.checkpoint, front_end.log]) == []


def token_box(output: Locator, name: str) -> Locator:
    return output.locator(".ow-token", has_text=name)


@in_lab
def test_a_token_is_shown_and_copied_on_request_and_never_saved(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture, tmp_path: Path
) -> None:
    told = tmp_path / "told.json"
    notebook = open_with(
        front_end,
        context,
        SIGNED_IN,
        "view = ow.TokenView(alice)\nview",
        "view",
        TELL.replace("FILE", repr(str(told))),
    )
    page, view = notebook.page, notebook.output(1)
    page.set_viewport_size({"width": 1200, "height": 2600})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    notebook.run_all()
    notebook.wait_until_ran(3)
    token = json.loads(told.read_text())[0]["access token"]
    expect(view).to_contain_text(re.compile(r"Expires .*\(in \d+ minutes\)"))
    assert token not in page.content()

    show = view.get_by_role("button", name="Show: Access token")
    show.click()
    expect(view.locator(".ow-secret:visible")).to_have_text(token)
    # the other view of the same widget did not ask
    expect(notebook.output(2).locator(".ow-secret:visible")).to_have_count(0)
    assert page.content().count(token) == 1
    take_picture(page, "shown")
    view.get_by_role("button", name="Hide: Access token").click()
    assert token not in page.content()

    view.get_by_role("button", name="Copy: Refresh token").click()
    expect(token_box(view, "Refresh token").get_by_role("status")).to_have_text("Copied.")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == json.loads(told.read_text())[0]["refresh token"]
    assert copied not in page.content()

    view.get_by_role("button", name="Ask the server what it means").click()
    expect(view).to_contain_text("valid right now")
    expect(view.locator(".ow-info")).to_contain_text("alice")
    take_picture(page, "asked")
    nothing_saved(notebook, front_end, told)
    assert complaints(notebook) == []


@in_lab
def test_a_page_that_may_not_copy_shows_the_token_selected(
    context: BrowserContext, front_end: FrontEnd
) -> None:
    notebook = open_with(front_end, context, "import oauth_widgets as ow\now.TokenView('a-token')")
    page, view = notebook.page, notebook.output(0)
    page.evaluate("() => { navigator.clipboard.write = () => Promise.reject(new Error('no')); }")
    notebook.run(0)
    view.get_by_role("button", name="Copy: This token").click()
    expect(view).to_contain_text("is shown and selected")
    assert page.evaluate("getSelection().toString()") == "a-token"
    # No other test should get the page that was changed.
    page.close()


@in_lab
def test_a_shown_token_is_hidden_again_after_a_minute(
    fresh_context: BrowserContext, front_end: FrontEnd
) -> None:
    # A clock that is set stays set.
    notebook = open_with(
        front_end, fresh_context, "import oauth_widgets as ow\now.TokenView('a-token')"
    )
    page, view = notebook.page, notebook.output(0)
    notebook.run(0)
    show = view.get_by_role("button", name="Show: This token")
    expect(show).to_be_visible()
    page.clock.install()
    show.click()
    expect(view.locator(".ow-secret")).to_have_text("a-token")
    page.clock.fast_forward(59_000)
    expect(view.locator(".ow-secret")).to_be_visible()
    page.clock.fast_forward(2_000)
    expect(view.locator(".ow-secret")).to_be_hidden()
    expect(view).to_contain_text("Hidden again: a token is shown for one minute.")


@in_notebook7
def test_claims_and_their_checks_are_shown_and_nothing_personal_is_saved(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture, tmp_path: Path
) -> None:
    told = tmp_path / "told.json"
    notebook = open_with(
        front_end,
        context,
        SIGNED_IN,
        "ow.ClaimsView(alice)",
        "ow.ClaimsView(bob, against=alice)",
        "ow.ClaimsView(bob.id_token.raw.reveal())\n",
        "ow.TokenView(bob.id_token.raw)\n",
        TELL.replace("FILE", repr(str(told))),
    )
    page = notebook.page
    page.set_viewport_size({"width": 1200, "height": 5600})
    notebook.run_all()
    notebook.wait_until_ran(5)
    own, foreign, bare, token = (notebook.output(cell) for cell in range(1, 5))
    expect(own.get_by_role("status")).to_contain_text("signed statement of who you are")
    expect(own).to_contain_text(ALICE)
    own.locator("summary", has_text="checks passed:").click()
    nonce = own.locator(".ow-row", has_text="ties it to this sign-in")
    expect(nonce).to_contain_text("Matches this sign-in")
    own.get_by_text("Why this identifier?").click()
    expect(own).to_contain_text("the same identifier for you at every client")

    expect(foreign.get_by_role("status")).to_contain_text("issued for a different sign-in")
    nonce = foreign.locator(".ow-failed", has_text="nonce")
    expect(nonce).to_contain_text("It has the one-time value of a different sign-in.")
    expect(nonce).to_contain_text("the one-time value of your sign-in")
    for view in (bare, token):
        expect(view.get_by_role("status").first).to_have_text("Nothing in this token was verified.")
        expect(view).to_contain_text("bob@example.org")
    take_picture(page, "claims")
    nothing_saved(notebook, front_end, told)
    # What identifies no one may be saved, so that a reader sees the claims.
    assert "ties it to this sign-in" in notebook.file.read_text()
    assert complaints(notebook) == []


@in_lab
def test_views_of_a_session_that_has_ended_say_so(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture
) -> None:
    notebook = open_with(
        front_end,
        context,
        SIGNED_IN,
        "ow.TokenView(alice)",
        "ow.ClaimsView(alice)",
        "alice.logout()",
    )
    page = notebook.page
    page.set_viewport_size({"width": 1200, "height": 3400})
    for cell in range(3):
        notebook.run(cell)
    tokens, claims = notebook.output(1), notebook.output(2)
    tokens.get_by_role("button", name="Show: Access token").click()
    expect(tokens.locator(".ow-secret:visible")).to_have_count(1)
    expect(claims).to_contain_text(ALICE)
    notebook.run(3)
    for view in (tokens, claims):
        expect(view.get_by_role("status").first).to_have_text(
            re.compile("signed out. Sign in again to continue.")
        )
    assert ALICE not in claims.inner_text()
    expect(tokens.locator(".ow-secret")).to_have_count(0)
    take_picture(page, "ended")


def decide(context: BrowserContext, card: Locator, decision: str | re.Pattern[str]) -> None:
    """Open the page for the code, sign in there, and decide."""
    with context.expect_page() as opened:
        card.get_by_role("link", name="Open the page").click()
    page = opened.value
    expect(page.get_by_label("Code")).to_have_value(card.locator(".ow-user-code").inner_text())
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(PASSWORDS["alice"])
    page.get_by_role("button", name=SERVER_BUTTON, exact=True).click()
    page.get_by_role("button", name=decision, exact=True).click()
    expect(page.get_by_role("button")).to_have_count(0)
    page.close()


@in_notebook7
def test_a_person_allows_it_on_another_device_and_the_cell_goes_on(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture
) -> None:
    notebook = open_with(
        front_end, context, DEVICE, "session = await ow.DeviceCode(login)", "print(session.scope)"
    )
    page, card = notebook.page, notebook.output(1)
    notebook.run_all()
    code = card.locator(".ow-user-code")
    expect(code).to_have_text(re.compile(r"^[A-Z]{4}-[A-Z]{4}$"), timeout=30_000)
    shown = code.inner_text()
    expect(card).to_contain_text("On this computer")
    expect(card).to_contain_text(re.compile(r"http://127\.0\.0\.1:\d+/device"))
    expect(card).to_contain_text(re.compile(r"Code expires.*\(in 9 minutes\)"))
    expect(card).to_contain_text("Before you allow it, check that")
    take_picture(page, "waiting")

    decide(context, card, "Allow")
    notebook.wait_until_ran(2)
    assert "openid phone offline_access" in notebook.output_text(2)
    expect(card.get_by_role("status")).to_have_text("Signed in.")
    expect(card.get_by_role("link")).to_have_count(0)
    take_picture(page, "done")
    notebook.save()
    assert leaks({"code": shown}, [notebook.file, notebook.checkpoint]) == []
    assert complaints(notebook) == []


@in_lab
def test_a_refusal_on_the_other_device_and_a_cancel_here_are_said(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture
) -> None:
    notebook = open_with(front_end, context, DEVICE, "card = ow.DeviceCode(login)\ncard")
    card = notebook.output(1)
    notebook.run(0)
    notebook.run(1)
    decide(context, card, REFUSE)
    expect(card.get_by_role("alert")).to_contain_text("Permission was refused", timeout=20_000)
    expect(card.get_by_role("status")).to_contain_text("Run the cell again for a new code.")
    take_picture(notebook.page, "refused")

    notebook.run(0)
    notebook.run(1)
    cancel = card.get_by_role("button", name="Cancel")
    expect(cancel).to_be_visible()
    cancel.focus()
    notebook.page.keyboard.press("Enter")
    expect(card.get_by_role("status")).to_contain_text("Sign-in canceled.")
    expect(cancel).to_be_hidden()
    # the keyboard's place is not lost with the button
    expect(card.locator(".ow-card")).to_be_focused()
    take_picture(notebook.page, "cancelled")


@in_lab
def test_the_login_card_shows_the_same_view_of_another_device(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture
) -> None:
    login = 'session = await ow.login(sandbox.server, sandbox.client, scope="openid phone")'
    notebook = open_with(front_end, context, f"{DEVICE}{login}", "print(session.scope)")
    page, card = notebook.page, notebook.output(0)
    notebook.run_all()
    other = card.get_by_role("button", name="Use another device")
    expect(other).to_be_visible(timeout=30_000)
    other.click()
    expect(card.locator(".ow-user-code")).to_have_text(re.compile(r"^[A-Z]{4}-[A-Z]{4}$"))
    expect(card).to_contain_text("Before you allow it, check that")
    take_picture(page, "login")
    load_axe(page)
    card.evaluate("node => { node.id = 'login-card'; }")
    nothing_found(page, "#login-card")
    decide(context, card, "Allow")
    notebook.wait_until_ran(1)
    expect(card.get_by_role("link")).to_have_count(0)
    expect(card).to_contain_text(ALICE)
    assert "openid phone" in notebook.output_text(1)
