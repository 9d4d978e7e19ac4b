"""The pages for connecting a device."""

from __future__ import annotations

from html import escape

from starlette.responses import Response

from oauth_widgets.sandbox.server.pages.layout import alert, hidden, page
from oauth_widgets.sandbox.server.profiles.client import Client


def device_page(form_token: str, *, user_code: str, problem: str | None = None) -> Response:
    """Return the form for the code that a device shows (RFC 8628 3.3)."""
    wrong, described = alert(problem)
    body = f"""
<h1>Connect a device</h1>
<p class="lead">Type the code that your device or program shows.</p>
{wrong}
<form method="post">
{hidden(form_token)}
<label for="user_code">Code</label>
<input id="user_code" class="code" name="user_code" value="{escape(user_code)}" autocomplete="off"
 autocapitalize="characters" spellcheck="false" required{described} autofocus>
<button class="primary">Continue</button>
</form>
<p class="note">If the code is already filled in, compare it with the one on your device. If
someone sent you the code, stop here: they would get access in your name.</p>"""
    return page("Connect a device", body, status=400 if problem else 200)


def device_decided_page(client: Client, *, allowed: bool) -> Response:
    """Return the page that sends the person back to the device."""
    title = "Your device is connected" if allowed else "Nothing was shared"
    happens = "will continue automatically" if allowed else "will see that you didn't allow it"
    body = f"""
<h1>{title}</h1>
<p class="lead">{escape(client.name)} {happens}. You can close this page.</p>"""
    return page(title, body)
