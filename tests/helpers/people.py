"""People at the sandbox's pages, with a browser that runs no scripts."""

from __future__ import annotations

import ssl
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import httpx

import oauth_widgets as ow

EVERYTHING = "openid phone offline_access events.read"
ALL_ABOUT = "openid profile email phone offline_access events.read"
# Made once: httpx reads the certificates of the whole web for each client that has none
LOOPBACK = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
PASSWORDS = {"alice": "wonderland", "bob": "builder"}


def sign_in(
    url: str, username: str = "alice", *, password: str | None = None, allow: bool = True
) -> str:
    """Sign in from the page at `url`; return the address it redirects to, without opening that."""
    with httpx.Client(trust_env=False, verify=LOOPBACK, timeout=30) as browser:
        return sign_in_with(browser, url, username, password=password, allow=allow)


def sign_in_with(
    browser: httpx.Client,
    url: str,
    username: str = "alice",
    *,
    password: str | None = None,
    allow: bool = True,
) -> str:
    """Do the same with a browser that has been elsewhere before."""
    password = password or PASSWORDS[username]
    page = submit(browser, visit(browser, url), username=username, password=password)
    answer = submit(browser, page, decision="allow" if allow else "refuse")
    return str(answer.headers["location"])


def decide_on_device(link: str, username: str = "alice", *, allow: bool = True) -> str:
    """Open the `link` of a device, with its code in it, sign in and decide; return the title."""
    code = parse_qs(urlsplit(link).query)["user_code"][0]
    with httpx.Client(trust_env=False, verify=LOOPBACK, timeout=30) as browser:
        page = submit(browser, visit(browser, link), user_code=code)
        page = submit(browser, page, username=username, password=PASSWORDS[username])
        page = submit(browser, page, decision="allow" if allow else "refuse")
    assert page.is_success, page.text
    return page.text.partition("<h1>")[2].partition("</h1>")[0]


def sign_out_at(url: str) -> str:
    """Open a sign-out link; return the address that it sends the browser to."""
    answer = httpx.get(url, trust_env=False, verify=LOOPBACK)
    assert answer.next_request is not None, answer.text
    return str(answer.next_request.url)


def session_of(username: str, scope: str = EVERYTHING, profile: str = "wgtwo") -> ow.Session:
    """Return the session of someone who signed in at the sandbox and allowed it."""
    sandbox = ow.sandbox.start(profile)
    pending = ow.begin_login(sandbox.server, sandbox.client, scope=scope)
    return pending.finish(sign_in(pending.url, username))


def secrets_of(session: ow.Session) -> dict[str, str]:
    """Return what no saved notebook may contain: its tokens, and all that is about the person."""
    assert session.id_token is not None
    personal = ("sub", "name", "email", "phone_number", "sid", "at_hash")
    claims = {name: session.id_token.claims.get(name) for name in personal}
    tokens = {
        "access token": session.access_token.reveal(),
        "refresh token": session.refresh_token.reveal() if session.refresh_token else None,
        "ID token": session.id_token.raw.reveal(),
    }
    return {name: secret for name, secret in (tokens | claims).items() if secret}


def visit(browser: httpx.Client, url: str) -> httpx.Response:
    """Open `url`; follow redirects between the server's own pages, and none that leaves them."""
    return _open(browser, browser.build_request("GET", url))


def submit(browser: httpx.Client, page: httpx.Response, **fields: str) -> httpx.Response:
    """Send the form of `page`, filled in."""
    assert page.is_success, f"{urlsplit(str(page.url)).path}: {page.status_code} {page.text}"
    hidden = _Hidden(page.text).fields
    return _open(browser, browser.build_request("POST", page.url, data={**hidden, **fields}))


def _open(browser: httpx.Client, request: httpx.Request) -> httpx.Response:
    response = browser.send(request)
    while response.next_request is not None and "://" not in response.headers["location"]:
        response = browser.send(response.next_request)
    return response


class _Hidden(HTMLParser):
    """The inputs of a page that a person does not see."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "input" and given.get("type") == "hidden":
            self.fields[given["name"] or ""] = given["value"] or ""
