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

    from .conftest import TakePicture
    from .servers import Servers

pytestmark = pytest.mark.browser


@pytest.fixture
def other(chromium: Browser) -> Iterator[BrowserContext]:
    """Bob's browser."""
    context = chromium.new_context()
    yield context
    context.close()


def test_bob_gets_neither_alices_page_nor_her_answer(
    context: BrowserContext, other: BrowserContext, servers: Servers, take_picture: TakePicture
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
    # her answer gets no further than the address, which Bob has seen over her shoulder
    context.route("**/hub/user-redirect/**", lambda route: route.abort())
    with context.expect_event("requestfailed"):
        window.allow()
    context.unroute("**/hub/user-redirect/**")

    page = other.new_page()
    answer = page.goto(f"{alice.url}api/contents")
    assert answer is not None
    assert answer.status == 403
    page.goto(window.answer)
    # the hub has sent him to his own server
    assert urlsplit(page.url).path == f"/user/bob/{CALLBACK}"
    address = page.get_by_label("Address of this page")
    expect(address).to_be_visible(timeout=20_000)
    take_picture(page, "unheard")
    paste(his.output(0), address.input_value())
    expect(his.output(0).get_by_role("alert")).to_contain_text("another notebook's")
    expect(his.output(0)).not_to_contain_text(ALICE)

    # and it is still hers to use
    window.page.goto(window.answer)
    expect(hers.output(0)).to_contain_text(ALICE)
