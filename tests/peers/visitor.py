"""A person in front of the sandbox who has only a link and a code to go by."""

from __future__ import annotations

import re

import httpx

from ..helpers.people import PASSWORDS


def leave(url: str) -> str:
    """Open a log-out link in a browser; where it sends the person."""
    answer = httpx.get(url, trust_env=False)
    assert answer.next_request is not None, answer.text
    return str(answer.next_request.url)


def type_code(url: str, code: str, username: str = "alice") -> str:
    """Type the code of a device, sign in and allow it; the title of the last page."""
    with httpx.Client(trust_env=False, follow_redirects=True) as browser:
        page = browser.get(url)
        for form in (
            {"user_code": code},
            {"username": username, "password": PASSWORDS[username]},
            {"decision": "allow"},
        ):
            token = re.search(r'name="form_token" value="([^"]+)"', page.text)
            assert token, page.text
            page = browser.post(page.url, data={"form_token": token[1], **form})
            assert page.is_success, page.text
    title = re.search(r"<h1>(.*)</h1>", page.text)
    assert title
    return title[1]
