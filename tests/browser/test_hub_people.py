"""Two people on one hub: what is Alice's stays hers."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from .reach import only_reaches
from .sign_in import ALICE, CALLBACK, SignInWindow, paste, sign_in_link

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext

    from .servers import Servers

pytestmark = pytest.mark.browser


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
    expect(his.output(0).get_by_role("alert")).to_contain_text("another notebook's")
    expect(his.output(0)).not_to_contain_text(ALICE)

    # and it is still hers to use: her notebook, opened again, takes it
    again = alice.open(context, "people.ipynb")
    expect(again.output(0)).to_contain_text(ALICE, timeout=20_000)
    window.closed()
