"""One page of an API, and what would be made of all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from oauth_widgets.frames.fetch import Fetch
from oauth_widgets.frames.plan import DEFAULTS, Params, Plan, ReadOptions
from oauth_widgets.frames.results import AsFrame
from oauth_widgets.resource.resource import Resource
from oauth_widgets.secret.table import NO_MATH, as_table

_ROWS_SHOWN = 3
_COLUMNS_SHOWN = 40
_NAMES_ALONE = ("each", "headers")
_SAYS_NOTHING = ("progress", "max_bytes", "missing")


@dataclass(frozen=True, repr=False)
class Preview:
    """The first page as a DataFrame, and how `frame` would read all of them.

    `records` names their place, `paging` how the pages follow each other, `total` how many
    rows there are (None if the API does not say), and `left_out` which members of the answer are in
    no column. `call` reads all of it; values that may be private are dots in it.
    """

    frame: pd.DataFrame
    records: str
    paging: str
    total: int | None
    left_out: tuple[str, ...]
    call: str

    @property
    def columns(self) -> dict[str, str]:
        """The type of each column."""
        return {str(name): str(kind) for name, kind in self.frame.dtypes.items()}

    def __repr__(self) -> str:
        columns = "\n".join(f"  {name}: {kind}" for name, kind in self._shown_columns)
        facts = "\n".join(f"{name}: {said}" for name, said in self._facts)
        return f"{facts}\ncolumns:\n{columns}"

    def _repr_html_(self) -> str:
        columns = as_table(("name", "type"), self._shown_columns, "Columns")
        facts = as_table((), self._facts, "What the first page shows")
        # A time or an ID that breaks can't be read; pandas itself keeps cells short.
        rows = self.frame.head(_ROWS_SHOWN).to_html(max_cols=_COLUMNS_SHOWN)
        rows = rows.replace("<td>", '<td style="white-space: nowrap">')
        return f'<section aria-label="Preview" class="{NO_MATH}">{facts}{columns}{rows}</section>'

    @property
    def _facts(self) -> list[tuple[str, str]]:
        total = "the API doesn't say how many in total"
        if self.total is not None:
            total = f"{self.total:,} in total"
        return [
            ("records", self.records),
            ("next page", self.paging),
            ("rows", f"{len(self.frame):,} on the first page, {total}"),
            ("fields left out", ", ".join(self.left_out) or "none"),
            ("to read all pages", self.call),
        ]

    @property
    def _shown_columns(self) -> list[tuple[str, str]]:
        every = list(self.columns.items())
        more = len(every) - _COLUMNS_SHOWN
        return every if more <= 0 else [*every[:_COLUMNS_SHOWN], ("…", f"{more} more")]


async def preview_of(
    resource: Resource, plan: Plan, place: tuple[str, Params | None], options: ReadOptions
) -> Preview:
    """Return what the first page shows of all of them. Raises what `frame` does."""
    fetch: Fetch[pd.DataFrame] = Fetch(resource, plan, AsFrame(plan.timestamps, None), None)
    frame, understood = await fetch.first_page()
    return Preview(
        frame,
        understood.records,
        understood.paging,
        understood.total,
        understood.left_out,
        _call(place, options),
    )


def _call(place: tuple[str, Params | None], options: ReadOptions) -> str:
    address, params = place
    path, query, _ = address.partition("?")
    given = [repr(path + "?…" if query else path)]
    if params:
        given.append(_names(params))
    for name, value in options.items():
        if name in _SAYS_NOTHING or value is DEFAULTS.get(name):
            continue
        said = _names(value) if name in _NAMES_ALONE else repr(value)
        given.append(f"{name}={'…' if name == 'json' else said}")
    return f"session.frame({', '.join(given)})"


def _names(values: Any) -> str:  # noqa: ANN401 - a mapping or a DataFrame
    names = values if isinstance(values, Mapping) else values.columns
    return "{" + ", ".join(f"{name!r}: …" for name in names) + "}"
