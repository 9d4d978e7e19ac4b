"""People at the sandbox's pages, with a browser that runs no scripts."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urlsplit

import httpx

import oauth_widgets as ow

EVERYTHING = "openid phone offline_access events.read"
PASSWORDS = {"alice": "wonderland", "bob": "builder"}


def sign_in(url: str, username: str = "alice", *, allow: bool = True) -> str:
    """Sign in from the page at `url` on; return where it sends the browser, without going there."""
    with httpx.Client(trust_env=False) as browser:
        page = _open(browser, browser.build_request("GET", url))
        page = _submit(browser, page, username=username, password=PASSWORDS[username])
        answer = _submit(browser, page, decision="allow" if allow else "refuse")
    assert answer.next_request is not None, answer.text
    return str(answer.next_request.url)


def session_of(username: str, scope: str = EVERYTHING) -> ow.Session:
    """Return the session of someone who signed in at the sandbox and allowed it."""
    sandbox = ow.sandbox.start()
    pending = ow.begin_login(sandbox.server, sandbox.client, scope=scope)
    return pending.finish(sign_in(pending.url, username))


def _open(browser: httpx.Client, request: httpx.Request) -> httpx.Response:
    """Follow redirects between the server's own pages, and none that leaves them."""
    response = browser.send(request)
    while response.next_request is not None and response.next_request.url.port == request.url.port:
        response = browser.send(response.next_request)
    return response


def _submit(browser: httpx.Client, page: httpx.Response, **fields: str) -> httpx.Response:
    assert page.is_success, f"{urlsplit(str(page.url)).path}: {page.status_code} {page.text}"
    hidden = _Hidden(page.text).fields
    return _open(browser, browser.build_request("POST", page.url, data={**hidden, **fields}))


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
