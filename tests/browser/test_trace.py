"""What passed in a sign-in, in front of a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from ..helpers.leaks import leaks
from .cards import (
    complaints,
    in_lab,
    nothing_cut_off_when_narrow,
    nothing_found_in_any_look,
    open_with,
)
from .sign_in import SignInWindow

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, Locator

    from .conftest import FrontEnd, TakePicture

pytestmark = pytest.mark.browser

BEGUN = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[2])!r})
import oauth_widgets as ow
from tests.helpers.people import ALL_ABOUT, secrets_of, sign_in
sandbox = ow.sandbox.start("playground")
pending = ow.begin_login(sandbox.server, sandbox.client, scope=ALL_ABOUT)
trace = ow.Trace(pending)
"""
SIGNED_IN = """
session = pending.finish(sign_in(pending.url))
rows = len(session.frame("/events", progress=False))
import json, pathlib
request = pending.request
more = {"state": request.state, "nonce": request.nonce}
pathlib.Path(FILE).write_text(json.dumps(secrets_of(session) | more))
"""
REFUSED = """
refused = ow.begin_login(sandbox.server, sandbox.client, scope="openid")
failed = ow.Trace(refused)
with sandbox.misbehave("nonce"):
    try:
        refused.finish(sign_in(refused.url))
    except ow.errors.WrongNonce as problem:
        print(problem)
"""
STEPS = """
steps = ow.StepByStep(sandbox.server, sandbox.client, scope="openid")
steps
"""


@in_lab
def test_a_trace_fills_in_opens_by_keyboard_and_saves_the_names_of_its_steps(
    context: BrowserContext, front_end: FrontEnd, take_picture: TakePicture, tmp_path: Path
) -> None:
    file = tmp_path / "secrets.json"
    end = SIGNED_IN.replace("FILE", repr(str(file)))
    notebook = open_with(front_end, context, BEGUN, "trace", end, REFUSED, "failed", STEPS)
    page = notebook.page
    page.set_viewport_size({"width": 1200, "height": 2600})
    notebook.run_all()
    notebook.wait_until_ran(5)
    card = notebook.output(1).locator(".ow-trace")
    lines = card.get_by_role("list").first.locator("> li")
    expect(lines.last).to_contain_text("3,200 rows on 7 pages", timeout=30_000)
    exchange = lines.filter(has_text="POST /token")
    exchange.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(exchange).to_contain_text("proves that this client began the sign-in")
    expect(exchange).to_contain_text("•••••••• (43 characters")
    expect(card.get_by_role("status")).to_contain_text("steps. Latest:")
    expect(notebook.output(4).locator(".ow-trace")).to_contain_text("✗ nonce")
    expect(notebook.output(4).get_by_text("expected ••••")).to_be_visible()
    steps = notebook.output(5).locator(".ow-steps")
    walk_with_another_state(context, steps)
    nothing_found_in_any_look(notebook, (1, 4, 5), take_picture)
    nothing_cut_off_when_narrow(notebook, take_picture)
    assert complaints(notebook) == []
    notebook.save()
    secrets = json.loads(file.read_text())
    assert leaks(secrets, [notebook.file, notebook.checkpoint, front_end.log]) == []
    saved = notebook.file.read_text()
    assert "Trade the code for tokens" in saved
    assert "••••" not in saved
    assert "Deliver the answer" in saved
    assert "slipped-in" not in saved


def walk_with_another_state(context: BrowserContext, steps: Locator) -> None:
    """Change the answer's state on its way to the notebook, which notices."""
    expect(steps).to_contain_text("Open the sign-in page · RFC 6749")
    steps.get_by_role("button", name="Send").click()
    link = steps.get_by_role("link", name="Open the sign-in page")
    expect(link).to_be_visible()
    window = SignInWindow(context, link)
    window.sign_in("alice")
    window.allow()
    expect(steps).to_contain_text("Deliver the answer · RFC 6749", timeout=30_000)
    steps.get_by_label("state").fill("slipped-in")
    steps.get_by_role("button", name="Send").click()
    expect(steps.get_by_role("status")).to_contain_text("This notebook noticed (state)")
    expect(steps.get_by_role("alert")).to_contain_text("belongs to another sign-in")
