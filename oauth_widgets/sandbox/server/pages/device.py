"""The pages for connecting a device."""

from __future__ import annotations

from html import escape

from starlette.responses import Response

from oauth_widgets.sandbox.server.pages.layout import alert, hidden, page
from oauth_widgets.sandbox.server.profiles.client import Client


def device_page(form_token: str, *, user_code: str, problem: str | None = None) -> Response:
    """Return the form for the code that a device shows (RFC 8628 3.3)."""
    wrong, described = alert(problem)
    lead = "Type the code that your notebook or device shows."
    if user_code and not problem:
        lead = "Continue only if your notebook or device shows this code right now."
    body = f"""
<h1>Connect a device</h1>
<p class="lead">{lead}</p>
{wrong}
<form method="post">
{hidden(form_token)}
<label for="user_code">Code</label>
<input id="user_code" class="code" name="user_code" value="{escape(user_code)}" autocomplete="off"
 autocapitalize="characters" spellcheck="false" required{described} autofocus>
<button class="primary">Continue</button>
</form>
<p class="note">Did someone send you this code? Then close this page: continuing would give them
access to your account.</p>"""
    return page("Connect a device", body, status=400 if problem else 200)


def device_decided_page(client: Client, *, allowed: bool) -> Response:
    """Return the page that sends the person back to the device."""
    title, happens = "Nothing was shared", "is told that you didn't allow it"
    if allowed:
        title, happens = "Your device is connected", "continues automatically"
    body = f"""
<div{' class="good"' if allowed else ""}>
<h1>{title}</h1>
<p class="lead"><bdi>{escape(client.name)}</bdi>, the program that showed you the code, {happens}.
Close this page and go back to where you saw the code.</p>
</div>"""
    return page(title, body)
