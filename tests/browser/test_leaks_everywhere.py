"""No secret and nothing personal is saved or logged, in whichever way a person signs in."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from ..helpers.leaks import leaks
from .reach import only_reaches
from .sign_in import ALICE, CALLBACK, SignInWindow, approve, callback_page, paste, sign_in_link
from .workplace import Workplace

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

    from .conftest import FrontEnd
    from .foreign import ForeignServer
    from .servers import Servers

pytestmark = pytest.mark.browser

PERSONAL = {"phone": ALICE, "name": "Alice Liddell", "mail": "alice@example.org"}
NOBODYS = "https://notebooks.example/callback"
LOOPBACK = "http://127.0.0.1/callback"

SETUP = """
import json, os, pathlib, tempfile, threading, time
import oauth_widgets as ow
from oauth_widgets.protocol.authorization import AuthorizationRequest
from oauth_widgets.protocol.device_authorization import DeviceAuthorizationResponse

folder = pathlib.Path(FOLDER)
os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp()
scope = "openid profile email phone offline_access"
secrets = {}

def watch(kind, attribute):
    usual = kind.__init__
    def made(self, *args, **given):
        usual(self, *args, **given)
        secrets[f"{attribute} {len(secrets)}"] = getattr(self, attribute).reveal()
    kind.__init__ = made

watch(AuthorizationRequest, "code_verifier")
watch(DeviceAuthorizationResponse, "device_code")

def note(session):
    for name in ("access_token", "refresh_token"):
        secrets[f"{name} {len(secrets)}"] = getattr(session, name).reveal()
    secrets[f"id_token {len(secrets)}"] = session.id_token.raw.reveal()

def tell():
    secrets["client_secret"] = client.client_secret.reveal()
    (folder / "part").write_text(json.dumps(secrets))
    (folder / "part").rename(folder / "told")
"""
CLIENT_CELL = """
server = ow.discover(ISSUER)
client = ow.ClientMetadata(**CLIENT, client_secret=ow.Secret((folder / "secret").read_text()))
"""
CARD = "card{0} = ow.login(server, client, scope=scope, redirect_uri={1!r}{2})\ncard{0}"
KEPT = ", keep='file'"
USES = """
session = card0.session
assert session.keeper is not None
print(ow.login(server, client, scope=scope, keep="file"))
note(session)
session.refresh()
session.userinfo()
for one in (card0, card1, card2, card3):
    note(one.session)
display(session, session.id_token, session.access_token, client, server, card0, card1)
"""
FAILS = [
    "card4.session",
    "ow.begin_login(server, client, scope=scope).finish((folder / 'answer').read_text())",
    "ow.client_credentials(server, client)",
    "session.frame('http://127.0.0.1:1/events')",
    "session.revoke(); session.userinfo()",
]


def sign_in_by_every_way(
    context: BrowserContext, chromium: Browser, notebook: Any, first: int
) -> dict[str, str]:
    """Sign in at the cards in the cells from `first` on; return the addresses of the answers."""
    answers = {}
    for number in (0, 1):
        # straight back, and by the callback page
        card = notebook.output(first + number)
        window = SignInWindow(context, sign_in_link(card))
        window.sign_in("alice")
        window.allow()
        expect(card).to_contain_text(ALICE)
        window.closed()
        answers[f"address {number}"] = window.answer
    for number, wrong in ((2, False), (4, True)):
        card = notebook.output(first + number)
        window = SignInWindow(context, sign_in_link(card))
        window.sign_in("alice")
        with context.expect_event("requestfailed") as failed:
            window.allow()
        window.page.close()
        answers[f"address {number}"] = address = failed.value.url
        paste(
            card,
            re.sub("code=[^&]*", "code=sentinel-that-is-no-code", address) if wrong else address,
        )
        expect(card).to_contain_text("Sign-in failed" if wrong else ALICE)
    card = notebook.output(first + 3)
    card.get_by_role("button", name="Use another device").click()
    approve(chromium, card)
    expect(card).to_contain_text(ALICE, timeout=20_000)
    codes = {f"code of {name}": parameter(url, "code") for name, url in answers.items()}
    return answers | codes


@pytest.mark.parametrize("front_end", ["lab", "notebook7"], indirect=True)
def test_no_secret_is_in_a_saved_notebook_or_a_log(
    chromium: Browser,
    context: BrowserContext,
    servers: Servers,
    front_end: FrontEnd,
    tmp_path: Path,
) -> None:
    foreign = servers.foreign()
    uris = [LOOPBACK, callback_page(front_end), NOBODYS]
    setup = setup_cell(foreign, foreign.register(*uris, secret=True), tmp_path)
    cards = [
        CARD.format(n, uris[place], "" if n else KEPT) for n, place in enumerate((0, 1, 2, 2, 2))
    ]
    name = front_end.write("leaks.ipynb", setup, *cards, USES, *FAILS, "tell()")
    notebook = front_end.open(context, name)
    notebook.run_all()
    answers = sign_in_by_every_way(context, chromium, notebook, first=1)
    (tmp_path / "answer").write_text(answers["address 4"])
    first = 1 + len(cards)
    for index in range(first, first + len([USES, *FAILS, "tell()"])):
        notebook.run(index)
        notebook.wait_until_idle()
    secrets = told(tmp_path) | answers
    kinds = {re.sub(r" \d+$", "", name) for name in secrets}
    assert kinds >= {"access_token", "refresh_token", "id_token", "code_verifier", "device_code"}
    assert kinds >= {"client_secret", "address", "code of address"}

    notebook.save()
    saved = notebook.saved()
    state = saved.metadata["widgets"]["application/vnd.jupyter.widget-state+json"]
    assert str(state).count("signed_in") >= 4
    errors = [output for cell in saved.cells for output in cell.outputs if "evalue" in output]
    assert len(errors) == len(FAILS)
    files = [notebook.file, notebook.checkpoint, front_end.log, foreign.log]
    assert leaks({**secrets, **PERSONAL}, files) == []


@pytest.mark.parametrize("front_end", ["hub", "voila"], indirect=True)
def test_no_secret_is_in_the_log_of_what_is_between_browser_and_kernel(
    context: BrowserContext, servers: Servers, front_end: FrontEnd, tmp_path: Path
) -> None:
    foreign = servers.foreign()
    here = {
        "voila": callback_page(front_end).replace("lab/extensions", "voila/labextensions"),
        "hub": f"{servers.hub().url}hub/user-redirect/{CALLBACK}",
    }
    on_hub = "/user/" in front_end.url
    uri = here["hub" if on_hub else "voila"]
    if on_hub:
        only_reaches(context, front_end.url, foreign.url)
    later = """
def later():
    while not card0._sign_in.signed_in:
        time.sleep(0.05)
    note(card0.session)
    tell()
threading.Thread(target=later, daemon=True).start()
"""
    client = foreign.register(uri, secret=True)
    cells = [setup_cell(foreign, client, tmp_path), CARD.format(0, uri, KEPT), later]
    notebook = front_end.open(context, front_end.write("leaks.ipynb", *cells))
    notebook.run_all()
    card = notebook.output(1)
    expect(card).to_contain_text("through this Jupyter server")
    window = SignInWindow(context, sign_in_link(card))
    window.sign_in("alice")
    window.allow()
    expect(card).to_contain_text(ALICE)
    window.closed()
    notebook.wait_until_ran(2)
    secrets = told(tmp_path) | {"address": window.answer}
    if on_hub:
        # JupyterHub logs where its user-redirect leads: a code that is spent before anyone reads it
        assert foreign.redeem(window.code, client) == "invalid_grant"
    else:
        secrets["code"] = window.code
    assert leaks({**secrets, **PERSONAL}, [front_end.log, foreign.log]) == []


ALONE = [
    """
from tests.helpers.people import sign_in
sandbox = ow.sandbox.start("playground")
server, client = sandbox.server, sandbox.client
pending = ow.begin_login(server, client, scope=scope)
answer = sign_in(pending.url)
(folder / "answer").write_text(answer)
""",
    "session = pending.finish(answer)\nsession",
    "ow.login(server, client, scope=scope)",
    "session = await ow.login(server, client, scope=scope)",
    "card = ow.login(server, client, scope=scope)\ncard.paste()",
    "pending.finish(answer)",
    "device = ow.device_login(server, client, scope=scope)\ndevice",
    "session.userinfo()\nsession.refresh()\nsession.frame('/nothing-here')",
    "client, server, session, pending",
    "note(session)\ntell()",
]


def test_no_secret_is_in_a_notebook_that_runs_by_itself(tmp_path: Path) -> None:
    place = Workplace(tmp_path)
    setup = SETUP.replace("FOLDER", repr(str(tmp_path)))
    name = place.write("alone.ipynb", setup, *ALONE)
    log = tmp_path / "nbconvert.log"
    with log.open("wb") as said:
        subprocess.run(  # noqa: S603
            [
                *(sys.executable, "-m", "nbconvert", "--execute", "--allow-errors"),
                *("--to", "notebook", "--output-dir", str(tmp_path), str(place.root / name)),
            ],
            env=place.environment | {"PYTHONPATH": str(Path(__file__).parents[2])},
            cwd=tmp_path,
            stdout=said,
            stderr=said,
            check=True,
            timeout=90,
        )
    ran = json.loads((tmp_path / name).read_text())
    text = str(ran)
    assert "running unattended, so no one can sign in" in text
    assert "application/vnd.jupyter.widget-state+json" in str(ran["metadata"])
    answer = (tmp_path / "answer").read_text()
    secrets = told(tmp_path) | {"address": answer, "code": parameter(answer, "code")}
    assert len(secrets) > len(["access, refresh and ID token", "verifiers", "address", "code"])
    assert leaks({**secrets, **PERSONAL}, [tmp_path / name, log]) == []


def setup_cell(foreign: ForeignServer, client: dict[str, Any], folder: Path) -> str:
    """The first cell: a client with a secret, which the cell does not hold."""
    (folder / "secret").write_text(client["client_secret"])
    open_part = {name: value for name, value in client.items() if name != "client_secret"}
    return foreign.cell(SETUP.replace("FOLDER", repr(str(folder))) + CLIENT_CELL, open_part)


def told(folder: Path) -> dict[str, str]:
    """What the kernel says its secrets were."""
    secrets: dict[str, str] = json.loads((folder / "told").read_text())
    return secrets


def parameter(url: str, name: str) -> str:
    """One parameter of an address."""
    found = re.search(rf"[?&]{name}=([^&]+)", url)
    assert found, name
    return found[1]
