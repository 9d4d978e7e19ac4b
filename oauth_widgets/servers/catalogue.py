"""All servers known by name, as a list and as a table."""

from __future__ import annotations

from collections.abc import Iterable

from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.secret.table import as_table
from oauth_widgets.servers.preset import Preset

HEADINGS = ("name", "server", "arguments", "sign in from", "refresh token")
_NOTE = (
    "<p>To sign in to one of these servers, such as github:</p><ol>"
    "<li>Run its name without parentheses. It shows how to register your notebook there, and which "
    "arguments the server takes:<br>"
    "<code>ow.servers.github</code></li>"
    "<li>Describe what you registered:<br>"
    '<code>client = ow.ClientMetadata(client_id="…", redirect_uris=["…"])</code></li>'
    "<li>Sign in. This time, add parentheses, with the arguments inside:<br>"
    "<code>session = await ow.login(ow.servers.github(), client)</code></li></ol>"
    "<p>“Sign in from” says what each server offers: a browser; a device, on which you type a "
    "code; a program, which signs in as itself, without a person. A refresh token keeps "
    "you signed in without asking again. These facts come from each server's documentation.</p>"
)


def row(preset: Preset) -> tuple[str, ...]:
    """Return the table's row for `preset`, under `HEADINGS`."""
    return (
        preset.name,
        preset.title,
        "none" if preset.needs == "nothing" else preset.needs,
        preset.ways,
        preset.refresh,
    )


def as_text(presets: Iterable[Preset]) -> str:
    """Return the line of code for each server, and how to sign in there."""
    every = list(presets)
    width = max(len(one.name) for one in every)
    lines = (f"{one.name:{width}}  {one.title}; needs {one.needs}; {one.ways}" for one in every)
    return "\n".join(["Servers known by name, such as ow.servers.github():", *lines])


def as_html(presets: Iterable[Preset]) -> str:
    """Return the table for a notebook."""
    return f"{_NOTE}{as_table(HEADINGS, map(row, presets), 'Servers known by name')}"


def preset_of(server: AuthorizationServer, presets: Iterable[Preset]) -> Preset | None:
    """Return the preset that `server` was made by, or whose addresses it has."""
    every = list(presets)
    for one in every:
        if one.title == server.name:
            return one
    best = max(every, key=lambda one: one.fits(server))
    return best if best.fits(server) else None
