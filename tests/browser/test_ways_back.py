"""Every way for an answer to come back, in every front end, with and without an opener policy."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import httpx
import pytest
from playwright.sync_api import expect

from .chromium import SECURE_HOST
from .process import free_port
from .reach import only_reaches
from .servers import FRONT_ENDS
from .sign_in import ALICE, CALLBACK, SignInWindow, approve, callback_page, paste, sign_in_link

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Browser, BrowserContext

    from .conftest import FrontEnd, TakePicture
    from .servers import Servers

pytestmark = pytest.mark.browser

NOBODYS = "https://notebooks.example/callback"

STRAIGHT = "After signing in, you come straight back here."
THROUGH = "After signing in, you come back through this Jupyter server."
PROXIED = "After signing in, you come back through jupyter-server-proxy."


class WayBack(NamedTuple):
    """A way back: with which address registered, and what the card says."""

    redirect_uri: Callable[[FrontEnd], str]
    says: str


def lab(servers: Servers) -> FrontEnd:
    return servers.jupyter("lab")


def proxied_lab(servers: Servers) -> FrontEnd:
    return servers.jupyter("lab", prefixed=True, host=SECURE_HOST, proxy=True)


def loopback(host: str, *, port: bool = False) -> Callable[[FrontEnd], str]:
    return lambda _: f"http://{host}{f':{free_port()}' if port else ''}/callback"


WAYS: dict[str, tuple[Callable[[Servers], FrontEnd], list[WayBack]]] = {
    "lab": (
        lab,
        [
            WayBack(loopback("127.0.0.1"), STRAIGHT),
            WayBack(loopback("127.0.0.1", port=True), STRAIGHT),
            WayBack(loopback("localhost", port=True), STRAIGHT),
            WayBack(callback_page, THROUGH),
        ],
    ),
    "notebook7": (FRONT_ENDS["notebook7"], [WayBack(callback_page, THROUGH)]),
    "voila": (
        FRONT_ENDS["voila"],
        [
            WayBack(
                lambda voila: callback_page(voila).replace("lab/extensions", "voila/labextensions"),
                THROUGH,
            )
        ],
    ),
    "proxied": (
        proxied_lab,
        [WayBack(lambda server: f"{server.url}proxy/{free_port()}/callback", PROXIED)],
    ),
}


@pytest.mark.parametrize("place", WAYS)
def test_the_answer_comes_back_by_itself(
    context: BrowserContext, servers: Servers, take_picture: TakePicture, place: str
) -> None:
    start, ways = WAYS[place]
    front_end = start(servers)
    plain, cutting = servers.foreign(), servers.foreign(opener_policy=True)
    cards = [(foreign, way) for foreign in (plain, cutting) for way in ways]
    cells = [foreign.card(way.redirect_uri(front_end)) for foreign, way in cards]
    if place == "proxied":
        only_reaches(context, front_end.url, plain.url, cutting.url)
    notebook = front_end.open(context, front_end.write("way-back.ipynb", *cells))
    notebook.page.set_viewport_size({"width": 1200, "height": 400 * len(cells)})
    notebook.run_all()
    for number, (_, way) in enumerate(cards):
        card = notebook.output(number)
        expect(card).to_contain_text(way.says)
        take_picture(notebook.page, f"before-{number}")
        window = SignInWindow(context, sign_in_link(card))
        window.sign_in("alice")
        window.allow()
        expect(card).to_contain_text(ALICE)
        window.closed()


@pytest.mark.parametrize("person", ["alice", "bob"])
def test_one_address_is_registered_for_everybody_on_a_hub(
    context: BrowserContext, servers: Servers, person: str
) -> None:
    hub, foreign = servers.hub(), servers.foreign()
    user = hub.users[person]
    source = foreign.card(f"{hub.url}hub/user-redirect/{CALLBACK}")
    only_reaches(context, hub.url, foreign.url)
    notebook = user.open(context, user.write("way-back.ipynb", source))
    notebook.run_all()
    card = notebook.output(0)
    expect(card).to_contain_text(THROUGH)
    window = SignInWindow(context, sign_in_link(card))
    window.sign_in("alice")
    window.allow()
    expect(card).to_contain_text(ALICE)
    window.closed()


def test_an_address_to_register_is_offered_and_then_works(
    context: BrowserContext, servers: Servers, take_picture: TakePicture
) -> None:
    server, foreign = servers.jupyter("lab", prefixed=True, host=SECURE_HOST), servers.foreign()
    only_reaches(context, server.url, foreign.url)
    sources = [foreign.card("http://127.0.0.1/callback"), foreign.card(callback_page(server))]
    notebook = server.open(context, server.write("register.ipynb", *sources))
    notebook.run_all()
    card = notebook.output(0)
    expect(card.get_by_text("register this redirect URI")).to_be_visible()
    take_picture(notebook.page, "whole")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    card.get_by_role("button", name="Copy").click()
    expect(card.get_by_role("button", name="Copied")).to_be_visible()
    assert notebook.page.evaluate("navigator.clipboard.readText()") == callback_page(server)
    expect(notebook.output(1)).to_contain_text(THROUGH)
    expect(notebook.output(1).get_by_text("register this redirect URI")).to_be_hidden()
    # what was open while the kernel knew of no other way is closed again
    expect(notebook.output(1).get_by_label("Address from that window")).to_be_hidden()


@pytest.mark.parametrize("app", ["lab", "notebook"])
def test_where_our_page_is_not_installed_its_address_brings_the_answer(
    context: BrowserContext, servers: Servers, app: str
) -> None:
    server, foreign = servers.jupyter(app, installed=False), servers.foreign()
    assert httpx.get(callback_page(server), trust_env=False).status_code == 404
    notebook = server.open(context, server.write("bare.ipynb", foreign.card(callback_page(server))))
    notebook.run_all()
    card = notebook.output(0)
    expect(card).to_contain_text(THROUGH)
    window = SignInWindow(context, sign_in_link(card))
    window.sign_in("alice")
    window.allow()
    expect(card).to_contain_text(ALICE)
    window.closed()


def test_where_it_is_not_installed_and_the_tie_is_cut_the_address_is_pasted(
    context: BrowserContext, servers: Servers
) -> None:
    server = servers.jupyter("lab", installed=False)
    foreign = servers.foreign(opener_policy=True)
    notebook = server.open(context, server.write("bare.ipynb", foreign.card(callback_page(server))))
    notebook.run_all()
    card = notebook.output(0)
    expect(card).to_contain_text(THROUGH)
    window = SignInWindow(context, sign_in_link(card))
    window.sign_in("alice")
    with window.page.expect_navigation(url=re.compile("callback.html")) as arrived:
        window.allow()
    assert arrived.value.status == 404
    assert window.page.url == window.answer
    paste(card, window.page.url)
    expect(card).to_contain_text(ALICE)


@pytest.mark.parametrize(
    ("front_end", "opener_policy"), [("notebook7", False), ("voila", True)], indirect=["front_end"]
)
def test_at_an_address_that_nobody_controls_the_answer_is_pasted(
    context: BrowserContext, servers: Servers, front_end: FrontEnd, *, opener_policy: bool
) -> None:
    foreign = servers.foreign(opener_policy=opener_policy)
    notebook = front_end.open(context, front_end.write("company.ipynb", foreign.card(NOBODYS)))
    notebook.run_all()
    card = notebook.output(0)
    expect(card).to_contain_text("You won't come back here automatically")
    window = SignInWindow(context, sign_in_link(card))
    window.sign_in("alice")
    with context.expect_event("requestfailed") as failed:
        window.allow()
    assert failed.value.url.startswith(f"{NOBODYS}?")
    paste(card, failed.value.url)
    expect(card).to_contain_text(ALICE)


@pytest.mark.parametrize("front_end", ["lab", "voila"], indirect=True)
def test_a_person_may_sign_in_on_another_device(
    chromium: Browser,
    context: BrowserContext,
    servers: Servers,
    front_end: FrontEnd,
    take_picture: TakePicture,
) -> None:
    foreign = servers.foreign(opener_policy=True)
    notebook = front_end.open(context, front_end.write("device.ipynb", foreign.card(NOBODYS)))
    notebook.run_all()
    card = notebook.output(0)
    card.get_by_role("button", name="Use another device").click()
    expect(card.locator(".ow-user-code")).to_be_visible()
    take_picture(notebook.page, "code")
    approve(chromium, card)
    expect(card).to_contain_text(ALICE, timeout=20_000)


SANDBOX = """
import oauth_widgets as ow
sandbox = ow.sandbox.start("playground")
ow.login(sandbox.server, sandbox.client, scope="openid phone")
"""


def test_a_practice_server_out_of_the_browsers_reach_is_said_to_be(
    context: BrowserContext, servers: Servers, take_picture: TakePicture
) -> None:
    server = servers.jupyter("lab", prefixed=True, host=SECURE_HOST)
    only_reaches(context, server.url)
    notebook = server.open(context, server.write("reach.ipynb", SANDBOX))
    notebook.run_all()
    card = notebook.output(0)
    expect(card.get_by_role("alert")).to_contain_text(
        "Your browser can't reach the practice server"
    )
    # No link at all, whatever it would be called.
    expect(card.locator("a:visible")).to_have_count(0)
    take_picture(notebook.page, "whole")
