"""What the listener says to the browser, and to no log."""

from __future__ import annotations

import hashlib
import logging
import re
from base64 import b64encode
from html.parser import HTMLParser

import pytest

from .conftest import Listen


class Scripts(HTMLParser):
    """The inline scripts of a page, and everything it would load from elsewhere."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.inline: list[str] = []
        self.loaded: list[str] = []
        self._open = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open = tag == "script"
        self.loaded += [value or "" for name, value in attrs if name in {"src", "href"}]

    def handle_data(self, data: str) -> None:
        if self._open:
            self.inline.append(data)

    def handle_endtag(self, _: str) -> None:
        self._open = False


@pytest.mark.parametrize("query", ["?code=very-secret&state=mine", "?code=very-secret&state=no"])
def test_its_pages_may_run_their_own_script_and_load_nothing(query: str, listen: Listen) -> None:
    answered = listen().get(query)
    page = Scripts(answered.text)
    policy = dict(re.findall(r"([a-z-]+) ([^;]+)", answered.headers["content-security-policy"]))
    digests = [
        f"'sha256-{b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in page.inline
    ]
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == (" ".join(digests) or "'none'")
    assert page.loaded == ["data:,"]
    assert answered.headers["referrer-policy"] == "no-referrer"
    assert answered.headers["cache-control"] == "no-store"
    assert answered.headers["content-type"] == "text/html; charset=utf-8"
    assert "very-secret" not in answered.text
    assert "Python" not in answered.headers["server"]


@pytest.mark.parametrize("state", ["mine", "other"])
@pytest.mark.check(id="answer/fragment")
def test_each_page_takes_query_and_fragment_out_of_the_address_bar(
    state: str, listen: Listen
) -> None:
    (script,) = Scripts(listen().get(f"?code=1&state={state}").text).inline
    assert 'history.replaceState(null, "", location.pathname);' in script


@pytest.mark.check(id="secrets/hidden")
def test_neither_address_nor_headers_are_ever_logged(
    listen: Listen, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    heard = listen()
    caplog.set_level(logging.DEBUG)
    request = b"GET /callback?code=very-secret&state=%s HTTP/1.1\r\nCookie: very-secret\r\n\r\n"
    for state in (b"mine", b"other"):
        heard.raw(request % state)
    heard.raw(b"GET /very-secret very-secret very-secret\r\n\r\n")
    assert caplog.text == ""
    assert capfd.readouterr() == ("", "")
