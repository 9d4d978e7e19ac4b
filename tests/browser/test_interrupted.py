"""Interruptions between click and answer: ports, reloads, busy and lost kernels, strangers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from playwright.sync_api import expect

from .process import free_port
from .sign_in import ALICE, SignInWindow, callback_page, paste, sign_in_link

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import BrowserContext

    from .conftest import TakePicture
    from .jupyter_server import JupyterServer
    from .servers import Servers

pytestmark = pytest.mark.browser


def test_of_two_notebooks_with_one_port_the_second_says_so_and_can_be_pasted_into(
    context: BrowserContext,
    servers: Servers,
    jupyter_lab: JupyterServer,
    take_picture: TakePicture,
) -> None:
    port = free_port()
    source = servers.foreign().card(f"http://127.0.0.1:{port}/callback")
    first = jupyter_lab.open(context, jupyter_lab.write("first.ipynb", source))
    first.run_all()
    sign_in_link(first.output(0))
    second = jupyter_lab.open(context, jupyter_lab.write("second.ipynb", source))
    second.run_all()
    card = second.output(0)
    expect(card).to_contain_text(f"Port {port} on this computer is in use")
    take_picture(second.page, "in-use")

    window = SignInWindow(context, sign_in_link(card))
    window.sign_in("alice")
    window.allow()
    expect(window.page.get_by_role("heading")).to_have_text(
        re.compile("Your notebook isn.t waiting for this")
    )
    take_picture(window.page, "not-expected")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    window.page.get_by_text("Is another notebook still waiting?").click()
    window.page.get_by_role("button", name="Copy").click()
    expect(window.page.get_by_role("button", name="Copied")).to_be_visible()
    second.page.bring_to_front()
    paste(card, second.page.evaluate("navigator.clipboard.readText()"))
    expect(card).to_contain_text(ALICE)
    # the first one still waits, and whoever comes once the port is free needs no pasting
    SignInWindow(context, sign_in_link(first.output(0))).page.close()
    first.output(0).get_by_role("button", name="Cancel").click()
    expect(first.output(0)).to_contain_text("Sign-in canceled")
    second.run_all()
    link = sign_in_link(card)
    expect(card).to_contain_text("you come straight back")
    again = SignInWindow(context, link)
    again.sign_in("alice")
    again.allow()
    expect(card).to_contain_text(ALICE)


def test_a_page_loaded_anew_takes_the_answer_of_a_window_that_was_open(
    context: BrowserContext,
    servers: Servers,
    jupyter_lab: JupyterServer,
) -> None:
    source = servers.foreign().card(callback_page(jupyter_lab))
    notebook = jupyter_lab.open(context, jupyter_lab.write("reload.ipynb", source))
    notebook.run_all()
    card = notebook.output(0)
    expect(card).to_contain_text("through this Jupyter server")
    window = SignInWindow(context, sign_in_link(card))
    window.sign_in("alice")
    notebook.save()
    notebook.page.reload()
    notebook.wait_until_idle()
    sign_in_link(card)
    window.allow()
    expect(card).to_contain_text(ALICE)
    window.closed()


BUSY = "import pathlib, time\nwhile not pathlib.Path(FILE).exists(): time.sleep(0.02)\n"


def test_a_busy_kernel_takes_the_answer_when_it_is_free(
    context: BrowserContext,
    servers: Servers,
    jupyter_lab: JupyterServer,
    take_picture: TakePicture,
    tmp_path: Path,
) -> None:
    free = tmp_path / "free"
    source = servers.foreign().card(callback_page(jupyter_lab))
    busy = BUSY.replace("FILE", repr(str(free)))
    notebook = jupyter_lab.open(context, jupyter_lab.write("busy.ipynb", source, busy))
    notebook.run_all()
    card = notebook.output(0)
    link = sign_in_link(card)
    # the kernel does not know this page yet, and the page does
    expect(card).to_contain_text("through this Jupyter server")
    expect(card.get_by_label("Address from that window")).to_be_hidden()
    window = SignInWindow(context, link)
    window.sign_in("alice")
    window.allow()
    window.closed()
    expect(card.get_by_role("status")).to_have_text("Sending to the notebook…")
    expect(notebook.cell(1).locator(".jp-InputArea-prompt")).to_have_text("[*]:")
    take_picture(notebook.page, "telling")
    free.touch()
    expect(card).to_contain_text(ALICE, timeout=20_000)


def test_a_restarted_kernel_is_said_on_the_card_and_to_who_has_just_signed_in(
    context: BrowserContext,
    servers: Servers,
    jupyter_lab: JupyterServer,
    take_picture: TakePicture,
) -> None:
    source = servers.foreign().card(callback_page(jupyter_lab))
    notebook = jupyter_lab.open(context, jupyter_lab.write("restarted.ipynb", source))
    notebook.run_all()
    card = notebook.output(0)
    expect(card).to_contain_text("through this Jupyter server")
    window = SignInWindow(context, sign_in_link(card))
    window.sign_in("alice")
    notebook.page.bring_to_front()
    notebook.menu("Kernel", "Restart Kernel")
    notebook.page.get_by_role("button", name="Confirm Kernel Restart").click()
    expect(card).to_contain_text("kernel has restarted. Run the cell again")
    take_picture(notebook.page, "gone")
    window.allow()
    expect(window.page.get_by_role("heading")).to_have_text("✗ Sign-in lost")
    take_picture(window.page, "lost")
    # and the cell run again works
    notebook.page.bring_to_front()
    notebook.wait_until_idle()
    notebook.run(0)
    again = SignInWindow(context, sign_in_link(card))
    again.sign_in("alice")
    again.allow()
    expect(card).to_contain_text(ALICE)


SAY = """
([state, data]) => {
  const channel = new BroadcastChannel(`oauth_widgets ${state}`);
  window.said = window.said ?? [];
  channel.onmessage = ({ data }) => window.said.push(data.kind);
  channel.postMessage(data);
}
"""


def test_strangers_on_the_channel_and_at_the_listener_change_nothing(
    context: BrowserContext,
    servers: Servers,
    jupyter_lab: JupyterServer,
) -> None:
    foreign = servers.foreign()
    sources = [foreign.card(callback_page(jupyter_lab)), foreign.card("http://127.0.0.1/callback")]
    notebook = jupyter_lab.open(context, jupyter_lab.write("strangers.ipynb", *sources))
    notebook.run_all()
    page_card, listening = notebook.output(0), notebook.output(1)
    expect(page_card).to_contain_text("through this Jupyter server")

    stranger = context.new_page()
    stranger.goto(callback_page(jupyter_lab))
    asked = sent(sign_in_link(page_card).get_attribute("href"))
    for url in (
        *(None, 7, {}, "", "https://elsewhere.example/cb?code=1&state=" + asked["state"]),
        f"{callback_page(jupyter_lab)}?code=1&state=another",
        f"{jupyter_lab.url}lab?code=1",
    ):
        stranger.evaluate(SAY, [asked["state"], {"kind": "answer", "url": url}])
    for data in (None, "answer", {"kind": "heard"}, {"kind": "gone"}, {"url": asked}):
        stranger.evaluate(SAY, [asked["state"], data])
    window = SignInWindow(context, sign_in_link(page_card))
    window.sign_in("alice")
    window.allow()
    expect(page_card).to_contain_text(ALICE)
    window.closed()
    assert stranger.evaluate("said.filter(kind => kind === 'heard').length") > 0
    # An answered request has ended, in the page as in the kernel.
    stranger.evaluate("said.length = 0")
    stranger.evaluate(SAY, [asked["state"], {"kind": "answer", "url": window.answer}])

    port = urlsplit(sent(sign_in_link(listening).get_attribute("href"))["redirect_uri"]).port
    for target in ("", "favicon.ico", "callback", "callback?state=x&code=1", "callback?code=%ff"):
        answer = httpx.get(f"http://127.0.0.1:{port}/{target}", trust_env=False)
        assert answer.status_code == 400
    window = SignInWindow(context, sign_in_link(listening))
    window.sign_in("alice")
    window.allow()
    expect(listening).to_contain_text(ALICE)
    expect(page_card).to_contain_text(ALICE)
    assert "heard" not in stranger.evaluate("said")


def sent(url: str | None) -> dict[str, str]:
    """The parameters of an address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(url or "").query).items()}


STOPPED = """
import signal, time
import oauth_widgets as ow
server = ow.discover(ISSUER)
client = ow.ClientMetadata(**CLIENT)
card = ow.login(server, client, scope=SCOPE)
usual, stopped = signal.getsignal(signal.SIGINT), []
def noted(*signalled):
    stopped.append(time.monotonic())
    return usual(*signalled)
signal.signal(signal.SIGINT, noted)
try:
    WAIT
finally:
    took = time.monotonic() - stopped[0]
    signal.signal(signal.SIGINT, usual)
"""
LASTED = "print(took < 0.5, f'{took:.3f} s', card.phase)"


@pytest.mark.parametrize(
    ("kernel", "waits"),
    [
        ("python3", ["await card", "card.wait()"]),
        ("ipykernel-6.31.0", ["await card"]),
        ("ipykernel-6.17.1", ["card.wait()"]),
    ],
)
def test_stop_ends_a_cell_that_waits_within_half_a_second(
    context: BrowserContext,
    servers: Servers,
    jupyter_lab: JupyterServer,
    kernel: str,
    waits: list[str],
) -> None:
    foreign = servers.foreign()
    client = foreign.register("http://127.0.0.1/callback")
    sources = [foreign.cell(STOPPED.replace("WAIT", wait), client) for wait in waits]
    cells = [part for source in sources for part in (source, LASTED)]
    notebook = jupyter_lab.open(context, jupyter_lab.write("stopped.ipynb", *cells, kernel=kernel))
    for cell in range(0, len(cells), 2):
        notebook.run(cell)
        sign_in_link(notebook.output(cell))
        notebook.menu("Kernel", "Interrupt Kernel")
        notebook.wait_until_ran(cell)
        stopped = re.compile("KeyboardInterrupt|CancelledError")
        expect(notebook.output(cell)).to_contain_text(stopped)
        notebook.run(cell + 1)
        expect(notebook.output(cell + 1)).to_contain_text(re.compile("True 0.* s ready"))
