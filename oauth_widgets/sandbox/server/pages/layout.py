"""The frame of every page: no scripts, nothing from other servers, any path prefix."""

from __future__ import annotations

import base64
import hashlib
import re
from html import escape
from importlib.resources import files

from starlette.responses import HTMLResponse, Response

from oauth_widgets.sandbox.server.profiles.people import Person
from oauth_widgets.sandbox.server.refusals import PageRefusal
from oauth_widgets.sandbox.server.wire import NO_STORE

_STYLE = files(__package__).joinpath("style.css").read_text("utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_LONGEST = 200  # characters of a request that a page repeats
_HEADERS = {
    **NO_STORE,
    # form-action names no host, because Chromium applies it to every redirect after a form, and
    # a client's callback may redirect to another host.
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; "
        "form-action http: https:; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


def refusal_page(refusal: PageRefusal) -> Response:
    """Return a page that says what went wrong and what to do next.

    What is in backticks is code, and each line is a paragraph.
    """
    first, *others = (
        f'<p class="message">{with_code(line)}</p>' for line in refusal.explanation.splitlines()
    )
    message = "\n".join((first, _quoted(refusal.sent) if refusal.sent else "", *others))
    listed = "".join(f"<li><code>{escape(one)}</code></li>" for one in refusal.addresses)
    author = f"""
<section><h2>If you are writing another application</h2>
<p>{with_code(refusal.for_author)}</p>
{f'<ul class="addresses">{listed}</ul>' if listed else ""}</section>"""
    body = f"""
<h1>{escape(refusal.title)}</h1>
{message}{author if refusal.for_author else ""}"""
    return page(refusal.title, body, status=refusal.status)


def _quoted(sent: str) -> str:
    # The author of a link can send anything, such as very long text or text without a shape.
    printable = "".join(one if one.isprintable() else "\ufffd" for one in sent[:_LONGEST])
    short = printable + "…" * (len(sent) > _LONGEST)
    return f'<p class="address"><bdi><code>{escape(short)}</code></bdi></p>'


def with_code(text: str) -> str:
    """Return text as HTML, in which what is in backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


def page(
    title: str, body: str, *, foot: str = "", status: int = 200, wide: bool = False
) -> Response:
    """Return a whole page around `body`, which is HTML; a `wide` one has room for tables.

    The `foot` always stays in view.
    """
    foot = f"<footer><div>{foot}</div></footer>" if foot else ""
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>{escape(title)} · Practice server</title>
<style>{_STYLE}</style>
</head>
<body>
<header><p><strong>Practice server</strong> · the users here are made up</p></header>
<main{' class="wide"' if wide else ""}>{body}
</main>
{foot}
</body>
</html>
"""
    return HTMLResponse(html, status, headers=_HEADERS)


def hidden(form_token: str) -> str:
    """Return the field that proves a form is from a page of this server."""
    return f'<input type="hidden" name="form_token" value="{escape(form_token)}">'


def who(person: Person, after: str) -> str:
    """Return the line that says who is signed in; `after` is HTML."""
    return f"""<div class="who"><span class="initial" aria-hidden="true">{escape(person.name[:1])}\
</span><p><strong>{escape(person.name)}</strong><br><bdi>{escape(person.username)}</bdi> · {after}\
</p></div>"""


def alert(problem: str | None) -> tuple[str, str]:
    """Return the text of a problem and the attributes of its field, both empty without one."""
    if problem is None:
        return "", ""
    text = f'<p class="problem" role="alert" id="problem">{escape(problem)}</p>'
    return text, ' aria-invalid="true" aria-describedby="problem"'
