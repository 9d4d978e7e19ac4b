"""The pages people see: no script, nothing loaded from elsewhere, right under any path prefix."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from starlette.responses import HTMLResponse, Response

from oauth_widgets._sandbox.wire import NO_STORE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oauth_widgets._sandbox.client import Client
    from oauth_widgets._sandbox.person import Person
    from oauth_widgets._sandbox.profile import ScopeMeaning

_FEW = 8  # people; a longer list scrolls by itself
_STYLE = files(__package__).joinpath("style.css").read_text("utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    **NO_STORE,
    # form-action names schemes only: Chromium applies it to every redirect after a form was
    # sent, and a client's callback may itself go on to another host.
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; "
        "form-action http: https:; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
}


def sign_in_page(
    client: Client,
    people: Iterable[Person],
    form_token: str,
    *,
    username: str = "",
    problem: str | None = None,
) -> Response:
    """Return the sign-in form, with everybody's password beside it: this is a sandbox."""
    people = tuple(people)
    # What scrolls by itself must be reachable by keyboard.
    aside = '"aside many" tabindex="0"' if len(people) > _FEW else '"aside"'
    rows = "".join(
        f"<tr><td><code>{escape(person.username)}</code></td>"
        f"<td><code>{escape(person.password)}</code></td></tr>"
        for person in people
    )
    wrong = f'<p class="problem" role="alert" id="problem">{escape(problem)}</p>' if problem else ""
    described = ' aria-invalid="true" aria-describedby="problem"' if problem else ""
    focus_name, focus_password = ("", " autofocus") if username else (" autofocus", "")
    body = f"""
<h1>Sign in</h1>
<p class="lead">to continue to <strong>{escape(client.name)}</strong></p>
{wrong}
<form method="post">
{_hidden(form_token)}
<label for="username">Username</label>
<input id="username" name="username" value="{escape(username)}" autocomplete="username"
 autocapitalize="none" spellcheck="false" required{described}{focus_name}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password"
 required{described}{focus_password}>
<button class="primary">Sign in</button>
</form>
<section class={aside} aria-labelledby="who">
<h2 id="who">Who can sign in here</h2>
<table><thead><tr><th scope="col">Username</th><th scope="col">Password</th></tr></thead>
<tbody>{rows}</tbody></table>
</section>"""
    return _page("Sign in", body, status=400 if problem else 200)


def choose_page(client: Client, person: Person, form_token: str) -> Response:
    """Return the question whether the person signed in here goes on, or someone else does."""
    body = f"""
<h1>Welcome back</h1>
<p class="lead">to continue to <strong>{escape(client.name)}</strong></p>
{_who(person, "already signed in here")}
<form method="post" class="stack">
{_hidden(form_token)}
<button class="primary" name="who" value="same">Continue as {escape(person.username)}</button>
<button name="who" value="other">Someone else</button>
</form>"""
    return _page("Welcome back", body)


def consent_page(
    client: Client,
    person: Person,
    meanings: Iterable[ScopeMeaning],
    form_token: str,
    *,
    redirect_uri: str | None = None,
    user_code: str | None = None,
) -> Response:
    """Return the question whether `client` may have what it asks for.

    The answer goes to `redirect_uri`, or to the device that shows `user_code`.
    """
    asked = "".join(
        f"<li>{escape(meaning.gives)} <code>{escape(meaning.name)}</code></li>"
        for meaning in meanings
    )
    compare = _compare(user_code) if user_code is not None else ""
    back = _back_to(redirect_uri) if redirect_uri is not None else ""
    body = f"""
<h1>Allow {escape(client.name)}?</h1>
{_who(person, "signed in")}
<h2>{escape(client.name)} asks to</h2>
<ul class="asked">{asked}</ul>
{compare}
<form method="post" class="row">
{_hidden(form_token)}
<button class="primary" name="decision" value="allow">Allow</button>
<button name="decision" value="refuse">Refuse</button>
</form>
<p class="note">{back}
Refusing shares nothing.</p>"""
    return _page(f"Allow {client.name}?", body)


def device_page(form_token: str, *, user_code: str, problem: str | None = None) -> Response:
    """Return the form for the code that a device shows (RFC 8628 3.3)."""
    wrong = f'<p class="problem" role="alert" id="problem">{escape(problem)}</p>' if problem else ""
    described = ' aria-invalid="true" aria-describedby="problem"' if problem else ""
    body = f"""
<h1>Connect a device</h1>
<p class="lead">Type the code that your device or program shows.</p>
{wrong}
<form method="post">
{_hidden(form_token)}
<label for="user_code">Code</label>
<input id="user_code" class="code" name="user_code" value="{escape(user_code)}" autocomplete="off"
 autocapitalize="characters" spellcheck="false" required{described} autofocus>
<button class="primary">Continue</button>
</form>
<p class="note">Is the code already filled in? Compare it with the one on your device. Did somebody
send it to you? Then stop here: they would get your access.</p>"""
    return _page("Connect a device", body, status=400 if problem else 200)


def device_decided_page(client: Client, *, allowed: bool) -> Response:
    """Return the page that sends the person back to the device."""
    title = "Your device is connected" if allowed else "Nothing was shared"
    goes_on = "goes on by itself" if allowed else "will be told that you refused"
    body = f"""
<h1>{title}</h1>
<p class="lead">{escape(client.name)} {goes_on}. You can close this page.</p>"""
    return _page(title, body)


def sign_out_page(form_token: str) -> Response:
    """Return the question whether to sign out, for a request that does not prove who sent it."""
    body = f"""
<h1>Sign out?</h1>
<p class="lead">You will be asked for your password the next time.</p>
<form method="post" class="stack">
{_hidden(form_token)}
<button class="primary">Sign out</button>
</form>
<p class="note">To stay signed in, close this page.</p>"""
    return _page("Sign out?", body)


def signed_out_page() -> Response:
    """Return the page that says the person is signed out."""
    body = """
<h1>You are signed out</h1>
<p class="lead">You can close this page.</p>"""
    return _page("You are signed out", body)


def refusal_page(title: str, explanation: str, status: int) -> Response:
    """Return a page that says what went wrong and what to do."""
    body = f"""
<h1>{escape(title)}</h1>
<p class="message">{escape(explanation)}</p>"""
    return _page(title, body, status=status)


def _page(title: str, body: str, *, status: int = 200) -> Response:
    html = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>{escape(title)} · Sandbox</title>
<style>{_STYLE}</style>
</head>
<body>
<header><p><strong>Sandbox</strong> A practice server. The people and the data are invented.</p>
</header>
<main>{body}
</main>
</body>
</html>
"""
    return HTMLResponse(html, status, headers=_HEADERS)


def _back_to(redirect_uri: str) -> str:
    back = urlsplit(redirect_uri)
    return f"Either way you go back to <code>{escape(f'{back.scheme}://{back.netloc}')}</code>."


def _compare(user_code: str) -> str:
    shown = f"<code>{escape(user_code)}</code>"
    return f'<p class="compare">Allow only if your device shows {shown} right now.</p>'


def _hidden(form_token: str) -> str:
    return f'<input type="hidden" name="form_token" value="{escape(form_token)}">'


def _who(person: Person, how: str) -> str:
    return f"""<div class="who"><span class="initial" aria-hidden="true">{escape(person.name[:1])}\
</span><p><strong>{escape(person.name)}</strong><br>{escape(person.username)}, {how}</p></div>"""
