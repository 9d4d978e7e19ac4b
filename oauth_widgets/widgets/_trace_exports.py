"""A trace as text for a bug report, as a page, and as a diagram in Mermaid's language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from importlib.resources import files

from oauth_widgets.signing_in.trace.message import Message

_NAMES = {"browser": "Browser", "notebook": "Notebook", "server": "Server", "api": "API"}
_MARKS = {True: "✓", False: "✗", None: "·"}
_STYLE = files(__package__).joinpath("trace_page.css").read_text(encoding="utf-8")


def text(title: str, messages: Iterable[Message]) -> str:
    """Return the trace as plain text, a line or two a message."""
    lines = [f"Trace of a sign-in at {title}. Secrets are shown as dots. Same number, same secret."]
    for one in messages:
        lines.append(f"{one.at:8.2f}  {way(one):<22}{one.label}")
        detail = [f"{one.step}. {one.address}".strip()] if one.address else []
        lines += [" " * 10 + line for line in (*detail, *map(" ".join, rows(one)))]
    return "\n".join(lines)


def html(title: str, messages: Iterable[Message]) -> str:
    """Return the trace as a standalone page."""
    items = "\n".join(map(_item, messages))
    name = escape(f"Sign-in at {title}")
    return (
        f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{name}</title>'
        f"<style>{_STYLE}</style>\n<h1>{name}</h1>\n<ol>\n{items}\n</ol>\n"
        "<p><small>Secrets are shown as dots and stay in the kernel. The same number means the "
        "same secret.</small></p></html>\n"
    )


def mermaid(title: str, messages: Iterable[Message]) -> str:
    """Return the trace as a sequence diagram."""
    lines = ["sequenceDiagram"]
    lines += [
        f"    participant {party} as {_written(title if party == 'server' else name)}"
        for party, name in _NAMES.items()
    ]
    for one in messages:
        label = _written(one.label)
        if one.sender == one.to:
            lines.append(f"    Note over {one.sender}: {label}")
        else:
            arrow = "-->>" if one.through_browser else "->>"
            lines.append(f"    {one.sender}{arrow}{one.to}: {label}")
    return "\n".join(lines) + "\n"


def way(one: Message) -> str:
    """Return who sends a message to whom."""
    sender, to = _NAMES[one.sender], _NAMES[one.to]
    return sender if sender == to else f"{sender} → {to}"


def rows(one: Message) -> Iterator[tuple[str, str, str]]:
    """Yield name, value and purpose of all that is in a message."""
    for each in one.parameters:
        where = f" ({each.section})" if each.section else ""
        yield each.name, each.value, each.purpose + where
    for check in one.checks:
        sides = {"expected": check.sent, "received": check.received}
        both = ", ".join(f"{side} {value}" for side, value in sides.items() if value)
        yield f"{_MARKS[check.passed]} {check.name}", both, check.reason


def _item(one: Message) -> str:
    kind = "failed" if one.failed else "browser" if one.through_browser else "direct"
    cells = "".join("<tr>" + "".join(f"<td>{escape(cell)}" for cell in row) for row in rows(one))
    about = " · ".join(filter(None, [one.step, one.address, one.section]))
    return (
        f"<li><details><summary><small>{one.at:.2f} s</small> <b>{escape(one.label)}</b> "
        f'<small class="{kind}">{way(one)}</small></summary>'
        f"<small>{escape(about)}</small><table>{cells}</table></details></li>"
    )


def _written(words: str) -> str:
    """Return `words` with the characters that Mermaid would interpret written as its entities."""
    special = {"#": "#35;", ";": "#59;", "<": "#lt;", ">": "#gt;", "%": "#37;"}
    return " ".join("".join(special.get(one, one) for one in words).split())
