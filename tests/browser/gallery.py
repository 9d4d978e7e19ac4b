"""Every widget in every state, each in a cell: for pictures, for axe and for other browsers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator

SETUP = """
import base64, dataclasses, json, os, pathlib, sys, tempfile, threading, time
import httpx, oauth_widgets as ow
from IPython.display import HTML
from urllib.parse import parse_qsl, urlencode, urlsplit
state = pathlib.Path(tempfile.mkdtemp())
os.environ |= {"XDG_STATE_HOME": str(state), "OAUTH_WIDGETS_CONNECTIONS": str(state / "c.toml")}
connection = "[acme]\\nserver = 'https://id.acme.example'\\nclient_id = 'a'\\n"
state.joinpath("c.toml").write_text(connection)
sys.path.insert(0, PROJECT)
from tests.helpers.people import ALL_ABOUT, session_of, sign_in
# What others write may be long, run from right to left, and look like markup.
script = "\\u0642\\u0631\\u0627\\u0621\\u0629 \\u0631\\u0642\\u0645 "
name = ("<b>Eve</b> \\u05e9\\u05dc\\u05d5\\u05dd 🦄 " + script + "W" * 90)[:150]
long = "<b>Very</b> long \\u202eright to left\\u202c 🦄 " * 250
odd_scope = "<b>" + "odd" * 60 + "</b>"
people = {"alice": {"password": "wonderland", "name": "Alice Liddell"},
          "bob": {"password": "builder", "name": "Bob Marlow"},
          "e" * 150: {"password": "apple" * 30, "name": name, "email": "eve@" + "e" * 150}}
sandbox = ow.sandbox.start("playground", users=people)
strange = dataclasses.replace(
    sandbox.server, name=long, scope_meanings={"openid": long, "phone": script, odd_scope: long})
free = dataclasses.replace(sandbox.client, scope=None)
def card(server=sandbox.server, scope="openid profile phone offline_access", **more):
    return ow.login(server, free, scope=scope, **more)
def arrive(one, **how):
    if one.url == '':
        return one
    httpx.get(sign_in(one.url, **how), trust_env=False, timeout=30)
    while one.phase in {"ready", "finishing"}:
        time.sleep(0.01)
    return one
def later(one, **how):
    # What happens before a page shows the card isn't recorded.
    def wait():
        while not one._rendered:
            time.sleep(0.01)
        arrive(one, **how)
    threading.Thread(target=wait, daemon=True).start()
    return one
def answered(one, **answer):
    # An answer that the server didn't write.
    sent = dict(parse_qsl(urlsplit(one.url).query))
    answer |= {"state": sent["state"], "iss": sandbox.server.issuer}
    one._sign_in.answer(sent["redirect_uri"] + "?" + urlencode(answer))
    return one
def part(**members):
    return base64.urlsafe_b64encode(json.dumps(members).encode()).decode().rstrip("=")
def no_registration(_):
    raise ow.errors.OAuthError(long, next_step=long)
def refused(session):
    try:
        session.frame("/events", progress=False)
    except ow.errors.InsufficientScope:
        return session
alice, bob = (session_of(one, ALL_ABOUT, "playground") for one in ("alice", "bob"))
eves = ow.begin_login(strange, sandbox.client, scope=ALL_ABOUT)
eve = eves.finish(sign_in(eves.url, "e" * 150, password="apple" * 30))
written = part(alg=long) + "." + part(iss=long, sub=long, name=name, exp=1e9, **{name: long}) + ".x"
""".replace("PROJECT", repr(str(Path(__file__).parents[2])))

CELLS = {
    "login-ready": "card()",
    "login-waiting": "card()",
    "login-refused": "arrive(card(), allow=False)",
    "login-long-error": "sandbox.misbehave('issuer'); one = arrive(card());"
    " sandbox.misbehave('issuer', on=False); one",
    "login-failed": "card()",
    "login-device": "one = card(); threading.Thread(target=one._sign_in.on_device).start(); one",
    "login-cancelled": "one = card(); one._sign_in.end('cancelled'); one",
    "login-signed-in": "arrive(card())",
    "login-kept": "arrive(card(keep='file'))",
    "login-no-pkce": "ow.login(dataclasses.replace(sandbox.server, pkce=False), sandbox.client,"
    " scope='openid phone')",
    "login-needs-more": "one = arrive(card()); refused(one.session); one",
    "login-tabs": "arrive(card())",
    "login-signed-out": "arrive(card())",
    "login-claims": "arrive(card())",
    "login-happened": "later(card(), allow=False)",
    "login-strange": "card(strange, f'openid phone {odd_scope}')",
    "login-strange-error": "answered(card(strange), error='server_error', error_description=long)",
    "login-strange-signed-in": "arrive(card(strange), username='e' * 150, password='apple' * 30)",
    "session": "ow.SessionCard(session_of('bob', 'openid email', 'playground'))",
    "session-phone": "ow.SessionCard(session_of('alice', 'openid phone', 'playground'))",
    "session-strange": "ow.SessionCard(eve)",
    "session-kept": "ow.SessionCard(arrive(card(keep='file')).session)",
    "session-out": "one = session_of('bob'); shown = ow.SessionCard(one); one.logout(); shown",
    "picker-before": "ow.ScopePicker(sandbox.server, sandbox.client, services=sandbox.services,"
    " scope='openid cells.read')",
    "picker-after": "one = ow.ScopePicker(sandbox.server, sandbox.client,"
    " services=sandbox.services, scope='openid cells.read')\n"
    "one.follow(refused(session_of('alice', 'openid cells.read', 'playground'))); one",
    "picker-strange": "ow.ScopePicker(strange, free, scope=f'openid {odd_scope}',"
    " services=[ow.Service(name='w' * 200, scopes=f'phone {odd_scope}')])",
    "picker-list": "ow.ScopePicker(sandbox.server, sandbox.client, scope='openid')",
    "tokens": "ow.TokenView(alice)",
    "token-pasted": "ow.TokenView(alice.id_token.raw)",
    "token-strange": "ow.TokenView(written)",
    "claims-strange": "ow.ClaimsView(written, against=eve)",
    "claims": "ow.ClaimsView(alice)",
    "claims-against": "ow.ClaimsView(bob, against=alice)",
    "claims-read": "ow.ClaimsView(bob.id_token.raw)",
    "form": "ow.ClientForm(register=sandbox.register, server=sandbox.server)",
    "form-errors": "ow.ClientForm(register=sandbox.register, server=sandbox.server)",
    "form-request": "ow.ClientForm(registration=ow.ClientRegistration(client_id='lab',"
    " type='public', redirect_uris=['https://nb.example/cb'], scope_whitelist='openid',"
    " default_scopes='openid'))",
    "form-registered": "ow.ClientForm(register=sandbox.register, server=sandbox.server)",
    "form-strange": "ow.ClientForm(register=no_registration,"
    " registration=ow.ClientRegistration(client_id='c' * 100, type='public',"
    " redirect_uris=['https://' + 'a' * 60 + '.example/' + 'b' * 900],"
    " scope_whitelist=f'openid {odd_scope}', default_scopes='openid'))",
    "device-strange": "ow.DeviceCode(ow.device_login(strange, free, scope='openid'))",
    "device": "ow.DeviceCode(ow.device_login(sandbox.server, sandbox.client, scope='openid'))",
    "doctor": "ow.doctor()",
    "doctor-strange": "ow.doctor(strange)",
    "trace-strange": "one = card(strange); shown = ow.Trace(one);"
    " answered(one, error='server_error', error_description=long); shown",
    "trace": "one = card(); shown = ow.Trace(one); arrive(one); shown",
    "trace-refused": "one = card(); shown = ow.Trace(one); arrive(one, allow=False); shown",
    "steps-strange": "ow.StepByStep(strange, free, scope=odd_scope)",
    "steps": "ow.StepByStep(sandbox.server, sandbox.client, scope='openid')",
    "repr-sandbox": "ow.sandbox.start('wgtwo')",
    "repr-sandbox-strange": "sandbox",
    "repr-session": "alice",
    "repr-strange": "eve",
    "repr-login": "HTML(card(strange)._still()['text/html'])",
    "repr-preview": "alice.preview('/events')",
    "repr-servers": "ow.servers",
    "repr-connections": "ow.connections()",
}


CARDS = [name for name in CELLS if not name.startswith("repr-")]
"""At most 50, since JupyterLab hides further outputs of a cell."""


def in_one_cell(names: list[str]) -> str:
    """Return a cell that shows these cards: a page draws no cell that is far out of view."""
    return "\n".join(re.sub(r"[^;\n]+$", r"display(\g<0>)", CELLS[one]) for one in names)


def prepared(name: str, output: Locator) -> None:
    """Bring a card into the state that only a person can."""
    if name in {"login-waiting", "login-failed"}:
        open_window(name, output)
    elif name == "login-signed-out":
        output.get_by_role("button", name="Sign out").click()
        output.get_by_text("the server has revoked the tokens").wait_for()
    elif name.startswith("doctor"):
        output.get_by_text("Checking this page").wait_for(state="hidden")
    elif name in TABS:
        tab, words = TABS[name]
        output.get_by_role("tab", name=tab).click()
        output.get_by_text(words).first.wait_for()
    elif name == "tokens":
        output.get_by_role("button", name="Show: Access token").click()
        output.locator(".ow-secret:visible").first.wait_for()
        output.get_by_role("button", name="Ask the server what it means").click()
        output.locator(".ow-info").wait_for()
    elif name == "claims":
        output.get_by_text("checks passed:").click()
        output.get_by_text("Why this identifier?").click()
    elif name == "picker-before":
        output.get_by_text("Choose scopes one by one").click()
    elif name == "trace":
        output.get_by_text("POST /token").click()
    elif name.startswith("form-"):
        fill_form(name, output)


TABS = {
    "login-tabs": ("Tokens", "Refresh token"),
    "login-claims": ("ID token", "About you"),
    "login-happened": ("What happened", "through your browser"),
}
"""The cards of which one tab is open, and words that are in it."""


def open_window(name: str, output: Locator) -> None:
    """Open a sign-in window, and paste only the code if the sign-in is to fail."""
    with output.page.context.expect_page() as opened:
        output.get_by_role("link").first.click()
    opened.value.close()
    if name == "login-failed":
        output.locator("summary").first.click()
        output.get_by_label("Address from that window").fill("SplxlOBeZQQYbYS6WxSbIA")
        output.get_by_role("button", name="Continue").click()
        output.get_by_text("That is only the code").wait_for()


def fill_form(name: str, output: Locator) -> None:
    """Fill in a client form, and hand it over."""
    if name == "form-request":
        output.get_by_role("button", name="Copy").wait_for()
        return
    if name == "form-registered":
        output.get_by_role("button", name="Generate").click()
        texts = {"Client ID": "lab", "Redirect URIs": "https://nb.example/cb"}
        texts |= {"Scope whitelist": "openid"}
        end = ".ow-pill:visible"
    elif name == "form-errors":
        texts = {"Client ID": "bad id!é", "Redirect URIs": "http://evil.example/cb#x\nfoo"}
        end = ".ow-summary:visible"
    else:
        texts, end = {}, ".ow-alert p"
    for label, text in texts.items():
        output.get_by_label(label).fill(text)
    output.get_by_role("button", name="Register").click()
    output.locator(end).first.wait_for()
