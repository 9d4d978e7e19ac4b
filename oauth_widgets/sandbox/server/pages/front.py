"""The front page, at the address that the sandbox prints, and the API's documentation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from typing import Any

from starlette.responses import Response

from oauth_widgets.sandbox.server.pages.layout import page
from oauth_widgets.sandbox.server.profiles.people import Person

Rows = Iterable[tuple[str, ...]]


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
    wrong = '<p class="note">Nothing is switched on, so every answer is correct.</p>'
    if misbehaviours:
        wrong = _table("What it does wrong right now", ("Switch", "Effect"), misbehaviours.items())
    rows = ((one["name"], one["gives"], " ".join(one["scopes"])) for one in services)
    body = f"""
<h1>Practice server {escape(profile)}</h1>
<p class="lead">Its issuer is <code>{escape(issuer)}</code>. To sign in, begin in your notebook.</p>
{_table("Who can sign in", ("Username", "Password"), ((p.username, p.password) for p in people))}
{_table("Endpoints", ("Endpoint", "Path", "Credentials"), endpoints)}
{_table("Services of the API", ("Service", "Gives", "Scopes"), rows)}
<p class="note"><a href="api">Documentation of the API</a></p>
{wrong}"""
    return page(f"Practice server {profile}", body, wide=True)


def documentation_page(described: Mapping[str, Any]) -> Response:
    """Return the API's description of itself for a person."""
    services = "".join(_service(service) for service in described["services"])
    paging = (
        (name, style["says"], " ".join(style[one] for one in ("place", "size") if one in style))
        for name, style in described["paging"].items()
    )
    body = f"""
<h1>{escape(described["title"])}</h1>
<p class="lead">{escape(described["authorization"])}</p>
{services}
{_table("Parameters", ("Name", "Meaning"), described["parameters"].items())}
<p class="note">{escape(described["filters"])}.</p>
{_table("Ways of paging", ("paging", "Answer", "Parameters"), paging)}
{_table("Refusals", ("Status", "Meaning"), described["answers"].items())}
<p class="note">A program gets the same as JSON.</p>"""
    return page("API", body, wide=True)


def _service(service: Mapping[str, Any]) -> str:
    scopes = " ".join(service["scopes"])
    about = f"""<p>{escape(service["gives"])}. Needs <code>{escape(scopes)}</code>.</p>
<p><code>{escape(service["address"])}</code></p>"""
    count = service["rows"]
    heading = f"{service['name']}: {count:,} {'record' if count == 1 else 'records'}"
    return _table(heading, ("Field", "Value"), service["fields"].items(), about)


def _table(title: str, columns: tuple[str, ...], rows: Rows, about: str = "") -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    lines = "".join(
        f'<tr><th scope="row"><code>{escape(first)}</code></th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return f"""<section><h2>{escape(title)}</h2>
{about}<table><thead><tr>{head}</tr></thead><tbody>{lines}</tbody></table></section>"""
