"""The doctor's table in real front ends: it asks the page, and what it says to register is true."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ..helpers.leaks import leaks
from .cards import nothing_found_in_any_look
from .chromium import SECURE_HOST
from .reach import only_reaches
from .servers import FRONT_ENDS

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator

    from .conftest import FrontEnd, OpenNotebook, TakePicture
    from .jupyter_server import JupyterServer
    from .servers import Servers

pytestmark = pytest.mark.browser

ASK = "import oauth_widgets as ow\now.doctor(ow.sandbox.start('playground').server.issuer)"
DONE = "Sign-in works here."
NAMES = {"lab": "JupyterLab at", "notebook7": "Jupyter Notebook at", "voila": "Voilà at"}
STATUS = "address => fetch(address).then(({ status }) => status)"


def row(table: Locator, what: str) -> Locator:
    return table.get_by_role("row").filter(has=table.page.get_by_role("rowheader", name=what))


@pytest.mark.parametrize("front_end", FRONT_ENDS, indirect=True)
def test_it_knows_where_it_is_and_what_to_register(
    context: BrowserContext, front_end: FrontEnd, request: pytest.FixtureRequest
) -> None:
    notebook = front_end.open(context, front_end.write("doctor.ipynb", ASK))
    notebook.run_all()
    table = notebook.output(0)
    expect(table.get_by_role("status")).to_contain_text(DONE, timeout=30_000)
    table.get_by_text("What was checked").click()
    kind = request.node.callspec.params["front_end"]
    expect(row(table, "Front end")).to_contain_text(NAMES.get(kind, "JupyterLab at"))
    expect(row(table, "Front end")).to_contain_text(front_end.url.removesuffix("/"))
    expect(row(table, "Clock")).to_contain_text(re.compile("agree|clock is"))
    through = row(table, "Jupyter server")
    expect(through.get_by_role("cell", name="Yes")).to_be_visible()
    address = through.locator("code").inner_text()
    assert ("/hub/user-redirect/" in address) is (kind == "hub")
    assert notebook.page.evaluate(STATUS, address) == 200
    expect(through).not_to_contain_text("isn't installed")
    if kind == "hub":
        expect(row(table, "Other users")).to_contain_text("share one address")


def test_seen_from_elsewhere_it_says_what_cannot_work(
    context: BrowserContext, servers: Servers
) -> None:
    server = servers.jupyter("lab", prefixed=True, host=SECURE_HOST, proxy=True)
    only_reaches(context, server.url)
    notebook = server.open(context, server.write("doctor.ipynb", ASK))
    notebook.run_all()
    table = notebook.output(0)
    expect(table.get_by_role("status")).to_contain_text(DONE, timeout=30_000)
    table.get_by_text("What was checked").click()
    expect(row(table, "This computer")).to_contain_text("cannot reach the computer")
    expect(row(table, "Proxy")).to_contain_text("proxy/8765/callback")


def test_it_is_right_for_everyone_and_keeps_addresses_to_the_page(
    open_notebook: OpenNotebook, jupyter_lab: JupyterServer, take_picture: TakePicture
) -> None:
    notebook = open_notebook(jupyter_lab.write("doctor.ipynb", ASK))
    notebook.run(0)
    table = notebook.output(0)
    expect(table.get_by_role("status")).to_contain_text(DONE, timeout=30_000)
    table.get_by_text("What was checked").click()
    nothing_found_in_any_look(notebook, (0,), take_picture)
    copy = row(table, "This computer").get_by_role("button", name=re.compile("Copy"))
    copy.focus()
    notebook.page.keyboard.press("Enter")
    expect(row(table, "This computer").get_by_role("button")).to_have_text("Copied")
    notebook.save()
    port = jupyter_lab.url.rsplit(":", 1)[1]
    assert leaks({"address": f"127.0.0.1:{port}lab/ext"}, [notebook.file]) == []
    # looking for the proxy is what it is for, and there is none
    assert [error for error in notebook.errors if "/proxy/" not in error] == []
