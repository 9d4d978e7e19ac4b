"""The scope picker, the client form and the session card, in front of a person."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ..helpers.leaks import leaks
from .cards import (
    complaints,
    in_lab,
    in_notebook7,
    open_with,
    tells,
)
from .keyboard import has_focus_ring, tab_to
from .sign_in import ALICE, PASSWORDS, sign_in_link

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext, Locator

    from .conftest import FrontEnd, TakePicture

pytestmark = pytest.mark.browser

SECRET = "Typed-secret-8Kq2vX"
START = """
import oauth_widgets as ow
sandbox = ow.sandbox.start("onewelcome")
"""
PICKER = f"""{START}
picker = ow.ScopePicker(sandbox.server, sandbox.client, services=sandbox.services)
picker
"""
FORM = f"""{START}
form = ow.ClientForm(register=sandbox.register)
form
"""
LETTER = f"""{START}
ow.ClientForm(registration=ow.ClientRegistration(
    client_id="weather-lab", type="public", redirect_uris=["https://notebooks.example/callback"],
    scope_whitelist="openid weather.read", default_scopes="openid"))
"""


def allow(context: BrowserContext, button: Locator, username: str = "alice") -> None:
    """Sign in from the card's link by keyboard, and say yes."""
    with context.expect_page() as opened:
        button.page.keyboard.press("Enter")
    page = opened.value
    page.get_by_label("Username").focus()
    page.keyboard.type(username)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORDS[username])
    page.keyboard.press("Enter")
    tab_to(page, page.get_by_role("button", name="Allow", exact=True))
    page.keyboard.press("Enter")


@in_lab
def test_scopes_are_picked_asked_for_and_widened_with_the_keyboard_alone(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture
) -> None:
    notebook = open_with(
        front_end,
        context,
        PICKER,
        'len(picker.session.frame("/events", {"page": "7"}))',
        'picker.session.frame("/cells")',
        "print(picker.session.scope)",
    )
    page, picker = notebook.page, notebook.output(0)
    notebook.run(0)
    events = picker.get_by_role("checkbox", name="events", exact=True)
    expect(events).to_be_visible()
    expect(events).to_have_accessible_description(re.compile("Needs events.read and phone"))

    tab_to(page, events)
    assert has_focus_ring(events)
    page.keyboard.press("Space")
    expect(events).to_be_focused()
    expect(picker.get_by_role("button", name="Sign in for phone and events.read")).to_be_visible()
    tab_to(page, picker.locator("summary"))
    page.keyboard.press("Enter")
    for name in ("events.read", "phone"):
        expect(picker.get_by_role("checkbox", name=re.compile(f"{name}$"))).to_be_checked()
    tab_to(page, picker.get_by_role("checkbox", name="openid"))
    page.keyboard.press("Space")
    tab_to(page, picker.get_by_role("button", name="Sign in with 3 scopes"))
    page.keyboard.press("Enter")

    link = sign_in_link(picker)
    tab_to(page, link)
    allow(context, link)
    usage = picker.locator(".ow-check", has=page.get_by_role("checkbox", name="usage.read"))
    expect(usage).to_contain_text("granted by default", timeout=20_000)
    take_picture(page, "allowed")

    notebook.run(1)
    mine = picker.locator(".ow-check", has=page.get_by_role("checkbox", name="events.read"))
    expect(mine).to_contain_text("used")
    notebook.run(2)
    expect(picker).to_contain_text("A request to the API needs cells.read")
    more = picker.get_by_role("button", name="Ask for cells.read")
    expect(more).to_be_visible()
    take_picture(page, "refused")
    more.focus()
    page.keyboard.press("Enter")
    link = sign_in_link(picker)
    tab_to(page, link)
    with context.expect_page() as opened:
        page.keyboard.press("Enter")
    opened.value.get_by_role("button", name="Continue as alice").press("Enter")
    opened.value.get_by_role("button", name="Allow", exact=True).press("Enter")
    expect(more).to_be_hidden(timeout=20_000)
    notebook.run(3)
    notebook.wait_until_ran(3)
    assert "cells.read" in notebook.output_text(3)
    assert complaints(notebook) == []


@in_notebook7
def test_a_client_is_registered_with_the_keyboard_alone(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture
) -> None:
    notebook = open_with(
        front_end,
        context,
        FORM,
        "print(form.client.client_id, form.client.redirect_uris, form.client.scope)\n"
        f"print(form.client.client_secret.reveal() == {SECRET[::-1]!r}[::-1])",
    )
    page, form = notebook.page, notebook.output(0)
    notebook.run(0)
    name = form.get_by_label("Client ID")
    expect(name).to_be_visible()
    tab_to(page, name)
    assert has_focus_ring(name)
    page.keyboard.type("weather-lab")

    # A mistake is shown next to its field while one types.
    tab_to(page, form.get_by_label("Client secret"))
    page.keyboard.type(SECRET)
    uris = form.get_by_label("Redirect URIs")
    tab_to(page, uris)
    page.keyboard.type("https://*.example/callback")
    expect(uris).to_have_accessible_description(re.compile(r"has a wildcard \(\*\)"))
    expect(uris).to_have_attribute("aria-invalid", "true")
    tab_to(page, form.get_by_label("Scope whitelist"))
    page.keyboard.type("openid phone events.read")
    tab_to(page, form.get_by_role("button", name="Register"))
    page.keyboard.press("Enter")
    expect(form.locator(".ow-summary")).to_contain_text("Fix one field:")
    expect(uris).to_be_focused()
    take_picture(page, "mistake")

    page.keyboard.press("Control+a")
    page.keyboard.type("http://127.0.0.1/callback")
    expect(uris).to_have_attribute("aria-invalid", "false")
    tab_to(page, form.get_by_role("button", name="Register"))
    page.keyboard.press("Enter")
    expect(form.get_by_role("status").first).to_have_text(
        "Client weather-lab is registered. To sign in with it, run this in the next cell:"
    )
    take_picture(page, "registered")
    notebook.run(1)
    notebook.wait_until_ran(1)
    assert "weather-lab ('http://127.0.0.1/callback',) openid phone events.read" in (
        notebook.output_text(1)
    )
    assert "True" in notebook.output_text(1)
    notebook.save()
    assert leaks({"secret": SECRET}, [notebook.file, notebook.checkpoint, front_end.log]) == []
    assert complaints(notebook) == []


@in_lab
def test_where_nothing_can_be_registered_the_request_is_there_to_copy_and_to_download(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture
) -> None:
    notebook = open_with(front_end, context, LETTER)
    notebook.run(0)
    form = notebook.output(0)
    letter = form.get_by_label(re.compile("^Request for the server"))
    expect(letter).to_have_value(re.compile(r"\n  https://notebooks.example/callback\n"))
    expect(form.get_by_label("Client secret")).to_be_hidden()
    with notebook.page.expect_download() as taken:
        form.get_by_role("link", name="Download").click()
    assert taken.value.suggested_filename == "client-registration.txt"
    assert taken.value.path().read_text() == letter.input_value()
    form.get_by_label("Client ID").fill("")
    expect(letter).to_be_hidden()
    take_picture(notebook.page, "letter")


@in_notebook7
def test_a_session_is_refreshed_and_signed_out_and_saves_nothing_personal(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture, tmp_path: Path
) -> None:
    told = tmp_path / "told.json"
    notebook = open_with(
        front_end,
        context,
        PICKER.replace("services=", 'scope="openid email phone offline_access", services='),
        "session = await picker.login()",
        "session",
        "card = ow.SessionCard(session)\ncard",
        tells("session", told),
        "card",
    )
    notebook.run_all()
    link = sign_in_link(notebook.output(1))
    link.focus()
    allow(context, link)
    notebook.wait_until_ran(5)
    card = notebook.output(3)
    expect(card).to_contain_text(ALICE)
    expect(notebook.output(2).get_by_role("table")).to_contain_text("Access expires")
    take_picture(notebook.page, "in")
    secrets = json.loads(told.read_text())

    card.get_by_role("button", name="Refresh now").press("Enter")
    expect(card.get_by_role("status")).to_have_text("Tokens refreshed.")
    card.get_by_role("button", name="Sign out").press("Enter")
    said = "Signed out here, and the server has revoked the tokens."
    expect(card.get_by_role("status")).to_contain_text(said)
    expect(card).not_to_contain_text(ALICE)
    # all that show the session say so: another view, and the picker
    expect(notebook.output(5).get_by_role("status")).to_contain_text("revoked the tokens")
    expect(notebook.output(0)).to_contain_text("Sign in again to continue.")
    with context.expect_page() as opened:
        card.get_by_role("link", name=re.compile("^Sign out in the browser")).press("Enter")
    expect(opened.value.locator("h1")).to_have_text("You are signed out")
    take_picture(notebook.page, "out")

    notebook.save()
    state = notebook.saved().metadata["widgets"]["application/vnd.jupyter.widget-state+json"]
    assert "usage.read" in str(state)
    assert leaks(secrets, [notebook.file, notebook.checkpoint, front_end.log]) == []
    assert complaints(notebook) == []


@in_lab
def test_nothing_moves_for_who_wants_no_motion(
    context: BrowserContext, front_end: FrontEnd
) -> None:
    notebook = open_with(
        front_end,
        context,
        f"{START}import threading\n"
        "form = ow.ClientForm(register=lambda registration: threading.Event().wait(3))\nform",
    )
    notebook.page.emulate_media(reduced_motion="reduce")
    notebook.run(0)
    form = notebook.output(0)
    form.get_by_label("Client ID").fill("slow")
    form.get_by_label("Redirect URIs").fill("http://127.0.0.1/callback")
    form.get_by_label("Scope whitelist").fill("phone")
    form.get_by_role("button", name="Generate").click()
    form.get_by_role("button", name="Register").click()
    status = form.locator(".ow-status[data-look='busy']").first
    expect(status).to_have_text("Registering…")
    moving = "node => getComputedStyle(node, '::before').animationName"
    assert status.evaluate(moving) == "none"
    notebook.page.emulate_media(reduced_motion="no-preference")
    assert status.evaluate(moving) == "ow-turn"


@in_lab
def test_a_card_whose_kernel_has_ended_says_so_and_takes_no_click(
    context: BrowserContext, front_end: FrontEnd
) -> None:
    notebook = open_with(
        front_end, context, PICKER, "ow.login(sandbox.server, sandbox.client, scope='openid')"
    )
    notebook.run_all()
    picker, login = notebook.output(0), notebook.output(1)
    ask = picker.get_by_role("button", name="Sign in")
    expect(ask).to_be_enabled()
    link = sign_in_link(login)
    notebook.menu("Kernel", "Restart Kernel")
    notebook.page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(picker.get_by_role("status")).to_contain_text("kernel has restarted")
    expect(ask).to_be_disabled()
    expect(picker.get_by_role("checkbox", name="events")).to_be_disabled()
    expect(login.get_by_role("status")).to_contain_text("kernel has restarted")
    expect(link).to_be_hidden()
    # a server does not end a kernel that is just starting
    notebook.wait_until_idle()
