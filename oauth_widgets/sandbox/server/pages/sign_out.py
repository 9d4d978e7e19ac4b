"""The pages for signing out."""

from __future__ import annotations

from starlette.responses import Response

from oauth_widgets.sandbox.server.pages.layout import hidden, page, who
from oauth_widgets.sandbox.server.profiles.people import Person


def sign_out_page(person: Person, form_token: str) -> Response:
    """Ask whether to sign out, if the request doesn't prove that it may do so."""
    body = f"""
<h1>Sign out?</h1>
<p class="lead">This button signs this browser out of the practice server. It doesn't sign out
your notebook: the card there does that. If you pressed Sign out there, it's already done.</p>
{who(person, "signed in here")}
<form method="post">
{hidden(form_token)}
<button class="primary">Sign out</button>
</form>
<p class="note">To stay signed in, close this page.</p>"""
    return page("Sign out?", body)


def signed_out_page() -> Response:
    """Return the page that confirms the sign-out."""
    body = """
<h1>You are signed out</h1>
<p class="lead">This browser is signed out of the practice server. The card in your
notebook shows whether the notebook is still signed in. You can close this page.</p>"""
    return page("You are signed out", body)
