"""Columns of text that are times, where the caller says so."""

from __future__ import annotations

import pyarrow as pa

from oauth_widgets.errors import ConfigurationError, UnexpectedAnswer

_TYPES = tuple(pa.timestamp(unit, zone) for unit in ("us", "ns") for zone in ("UTC", None))
"""Microseconds where they suffice; with an offset in the text, the time in UTC."""


class Times:
    """The columns of `names` as times (RFC 3339, or the same without an offset)."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self._types = dict.fromkeys(names, 0)

    def learn(self, table: pa.Table) -> None:
        """See which type each column needs. Raises UnexpectedAnswer for what is no time."""
        for name, least in self._types.items():
            if name not in table.column_names:
                raise ConfigurationError(
                    f"timestamps names {name!r}, and there is no such column.",
                    next_step=f"There are: {', '.join(table.column_names) or 'none'}.",
                )
            self._types[name] = _fitting(table[name], name, least)

    def read(self, table: pa.Table) -> pa.Table:
        """Return `table` with times for text."""
        for name, at in self._types.items():
            column = table.column_names.index(name)
            table = table.set_column(column, name, table[name].cast(_TYPES[at]))
        return table


def _fitting(column: pa.ChunkedArray, name: str, least: int) -> int:
    """Return the number of the first type, from `least` on, that all of `column` can be."""
    for at in range(least, len(_TYPES)):
        try:
            column.cast(_TYPES[at])
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
        return at
    raise UnexpectedAnswer(
        f"Column {name!r} holds what is no time, or times with and without an offset.",
        next_step="Leave it out of timestamps, and read it with pd.to_datetime.",
    )
