"""All servers known by name, as a list and as a table."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.servers.preset import Preset

HEADINGS = ("name", "server", "needs", "sign in by", "refresh token", "checked by")


def row(preset: Preset) -> tuple[str, ...]:
    """Return the table's row for `preset`, under `HEADINGS`."""
    return (
        preset.name,
        preset.title,
        preset.needs,
        preset.ways,
        preset.refresh,
        preset.checked,
    )


def as_text(presets: Iterable[Preset]) -> str:
    """Return the line of code for each server, and how to sign in there."""
    every = list(presets)
    width = max(len(one.name) for one in every)
    lines = (f"{one.name:{width}}  {one.title}; needs {one.needs}; {one.ways}" for one in every)
    return "\n".join(["Servers known by name, such as ow.servers.github():", *lines])


def as_html(presets: Iterable[Preset]) -> str:
    """Return the table for a notebook."""
    head = "".join(f"<th scope='col'>{heading}</th>" for heading in HEADINGS)
    rows = "".join(
        "<tr>"
        f"<th scope='row'>{escape(one.name)}</th>"
        + "".join(f"<td>{escape(cell)}</td>" for cell in row(one)[1:])
        + "</tr>"
        for one in presets
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def preset_of(server: AuthorizationServer, presets: Iterable[Preset]) -> Preset | None:
    """Return the preset that `server` was made by, or whose addresses it has."""
    every = list(presets)
    for one in every:
        if one.title == server.name:
            return one
    best = max(every, key=lambda one: one.fits(server))
    return best if best.fits(server) else None
