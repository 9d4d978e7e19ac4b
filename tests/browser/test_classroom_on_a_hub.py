"""A class behind a JupyterHub: one participant breaks things, and the other does not notice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .sign_in import ALICE, SignInWindow, sign_in_link

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
KEY = re.compile(r"host's key, for you alone: (\S+)")


@pytest.fixture
def other(chromium: Browser) -> Iterator[BrowserContext]:
    """Bob's browser."""
    context = chromium.new_context()
    yield context
    context.close()


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
