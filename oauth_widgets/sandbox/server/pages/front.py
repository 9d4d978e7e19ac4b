"""The front page, at the address that the sandbox prints, and the API's documentation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from starlette.responses import Response

from oauth_widgets.sandbox.server.pages.layout import page, with_code
from oauth_widgets.sandbox.server.pages.table import Rows, table
from oauth_widgets.sandbox.server.profiles.people import Person

_DATA = ("Service", "Contents", "Permissions (scopes) it needs")


def front_page(
    profile: str,
    issuer: str,
    *,
    people: Iterable[Person],
    endpoints: Rows,
    services: Iterable[Mapping[str, Any]],
    misbehaviours: Mapping[str, str],
) -> Response:
    """Return the page that says who can sign in, and what is at which address."""
    wrong = '<p class="note">No misbehavior is switched on, so every answer is correct.</p>'
    if misbehaviours:
        wrong = table(
            "Misbehavior that is switched on", ("Switch", "Effect"), misbehaviours.items()
        )
    listed = tuple(services)
    rows = ((one["name"], one["gives"], ", ".join(one["scopes"])) for one in listed)
    body = f"""
<h1>Practice signing in</h1>
<p class="lead">Start in your notebook. The card that appears there opens the sign-in page.</p>
{_in_a_notebook(listed)}
{table("Who can sign in", ("Username", "Password"), ((p.username, p.password) for p in people))}
{table("Data that a notebook can read", _DATA, rows)}
<p class="note"><a href="api">Documentation of the API</a></p>
{table("Endpoints, for programs", ("Name", "Path", "Credentials"), endpoints)}
<p class="note">Profile: <code>{escape(profile)}</code>. Issuer: <code>{escape(issuer)}</code></p>
{wrong}"""
    return page("Practice signing in", body, wide=True)


def documentation_page(described: Mapping[str, Any]) -> Response:
    """Return the API's description of itself for a person."""
    services = "".join(_service(service) for service in described["services"])
    paging = (
        (name, style["says"], " ".join(style[one] for one in ("place", "size") if one in style))
        for name, style in described["paging"].items()
    )
    body = f"""
<h1>{escape(described["title"])}</h1>
<p class="lead">In a notebook, the session sends the access token with every request.</p>
{_in_a_notebook(described["services"])}
<section><h2>In another program</h2>
<p>{with_code(described["authorization"])}</p></section>
{services}
{table("Parameters", ("Name", "Meaning"), described["parameters"].items())}
<p class="note">{escape(described["filters"])}.</p>
{table("Ways of paging", ("paging", "Response", "Parameters"), paging)}
{table("Refusals", ("Status", "Meaning"), described["answers"].items())}
<p class="note">Programs get this page as JSON.</p>"""
    return page("API", body, wide=True)


def _service(service: Mapping[str, Any]) -> str:
    scopes = [f"<code>{escape(scope)}</code>" for scope in service["scopes"]]
    kind = "scope" if len(scopes) == 1 else "scopes"
    needs = f" To read it, sign in with the {kind} {' and '.join(scopes)}." if scopes else ""
    about = f"""<p><bdi>{escape(service["gives"])}</bdi>.{needs}</p>
<p class="address"><code>{escape(service["address"])}</code></p>"""
    count = service["rows"]
    heading = f"{service['name']}: {count:,} {'record' if count == 1 else 'records'}"
    return table(heading, ("Field", "Contents"), service["fields"].items(), about)


def _in_a_notebook(services: Iterable[Mapping[str, Any]]) -> str:
    """Return the lines that read the first service, if there is one."""
    first = next(iter(services), None)
    if first is None:
        return ""
    code = (
        "import oauth_widgets as ow\n\n"
        "# sandbox is what ow.sandbox.start(…) or ow.sandbox.connect(…) returned.\n"
        f'scope = "{" ".join(first["scopes"])}"\n'
        "session = await ow.login(sandbox.server, sandbox.client, scope=scope)\n"
        f'session.frame("/{first["name"]}")  # {first["address"]}'
    )
    return f"<pre><code>{escape(code)}</code></pre>"
