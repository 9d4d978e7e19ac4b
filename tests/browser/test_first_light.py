"""The whole way: a cell, a click, a real page, a DataFrame."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from ..helpers.leaks import leaks
from ..helpers.words import CARD_BUTTON
from .sign_in import SignInWindow

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext

    from .conftest import OpenNotebook, TakePicture
    from .jupyter_server import JupyterServer

pytestmark = pytest.mark.browser

NOTEBOOK = "01-first-light.ipynb"
CARD, FRAME, AFTER = 3, 5, 7
ALICE = "+447700900101"

TELL = """
import gc, json, httpx, pathlib
from oauth_widgets.protocol.authorization import AuthorizationRequest
request, = [o for o in gc.get_objects() if type(o) is AuthorizationRequest]
answer = httpx.get(sandbox.api + "/events", headers={
    "authorization": "Bearer " + session.access_token.reveal()})
secrets = {
    "access token": session.access_token.reveal(),
    "refresh token": session.refresh_token.reveal(),
    "ID token": session.id_token.raw.reveal(),
    "code_verifier": request.code_verifier.reveal(),
    "client secret": sandbox.client.client_secret.reveal(),
}
pathlib.Path(FILE).write_text(json.dumps(
    {"secrets": secrets, "rows": int(answer.headers["x-total-count"]), "shape": events.shape}))
"""


def test_run_all_click_sign_in_approve_and_the_data_is_there(
    context: BrowserContext,
    open_notebook: OpenNotebook,
    jupyter_lab: JupyterServer,
    take_picture: TakePicture,
    tmp_path: Path,
) -> None:
    tutorial = json.loads((jupyter_lab.root / NOTEBOOK).read_text())
    cells = ["".join(cell["source"]) for cell in tutorial["cells"]]
    cells = [
        source if cell["cell_type"] == "code" else f"# %% md\n{source}"
        for cell, source in zip(tutorial["cells"], cells, strict=True)
    ]
    told = tmp_path / "told.json"
    name = jupyter_lab.write("first-light.ipynb", *cells, TELL.replace("FILE", repr(str(told))))
    notebook = open_notebook(name)
    notebook.run_all()
    card = notebook.output(CARD)
    button = card.get_by_role("link", name=CARD_BUTTON)
    expect(button).to_be_visible(timeout=30_000)
    take_picture(notebook.page, "before")

    window = SignInWindow(context, button)
    window.sign_in("alice")
    window.allow()
    expect(card).to_contain_text(ALICE, timeout=20_000)
    notebook.wait_until_ran(len(cells), timeout=30)

    facts = json.loads(told.read_text())
    assert facts["rows"] > 1000
    assert facts["shape"][0] == facts["rows"]
    assert f"{facts['rows']} rows" in notebook.output_text(FRAME)
    expect(notebook.output(AFTER).locator("img")).to_be_visible()
    take_picture(notebook.page, "after")

    notebook.save()
    state = notebook.saved().metadata["widgets"]["application/vnd.jupyter.widget-state+json"]
    assert "signed_in" in str(state)
    secrets = facts["secrets"] | {"code": window.code}
    assert leaks(secrets, [notebook.file, notebook.checkpoint, jupyter_lab.log]) == []
    # the data hold phone numbers too, so the person's own is looked for in the state alone
    assert ALICE not in str(state)
    assert notebook.errors == []


def test_the_tutorial_runs_top_to_bottom(
    context: BrowserContext, open_notebook: OpenNotebook
) -> None:
    notebook = open_notebook(NOTEBOOK)
    notebook.run_all()
    button = notebook.output(CARD).get_by_role("link", name=CARD_BUTTON)
    window = SignInWindow(context, button)
    window.sign_in("bob")
    window.allow()
    notebook.wait_until_ran(AFTER, timeout=60)
    notebook.save()
    cells = [cell for cell in notebook.saved().cells if cell.cell_type == "code"]
    assert len(notebook.saved().cells) <= 9
    assert all(cell.execution_count for cell in cells)
    assert not [o for cell in cells for o in cell.outputs if o.output_type == "error"]


def test_refused_consent_is_said_and_can_be_tried_again(
    context: BrowserContext, open_notebook: OpenNotebook, take_picture: TakePicture
) -> None:
    notebook = open_notebook(NOTEBOOK)
    notebook.run_all()
    card = notebook.output(CARD)
    window = SignInWindow(context, card.get_by_role("link", name=CARD_BUTTON))
    window.sign_in("alice")
    window.refuse()
    expect(card.get_by_role("alert")).to_contain_text("Nothing was shared", timeout=20_000)
    take_picture(notebook.page, "refused")
    # the cell still waits, so trying again needs no second run
    expect(notebook.cell(CARD).locator(".jp-InputArea-prompt")).to_have_text("[*]:")
    again = SignInWindow(context, card.get_by_role("link", name=re.compile("again")))
    expect(again.page.get_by_role("button", name="Continue as alice")).to_be_visible()
    again.page.get_by_role("button", name="Continue as alice").click()
    again.allow()
    notebook.wait_until_ran(AFTER, timeout=60)
    expect(card).to_contain_text(ALICE)


def test_cancel_ends_the_wait_with_a_typed_error(
    open_notebook: OpenNotebook,
) -> None:
    notebook = open_notebook(NOTEBOOK)
    notebook.run_all()
    card = notebook.output(CARD)
    card.get_by_role("button", name="Cancel").click(timeout=30_000)
    notebook.wait_until_ran(CARD)
    assert "SignInCancelled" in notebook.output_text(CARD)
    # The cell has ended, so no one would get the session of a new start.
    expect(card).to_contain_text("Run the cell again to sign in.")
    expect(card.get_by_role("button", name="Try again")).to_be_hidden()
    notebook.wait_until_idle()


REFUSING = """
import json, threading, http.server
import oauth_widgets as ow

class Refuses(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = json.dumps({"error": "invalid_grant", "error_description": WORDS}).encode()
        self.send_response(400)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_): pass

http_server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Refuses)
threading.Thread(target=http_server.serve_forever, daemon=True).start()
origin = f"http://127.0.0.1:{http_server.server_port}"
server = ow.AuthorizationServer(
    issuer=origin, authorization_endpoint=origin + "/a", token_endpoint=origin + "/t")
client = ow.ClientMetadata(client_id="app", redirect_uris=["https://app.example/cb"])
card = ow.login(server, client)
card
"""


def test_what_a_server_says_of_a_failure_is_shown_and_not_saved(
    open_notebook: OpenNotebook, jupyter_lab: JupyterServer, take_picture: TakePicture
) -> None:
    words = "user alice@corp.example is not assigned"
    # put together in the kernel, so that the cell's own source does not hold it
    source = REFUSING.replace("WORDS", "'user alice' + '@corp.example' + ' is not assigned'")
    notebook = open_notebook(jupyter_lab.write("refusing.ipynb", source, "card"))
    notebook.run(0)
    card = notebook.output(0)
    link = card.get_by_role("link", name=CARD_BUTTON)
    state = parse_qs(urlsplit(link.get_attribute("href", timeout=30_000) or "").query)["state"][0]
    address = card.get_by_label("Address from that window")
    address.fill(f"https://app.example/cb?code=1&state={state}")
    address.press("Enter")
    alert = card.get_by_role("alert")
    expect(alert).to_contain_text(f"The server said: “{words}”", timeout=20_000)
    expect(alert).to_contain_text("The server said: invalid_grant.")
    take_picture(notebook.page, "said")
    # A view that opens later gets them too.
    notebook.run(1)
    expect(notebook.output(1).get_by_role("alert")).to_contain_text(words)
    notebook.save()
    assert "invalid_grant" in notebook.file.read_text()
    assert leaks({"words": words}, [notebook.file, notebook.checkpoint]) == []
    assert notebook.errors == []


FAR = """
import oauth_widgets as ow
sandbox = ow.sandbox.start("wgtwo")
client = sandbox.register({
    "client_id": "far",
    "redirect_uris": ["https://notebooks.example/callback"],
    "scope": "openid phone events.read",
})
session = await ow.login(sandbox.server, client, scope="openid phone events.read")
"""


def test_an_answer_that_cannot_reach_this_machine_is_pasted(
    context: BrowserContext,
    open_notebook: OpenNotebook,
    jupyter_lab: JupyterServer,
    take_picture: TakePicture,
) -> None:
    notebook = open_notebook(jupyter_lab.write("far.ipynb", FAR, 'len(session.frame("/events"))'))
    notebook.run_all()
    card = notebook.output(0)
    window = SignInWindow(context, card.get_by_role("link", name=CARD_BUTTON))
    window.sign_in("alice")
    with context.expect_event("requestfailed") as failed:
        window.allow()
    ended = failed.value.url
    assert ended.startswith("https://notebooks.example/callback?code=")

    address = card.get_by_label("Address from that window")
    address.fill("https://elsewhere.example/?code=mine&state=unknown")
    address.press("Enter")
    expect(card.get_by_role("alert")).to_contain_text("a different page", timeout=20_000)
    take_picture(notebook.page, "told-apart")
    address.fill(ended)
    address.press("Enter")
    expect(card).to_contain_text(ALICE, timeout=20_000)
    notebook.wait_until_ran(1)
    # A busy machine may show a progress bar above it.
    assert int(notebook.output_text(1).split()[-1]) > 1000
    notebook.save()
    assert leaks({"code": window.code}, [notebook.file, notebook.checkpoint]) == []
