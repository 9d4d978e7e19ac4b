"""The harness can be elsewhere: other hosts, and a kernel out of reach; COOP."""

from __future__ import annotations

import http.server
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from oauth_widgets.sandbox.server import serve

from .chromium import PLAIN_HOST, SECURE_HOST
from .reach import only_reaches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import BrowserContext, Page

    from .conftest import OpenNotebook
    from .jupyter_server import JupyterServer
    from .servers import Servers

pytestmark = pytest.mark.browser

BUTTON = """
import ipywidgets
label = ipywidgets.Label(value="not pressed")
button = ipywidgets.Button(description="Press me")
button.on_click(lambda _: setattr(label, "value", "pressed"))
ipywidgets.VBox([button, label])
"""
STATUS = "address => fetch(address).then(answer => answer.status, () => null)"
REACHES = "address => fetch(address, { mode: 'no-cors' }).then(() => true, () => false)"


class Heard(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def listener() -> Iterator[str]:
    """The address of something that listens on the kernel's loopback."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Heard)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_seen_from_elsewhere_there_is_jupyter_and_nothing_else(
    context: BrowserContext, servers: Servers, listener: str
) -> None:
    server = servers.jupyter("lab", prefixed=True, host=SECURE_HOST, proxy=True)
    port = urlsplit(listener).port
    notebook = server.open(context, server.write("harness.ipynb", BUTTON))
    page = notebook.page
    assert page.evaluate("[location.hostname, isSecureContext]") == [SECURE_HOST, True]
    assert page.evaluate(REACHES, listener)
    only_reaches(context, server.url)
    for host in ("127.0.0.1", "localhost", SECURE_HOST):
        assert not page.evaluate(REACHES, f"http://{host}:{port}/")
    pop_up = opened(page, listener)
    assert urlsplit(pop_up.url).port != port

    notebook.run_all()
    notebook.output(0).get_by_role("button", name="Press me").click()
    expect(notebook.output(0).locator(".widget-label")).to_have_text("pressed")
    assert page.evaluate(STATUS, f"{server.url}proxy/{port}/") == 204
    answer = httpx.get(f"{server.url}proxy/{port}/".replace(SECURE_HOST, "127.0.0.1"))
    assert answer.status_code in {302, 403}  # whoever is not signed in


def test_without_the_proxy_there_is_no_way_through(
    open_notebook: OpenNotebook, jupyter_lab: JupyterServer, listener: str
) -> None:
    page = open_notebook(jupyter_lab.write("harness.ipynb", "1")).page
    assert page.evaluate(STATUS, f"{jupyter_lab.url}proxy/{urlsplit(listener).port}/") == 404


def test_a_plain_server_shows_a_notebook_too(context: BrowserContext, servers: Servers) -> None:
    server = servers.jupyter("server", prefixed=True, host=PLAIN_HOST)
    notebook = server.open(context, server.write("harness.ipynb", "1 + 1"))
    assert notebook.page.evaluate("[location.hostname, isSecureContext]") == [PLAIN_HOST, False]
    notebook.run_all()
    notebook.wait_until_ran(0)
    assert notebook.output_text(0) == "2"


@pytest.mark.parametrize("opener_policy", [False, True])
def test_a_window_with_an_opener_policy_seems_closed(
    context: BrowserContext, *, opener_policy: bool
) -> None:
    here, there = serve("playground"), serve("playground", opener_policy=opener_policy)
    page = context.new_page()
    page.goto(here.discovery)
    pages = httpx.get(there.discovery, trust_env=False).json()
    pop_up = opened(page, pages["authorization_endpoint"])
    assert not pop_up.is_closed()
    assert (pop_up.evaluate("opener") is None) is opener_policy
    page.wait_for_function(f"pop_up.closed === {str(opener_policy).lower()}")
    here.stop()
    there.stop()


def opened(page: Page, address: str) -> Page:
    """The window that the page opened, once it is there or could not be."""
    with page.expect_popup() as pop_up:
        page.evaluate("address => { window.pop_up = window.open(address); }", address)
    window: Page = pop_up.value
    window.wait_for_load_state()
    return window
