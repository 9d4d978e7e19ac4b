"""A sign-in that stays: Restart and Run All, and a second notebook, without a click."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from .sign_in import SignInWindow, callback_page, sign_in_link

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext

    from .conftest import TakePicture
    from .jupyter_server import JupyterServer
    from .servers import Servers

pytestmark = pytest.mark.browser

SETUP = """
import os
os.environ["XDG_STATE_HOME"] = {state!r}
os.environ["OAUTH_WIDGETS_CONNECTIONS"] = {file!r}
import oauth_widgets as ow
"""
CONNECTION = """
[acme]
server = {server}
client_id = {client_id}
redirect_uris = [{uri}]
scope = "openid email offline_access"
keep = "file"
"""
LOGIN = 'session = await ow.login("acme")'
USE = """
before = session.access_token
session.refresh()
print("renewed", session.access_token != before, session.userinfo() is not None, os.getpid())
"""


def test_restart_and_run_all_needs_no_click_and_neither_does_the_next_notebook(
    context: BrowserContext,
    servers: Servers,
    jupyter_lab: JupyterServer,
    take_picture: TakePicture,
    tmp_path: Path,
) -> None:
    foreign, uri = servers.foreign(), callback_page(jupyter_lab)
    file = tmp_path / "connections.toml"
    client_id = foreign.register(uri)["client_id"]
    values = {"server": foreign.url.rstrip("/"), "client_id": client_id, "uri": uri}
    file.write_text(CONNECTION.format(**{name: json.dumps(one) for name, one in values.items()}))
    setup = SETUP.format(state=str(tmp_path / "state"), file=str(file))
    notebook = jupyter_lab.open(context, jupyter_lab.write("today.ipynb", setup, LOGIN, USE))
    notebook.run_all()
    window = SignInWindow(context, sign_in_link(notebook.output(1)))
    window.sign_in("alice")
    window.allow()
    notebook.page.bring_to_front()
    expect(notebook.output(2)).to_contain_text("renewed True True", timeout=30_000)

    before = notebook.output(2).inner_text()
    notebook.menu("Kernel", "Restart Kernel and Run All Cells")
    notebook.page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(notebook.output(2)).not_to_have_text(before, timeout=30_000)
    expect(notebook.output(2)).to_contain_text("renewed True True", timeout=30_000)
    assert notebook.output_text(1) == ""
    take_picture(notebook.page, "no-click")

    other = jupyter_lab.open(context, jupyter_lab.write("next.ipynb", setup, LOGIN, USE))
    other.run_all()
    expect(other.output(2)).to_contain_text("renewed True True", timeout=30_000)
    assert other.output_text(1) == ""
    # Both notebooks are open, and the first one still has the sign-in.
    notebook.page.bring_to_front()
    notebook.run(2)
    notebook.wait_until_idle()
    expect(notebook.output(2)).to_contain_text("renewed True True")
