"""Every widget in every state, each in a cell: for pictures, for axe and for other browsers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator

SETUP = """
import dataclasses, os, pathlib, sys, tempfile, threading, time, httpx, oauth_widgets as ow
state = pathlib.Path(tempfile.mkdtemp())
os.environ |= {"XDG_STATE_HOME": str(state), "OAUTH_WIDGETS_CONNECTIONS": str(state / "c.toml")}
connection = "[acme]\\nserver = 'https://id.acme.example'\\nclient_id = 'a'\\n"
state.joinpath("c.toml").write_text(connection)
sys.path.insert(0, PROJECT)
from tests.helpers.people import ALL_ABOUT, session_of, sign_in
sandbox = ow.sandbox.start("playground")
def card(**more):
    scope = "openid profile phone offline_access"
    return ow.login(sandbox.server, sandbox.client, scope=scope, **more)
def arrive(one, **how):
    if one.url == '':
        return one
    httpx.get(sign_in(one.url, **how), trust_env=False, timeout=30)
    while one.phase in {"ready", "finishing"}:
        time.sleep(0.01)
    return one
def refused(session):
    try:
        session.frame("/events", progress=False)
    except ow.errors.InsufficientScope:
        return session
long = "<b>Very</b> long \\u202eright to left\\u202c 🦄 " * 200
strange = dataclasses.replace(
    sandbox.server, name=long, scope_meanings={"openid": long, "phone": "قراءة رقم هاتفك"})
alice, bob = (session_of(name, ALL_ABOUT, "playground") for name in ("alice", "bob"))
""".replace("PROJECT", repr(str(Path(__file__).parents[2])))

CELLS = {
    "login-ready": "card()",
    "login-waiting": "card()",
    "login-refused": "arrive(card(), allow=False)",
    "login-long-error": "sandbox.misbehave('issuer'); one = arrive(card());"
    " sandbox.misbehave('issuer', on=False); one",
    "login-failed": "one = card(); one._sign_in.paste(ow.Secret('SplxlOBeZQQYbYS6WxSbIA')); one",
    "login-device": "one = card(); threading.Thread(target=one._sign_in.on_device).start(); one",
    "login-cancelled": "one = card(); one._sign_in.end('cancelled'); one",
    "login-signed-in": "arrive(card())",
    "login-kept": "arrive(card(keep='file'))",
    "login-no-pkce": "ow.login(dataclasses.replace(sandbox.server, pkce=False), sandbox.client,"
    " scope='openid phone')",
    "login-needs-more": "one = arrive(card()); refused(one.session); one",
    "login-tabs": "arrive(card())",
    "login-signed-out": "one = arrive(card()); one.session.logout(); one",
    "login-strange": "ow.login(strange, sandbox.client, scope='openid phone')",
    "session": "ow.SessionCard(session_of('bob', 'openid email', 'playground'))",
    "session-phone": "ow.SessionCard(session_of('alice', 'openid phone', 'playground'))",
    "session-kept": "ow.SessionCard(arrive(card(keep='file')).session)",
    "session-out": "one = session_of('bob'); shown = ow.SessionCard(one); one.logout(); shown",
    "picker-before": "ow.ScopePicker(sandbox.server, sandbox.client, services=sandbox.services,"
    " scope='openid cells.read')",
    "picker-after": "one = ow.ScopePicker(sandbox.server, sandbox.client,"
    " services=sandbox.services, scope='openid cells.read')\n"
    "one.follow(refused(session_of('alice', 'openid cells.read', 'playground'))); one",
    "picker-list": "ow.ScopePicker(sandbox.server, sandbox.client, scope='openid')",
    "tokens": "ow.TokenView(alice)",
    "token-pasted": "ow.TokenView(alice.id_token.raw)",
    "claims": "ow.ClaimsView(alice)",
    "claims-against": "ow.ClaimsView(bob, against=alice)",
    "claims-read": "ow.ClaimsView(bob.id_token.raw)",
    "form": "ow.ClientForm(register=sandbox.register)",
    "form-errors": "ow.ClientForm(register=sandbox.register)",
    "device": "ow.DeviceCode(ow.device_login(sandbox.server, sandbox.client, scope='openid'))",
    "doctor": "ow.doctor()",
    "trace": "one = card(); shown = ow.Trace(one); arrive(one); shown",
    "trace-refused": "one = card(); shown = ow.Trace(one); arrive(one, allow=False); shown",
    "steps": "ow.StepByStep(sandbox.server, sandbox.client, scope='openid')",
    "repr-sandbox": "sandbox",
    "repr-session": "alice",
    "repr-preview": "alice.preview('/events')",
    "repr-servers": "ow.servers",
    "repr-connections": "ow.connections()",
}


def prepared(name: str, output: Locator) -> None:
    """Bring a card into the state that only a person can."""
    page = output.page
    if name == "login-waiting":
        with page.context.expect_page() as opened:
            output.get_by_role("link").first.click()
        opened.value.close()
    elif name == "login-tabs":
        output.get_by_role("tab", name="Tokens").click()
        output.get_by_text("Refresh token").wait_for()
    elif name == "tokens":
        output.get_by_role("button", name="Show: Access token").click()
        output.locator(".ow-secret:visible").first.wait_for()
    elif name == "form-errors":
        output.get_by_label("Client ID").fill("bad id!é")
        output.get_by_label("Redirect URIs").fill("http://evil.example/cb#x\nfoo")
        output.get_by_role("button", name="Register").click()
        output.locator(".ow-summary:visible").wait_for()
    elif name == "doctor":
        page.wait_for_timeout(1500)
