"""The sign-in and consent pages."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from urllib.parse import urlsplit

from starlette.responses import Response

from oauth_widgets.sandbox.server.pages.layout import alert, hidden, page, who
from oauth_widgets.sandbox.server.profiles.client import Client
from oauth_widgets.sandbox.server.profiles.people import Person
from oauth_widgets.sandbox.server.profiles.scopes import ScopeMeaning

_FEW = 8  # people; a longer list gets a scroll bar
_LOOPBACK_HOSTS = ("127.0.0.1", "localhost", "::1")


def sign_in_page(
    client: Client,
    people: Iterable[Person],
    form_token: str,
    *,
    username: str = "",
    problem: str | None = None,
) -> Response:
    """Return the sign-in form, which lists all passwords, since this is a sandbox."""
    wrong, described = alert(problem)
    focus_name, focus_password = ("", " autofocus") if username else (" autofocus", "")
    body = f"""
<h1>Sign in</h1>
<p class="lead">to continue to <strong>{escape(client.name)}</strong>, the application that you
came from</p>
{wrong}
{_people(people, form_token)}
<form method="post">
{hidden(form_token)}
<label for="username">Username</label>
<input id="username" name="username" value="{escape(username)}" autocomplete="username"
 autocapitalize="none" spellcheck="false" required{described}{focus_name}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password"
 required{described}{focus_password}>
<button class="primary">Sign in</button>
</form>"""
    return page("Sign in", body, status=400 if problem else 200)


def _people(people: Iterable[Person], form_token: str) -> str:
    rows = [
        f"<li><span><code>{escape(person.username)}</code>, password "
        f"<code>{escape(person.password)}</code></span>"
        f'<button name="as" value="{escape(person.username)}">'
        f"Sign in as {escape(person.username)}</button></li>"
        for person in people
    ]
    # An area that scrolls must be reachable by keyboard.
    kind = '"people many" tabindex="0"' if len(rows) > _FEW else '"people"'
    return f"""<section class={kind} aria-labelledby="who">
<h2 id="who">Sign in as one of these people</h2>
<form method="post">
{hidden(form_token)}
<ul>{"".join(rows)}</ul>
</form>
</section>"""


def choose_page(client: Client, person: Person, form_token: str) -> Response:
    """Return the question whether to continue as the person who is signed in here."""
    body = f"""
<h1>Welcome back</h1>
<p class="lead">Choose the account to use with <strong>{escape(client.name)}</strong>, the
application that you came from.</p>
{who(person, "already signed in here")}
<form method="post">
{hidden(form_token)}
<button class="primary" name="who" value="same">Continue as {escape(person.username)}</button>
<button name="who" value="other">Use another account</button>
</form>"""
    return page("Welcome back", body)


def consent_page(
    client: Client,
    person: Person,
    meanings: Iterable[ScopeMeaning],
    form_token: str,
    *,
    other: str,
    redirect_uri: str | None = None,
    user_code: str | None = None,
) -> Response:
    """Return the question whether `client` may have what it asks for.

    The answer is sent to `redirect_uri`, or to the device that shows `user_code`. At `other`
    another person can sign in.
    """
    scopes = "".join(
        f"<li><bdi>{escape(meaning.gives)}</bdi> <code>{escape(meaning.name)}</code></li>"
        for meaning in meanings
    )
    compare = _compare(client, user_code) if user_code is not None else ""
    back, who_asks = "Nothing is shared unless you allow it.", ""
    if redirect_uri is not None:
        who_asks = ", which sent you here,"
        parts = urlsplit(redirect_uri)
        here = " on this computer" if parts.hostname in _LOOPBACK_HOSTS else ""
        origin = f"{parts.scheme}://{parts.netloc}"
        back = f"You'll go back to <code>{escape(origin)}</code>{here}."
    body = f"""
<h1>Allow <bdi>{escape(client.name)}</bdi> to access your account?</h1>
{who(person, f'<a href="{escape(other)}">Not you?</a>')}
{compare}
<h2><bdi>{escape(client.name)}</bdi>{who_asks} will be able to:</h2>
<ul class="scopes">{scopes}</ul>"""
    foot = f"""
<form method="post" class="row">
{hidden(form_token)}
<button class="primary" name="decision" value="allow">Allow</button>
<button name="decision" value="refuse">Don't allow</button>
</form>
<p>{back}</p>"""
    return page(f"Allow {client.name} to access your account?", body, foot=foot)


def _compare(client: Client, user_code: str) -> str:
    return f"""<p class="compare"><bdi>{escape(client.name)}</bdi> is the program that showed you
the code. Allow only if your notebook or device shows <code>{escape(user_code)}</code> right
now.</p>"""
