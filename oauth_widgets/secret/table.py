"""Text in rows and columns for a notebook: what others wrote stays text, within its cell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html import escape

# Front ends align the cells of outputs as numbers are.
_STYLE = "text-align: left; vertical-align: top"
# Long words break, so that a table is never wider than its place; a short one is never torn, and
# neither is a time.
_BREAKS = "; overflow-wrap: anywhere"
_LONG = 24
_WHOLE = "; white-space: nowrap"
_TIME = re.compile(r"(?:expired )?\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S{1,6}")
NO_MATH = "mathjax_ignore tex2jax_ignore"
"""The classes of HTML in which front ends make no formulas, which may hold links and pictures."""


def as_table(heads: Iterable[str], rows: Iterable[tuple[str, ...]], caption: str = "") -> str:
    """Return the rows as an HTML table; the first cell of each is its heading.

    A line break within a cell stays one. Without `heads`, the columns have no headings.
    """
    top = "".join(_cell("th", "col", head) for head in heads)
    body = "".join(
        f"<tr>{_cell('th', 'row', first)}{''.join(_cell('td', '', cell) for cell in others)}</tr>"
        for first, *others in rows
    )
    above = f'<caption style="text-align: left">{_text(caption)}</caption>' if caption else ""
    return (
        f'<table class="{NO_MATH}">{above}{f"<thead><tr>{top}</tr></thead>" if top else ""}'
        f"<tbody>{body}</tbody></table>"
    )


def _cell(tag: str, scope: str, text: str) -> str:
    of = f' scope="{scope}"' if scope else ""
    breaks = _BREAKS if any(len(word) > _LONG for word in text.split()) else ""
    whole = _WHOLE if _TIME.fullmatch(text) else ""
    return f'<{tag}{of} style="{_STYLE}{breaks}{whole}">{_text(text)}</{tag}>'


def _text(text: str) -> str:
    return f"<bdi>{'<br>'.join(map(escape, text.splitlines()))}</bdi>"
