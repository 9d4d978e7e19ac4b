"""Tables, which become lists in a narrow window: each cell then repeats its column's name."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

Rows = Iterable[tuple[str, ...]]


def table(title: str, columns: tuple[str, ...], rows: Rows, about: str = "") -> str:
    """Return a section with a table of text; `about` is HTML above it."""
    lines = "".join(
        row(f"<code>{escape(first)}</code>", columns, (f"<bdi>{escape(one)}</bdi>" for one in rest))
        for first, *rest in rows
    )
    return f"""<section><h2>{escape(title)}</h2>
{about}<table class="even">{heads(columns)}<tbody>{lines}</tbody></table></section>"""


def heads(columns: tuple[str, ...]) -> str:
    """Return the line of headings."""
    cells = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    return f"<thead><tr>{cells}</tr></thead>"


def row(first: str, columns: tuple[str, ...], cells: Iterable[str]) -> str:
    """Return a line of HTML cells; `first` is its heading, and an empty cell gets a dash."""
    others = "".join(
        f'<td data-column="{escape(column)}">{cell or "—"}</td>'
        for column, cell in zip(columns[1:], cells, strict=True)
    )
    return f'<tr><th scope="row">{first}</th>{others}</tr>'
