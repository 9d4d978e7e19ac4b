"""Two people on one hub: what is Alice's stays hers, also in a class."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from .chromium import PLAIN_HOST
from .reach import only_reaches
from .sign_in import ALICE, CALLBACK, SignInWindow, paste, sign_in_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Locator

    from .servers import Servers

pytestmark = pytest.mark.browser

JOIN = """
import oauth_widgets as ow
sandbox = ow.sandbox.connect({address!r}, name={name!r})
{first}
ow.login(sandbox.server, sandbox.client, scope="openid phone")
"""
KEY = re.compile(r"host's key \(keep it to yourself\): (\S+)")


@pytest.fixture
def other(chromium: Browser) -> Iterator[BrowserContext]:
    """Bob's browser."""
    context = chromium.new_context()
    yield context
    context.close()


def test_bob_gets_neither_alices_page_nor_her_answer(
    context: BrowserContext, other: BrowserContext, servers: Servers
) -> None:
    hub, foreign = servers.hub(), servers.foreign()
    alice, bob = hub.users.values()
    for browser in (context, other):
        only_reaches(browser, hub.url, foreign.url)
    source = foreign.card(f"{hub.url}hub/user-redirect/{CALLBACK}")
    hers = alice.open(context, alice.write("people.ipynb", source))
    his = bob.open(other, bob.write("people.ipynb", source))
    for notebook in (hers, his):
        notebook.run_all()
        expect(notebook.output(0)).to_contain_text("through this Jupyter server")

    assert hers.page.url.startswith(alice.url)
    assert urlsplit(alice.url).hostname == PLAIN_HOST
    window = SignInWindow(context, sign_in_link(hers.output(0)))
    window.sign_in("alice")
    # she leaves her notebook, so her answer waits in its window, where Bob sees its address
    hers.save()
    hers.page.close()
    window.allow()
    expect(window.page.get_by_role("heading")).to_contain_text("answered yet", timeout=20_000)

    private = other.new_page()
    answer = private.goto(f"{alice.url}api/contents")
    assert answer is not None
    assert answer.status == 403
    # the page itself is the same for everybody; with him it reaches no notebook, by either address
    private.goto(window.answer)
    assert urlsplit(private.url).path == f"/user/bob/{CALLBACK}"
    hers_with_him = other.new_page()
    hers_with_him.goto(f"{alice.url}{CALLBACK}?{urlsplit(window.answer).query}")
    for page in (private, hers_with_him):
        expect(page.get_by_label("Address of this page")).to_be_visible(timeout=20_000)
    # The card takes an address once its own window was opened
    with other.expect_page() as opened:
        sign_in_link(his.output(0)).click()
    opened.value.close()
    paste(his.output(0), window.answer)
    expect(his.output(0).get_by_role("alert")).to_contain_text("another notebook.")
    expect(his.output(0)).not_to_contain_text(ALICE)

    # and it is still hers to use: her notebook, opened again, takes it
    again = alice.open(context, "people.ipynb")
    expect(again.output(0)).to_contain_text(ALICE, timeout=20_000)
    window.closed()


def sign_in(context: BrowserContext, card: Locator) -> None:
    window = SignInWindow(context, sign_in_link(card))
    window.sign_in("alice")
    window.allow()


def test_one_participant_breaks_a_server_and_the_other_does_not_notice(
    context: BrowserContext, other: BrowserContext, servers: Servers
) -> None:
    hub = servers.hub()
    alice, bob = hub.users.values()
    breaks = 'sandbox.misbehave("nonce")'
    hers, his = (
        user.open(at, user.write("class.ipynb", JOIN.format(**how, address=hub.classroom)))
        for user, at, how in (
            (alice, context, {"name": "Ada", "first": breaks}),
            (bob, other, {"name": "Bert", "first": ""}),
        )
    )
    for notebook, at in ((hers, context), (his, other)):
        notebook.run_all()
        expect(notebook.output(0)).to_contain_text("through this Jupyter server", timeout=30_000)
        sign_in(at, notebook.output(0))
    expect(hers.output(0).get_by_role("alert")).to_contain_text("nonce", timeout=30_000)
    expect(his.output(0)).to_contain_text(ALICE, timeout=30_000)

    page = other.new_page()
    page.goto(f"{hub.classroom}/host")
    found = KEY.search(hub.log.read_text())
    assert found
    page.get_by_label("The host's key").fill(found[1])
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("row").filter(has_text="Ada")).to_contain_text("nonce")
    berts = page.get_by_role("row").filter(has_text="Bert")
    expect(berts).to_contain_text("Got a token")
    expect(berts).not_to_contain_text("nonce")
    page.get_by_role("button", name="Reset: Ada").click()
    expect(page.get_by_role("row").filter(has_text="Ada")).not_to_contain_text("nonce")

    window = SignInWindow(context, hers.output(0).get_by_role("link", name="Try again"))
    window.sign_in("alice")
    window.allow()
    expect(hers.output(0)).to_contain_text(ALICE, timeout=30_000)
