"""Every form of waiting on every kernel, and sign-in without widgets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .kernels import PYTHONS
from .sign_in import ALICE, SignInWindow, callback_page, sign_in_link

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator

    from .conftest import TakePicture
    from .foreign import ForeignServer
    from .jupyter_server import JupyterServer
    from .notebook import Notebook
    from .servers import Servers

pytestmark = pytest.mark.browser

NOBODYS = "https://notebooks.example/callback"

LOGIN = """
import oauth_widgets as ow
session = None
server = ow.discover(ISSUER)
client = ow.ClientMetadata(**CLIENT)
card = ow.login(server, client, scope=SCOPE)
"""
WHO = "print(*session.scope, 'in', session.id_token.claims['aud'])"
FORMS = {
    "await": (LOGIN + "session = await card", WHO),
    "wait": (LOGIN + "session = card.wait()", WHO),
    "shown": (LOGIN + "card", "session = card.session\n" + WHO),
}
PREFIX = "import sys; print(sys.prefix)"
OLD = ["ipykernel-6.31.0", "ipykernel-6.17.1"]


def forms(foreign: ForeignServer) -> list[str]:
    """Cells for every form: one that signs in, and the next."""
    client = foreign.register("http://127.0.0.1/callback")
    return [part for form, who in FORMS.values() for part in (foreign.cell(form, client), who)]


@pytest.mark.parametrize("kernel", ["python3", *OLD])
def test_the_cell_or_the_next_one_has_the_session(
    context: BrowserContext, servers: Servers, kernel: str
) -> None:
    lab = servers.jupyter("lab")
    name = lab.write("forms.ipynb", *forms(servers.foreign()), PREFIX, kernel=kernel)
    notebook = lab.open(context, name)
    notebook.run(2 * len(FORMS))
    expect(notebook.output(2 * len(FORMS))).to_have_text(str(PYTHONS[kernel].parents[1]))
    for number, form in enumerate(FORMS):
        login, who = 2 * number, 2 * number + 1
        notebook.run(login)
        window = SignInWindow(context, sign_in_link(notebook.output(login)))
        if form == "shown":
            # The next cell, run too early, says what to do.
            notebook.run(who)
            notebook.wait_until_ran(who)
            assert "NotSignedIn" in notebook.output_text(who)
        window.sign_in("alice")
        window.allow()
        window.closed()
        expect(notebook.output(login)).to_contain_text(ALICE)
        notebook.run(who)
        expect(notebook.output(who)).to_contain_text("openid phone in client-")


@pytest.mark.parametrize("kernel", OLD)
def test_a_cell_that_hears_no_card_asks_for_the_address_itself(
    context: BrowserContext, servers: Servers, take_picture: TakePicture, kernel: str
) -> None:
    foreign, lab = servers.foreign(), servers.jupyter("lab")
    source = foreign.cell(FORMS["await"][0], foreign.register(NOBODYS))
    notebook = lab.open(context, lab.write("asked.ipynb", source, WHO, kernel=kernel))
    notebook.run_all()
    card = notebook.output(0)
    link = sign_in_link(card)
    expect(card).to_contain_text("Paste the address into the prompt below the cell.")
    # which are not heard
    expect(card.get_by_role("button")).to_have_count(0)
    answer = signed_in_elsewhere(context, link)
    take_picture(notebook.page, "asked")
    typed(notebook, f"{NOBODYS}?code=1&state=another")
    expect(prompt(notebook)).to_contain_text("belongs to an earlier sign-in")
    typed(notebook, answer)
    expect(notebook.output(1)).to_contain_text("openid phone in client-")


def test_our_page_gives_the_address_to_a_cell_that_hears_no_card(
    context: BrowserContext, servers: Servers
) -> None:
    foreign, lab = servers.foreign(), servers.jupyter("lab")
    source = foreign.cell(FORMS["await"][0], foreign.register(callback_page(lab)))
    notebook = lab.open(context, lab.write("deaf.ipynb", source, WHO, kernel=OLD[0]))
    notebook.run_all()
    window = SignInWindow(context, sign_in_link(notebook.output(0)))
    window.sign_in("alice")
    window.allow()
    copied = window.page.get_by_label("Address of this page")
    expect(copied).to_be_visible(timeout=20_000)
    typed(notebook, copied.input_value())
    expect(notebook.output(1)).to_contain_text("openid phone in client-")


def test_a_cell_that_cannot_hear_the_card_says_so_instead_of_waiting_for_ever(
    context: BrowserContext, servers: Servers
) -> None:
    foreign, lab = servers.foreign(), servers.jupyter("lab")
    source = foreign.cell(FORMS["wait"][0], foreign.register(NOBODYS))
    notebook = lab.open(context, lab.write("deaf.ipynb", source))
    notebook.run_all()
    notebook.wait_until_ran(0)
    assert "while this cell is waiting" in notebook.output_text(0)


def bare_lab(servers: Servers) -> JupyterServer:
    return servers.jupyter("lab", widgets=False)


def test_without_widgets_a_real_link_signs_in_and_the_text_says_so(
    context: BrowserContext, servers: Servers, take_picture: TakePicture
) -> None:
    lab = bare_lab(servers)
    notebook = lab.open(context, lab.write("text.ipynb", *forms(servers.foreign())))
    for number, form in enumerate(FORMS):
        if form == "wait":
            continue
        login, who = 2 * number, 2 * number + 1
        notebook.run(login)
        text = notebook.output(login)
        window = SignInWindow(context, sign_in_link(text))
        take_picture(notebook.page, f"{form}-before")
        window.sign_in("alice")
        window.allow()
        expect(text).to_contain_text(re.compile(r"Signed in to 127\.0\.0\.1"))
        expect(text.get_by_role("link")).to_have_count(0)
        take_picture(notebook.page, f"{form}-after")
        notebook.run(who)
        expect(notebook.output(who)).to_contain_text("openid phone in client-")


def test_without_widgets_the_address_can_be_pasted(
    context: BrowserContext, servers: Servers
) -> None:
    foreign, lab = servers.foreign(), bare_lab(servers)
    redirect_uri = callback_page(lab)
    cells = [foreign.cell(FORMS["shown"][0], foreign.register(redirect_uri))]
    notebook = lab.open(context, lab.write("paste.ipynb", *cells, "session = card.paste()\n" + WHO))
    notebook.run(0)
    link = sign_in_link(notebook.output(0))
    expect(notebook.output(0)).to_contain_text("run ow.login(…).paste() instead")
    window = SignInWindow(context, link)
    window.sign_in("alice")
    window.allow()
    # our own page waits for a card that is not there, then offers the address
    copied = window.page.get_by_label("Address of this page")
    expect(copied).to_be_visible(timeout=20_000)
    notebook.run(1)
    typed(notebook, copied.input_value())
    expect(notebook.output(1)).to_contain_text("openid phone in client-")
    expect(notebook.output(0)).to_contain_text("Signed in to")


def signed_in_elsewhere(context: BrowserContext, link: Locator) -> str:
    """Sign in; return the address of the page that does not load."""
    window = SignInWindow(context, link)
    window.sign_in("alice")
    with context.expect_event("requestfailed") as failed:
        window.allow()
    address: str = failed.value.url
    return address


def prompt(notebook: Notebook) -> Locator:
    """The field of the kernel's latest prompt; earlier prompts stay above."""
    return notebook.page.locator(".jp-Stdin").last


def typed(notebook: Notebook, text: str) -> None:
    """Answer what the kernel asks, whose box hides what is typed."""
    field = prompt(notebook).locator("input")
    expect(field).to_have_attribute("type", "password")
    field.fill(text)
    field.press("Enter")
