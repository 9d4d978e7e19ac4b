"""The classroom's pages: how to join, and for the host who has got how far."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from starlette.responses import Response

from oauth_widgets.sandbox.server.pages.layout import alert, hidden, page
from oauth_widgets.sandbox.server.pages.table import heads
from oauth_widgets.sandbox.server.pages.table import row as table_row

REFRESH = 5  # seconds between two looks at the class
_COLUMNS = ("Participant", "Done so far", "Requests", "Switches that are on", "Actions")
_ACTIONS = {
    "pause": "Pause",
    "resume": "Resume",
    "reset": "Reset",
    "rotate": "Rotate keys",
    "remove": "Remove",
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One participant as the host sees them; `done` names the milestones reached."""

    space: str
    name: str
    done: tuple[str, ...]
    requests: int
    on: tuple[str, ...]
    paused: bool


def join_page(address: str) -> Response:
    """Return the page that says how to join."""
    code = (
        "import oauth_widgets as ow\n\n"
        f'sandbox = ow.sandbox.connect("{address}", name="Your name")\nsandbox'
    )
    body = f"""
<h1>Join the class</h1>
<p class="lead">Run this in a notebook, with your name. You get your own practice server.</p>
<pre><code>{escape(code)}</code></pre>
<p class="note">Are you the host? <a href="host">Open the host's page</a> with your key.</p>"""
    return page("Join the class", body)


def key_page(problem: str | None = None) -> Response:
    """Return the form that asks the host for the key."""
    wrong, described = alert(problem)
    body = f"""
<h1>The host's page</h1>
<p class="lead">Enter the key that the terminal showed when the classroom started.</p>
{wrong}
<form method="post">
<label for="key">The host's key</label>
<input id="key" name="key" type="password" autocomplete="off" required autofocus{described}>
<button class="primary">Open</button>
</form>"""
    return page("The host's page", body, status=403 if problem else 200)


def class_page(address: str, form_token: str, rows: list[Row], most: int) -> Response:
    """Return the host's view of the class, which looks again every few seconds."""
    lines = "".join(_line(row, form_token) for row in rows)
    everyone = _buttons([do for do in _ACTIONS if do != "remove"], "", form_token, "everyone")
    empty = '<p class="note">No one has joined yet.</p>'
    body = f"""
<h1>Your class: {len(rows)} of {most} spaces</h1>
<p class="lead">To join, participants run
<code>ow.sandbox.connect("{escape(address)}", name="Your name")</code></p>
<section>
{f"<table>{heads(_COLUMNS)}<tbody>{lines}</tbody></table>" if rows else empty}
</section>
<section><h2>Everyone</h2>
{everyone}</section>"""
    response = page("Your class", body, wide=True)
    response.headers["Refresh"] = str(REFRESH)
    return response


def _line(row: Row, form_token: str) -> str:
    done = " · ".join(f"✓ {escape(one)}" for one in row.done)
    names = [name for name in _ACTIONS if name != ("pause" if row.paused else "resume")]
    buttons = _buttons(names, row.space, form_token, row.name)
    paused = " (paused)" if row.paused else ""
    cells = (done, str(row.requests), escape(", ".join(row.on)), buttons)
    return table_row(f"<bdi>{escape(row.name)}</bdi>{paused}", _COLUMNS, cells)


def _buttons(actions: Iterable[str], space: str, form_token: str, whom: str) -> str:
    buttons = "".join(
        f'<button name="do" value="{do}" aria-label="{escape(f"{_ACTIONS[do]}: {whom}")}">'
        f"{_ACTIONS[do]}</button>"
        for do in actions
    )
    return (
        f'<form method="post" class="row tight">{hidden(form_token)}'
        f'<input type="hidden" name="space" value="{escape(space)}">{buttons}</form>'
    )
