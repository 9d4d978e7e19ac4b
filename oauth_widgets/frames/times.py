"""Columns that are times, if the caller says so: text, or numbers with their unit."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from decimal import Decimal

import pyarrow as pa
import pyarrow.compute as pc

from oauth_widgets.errors import ConfigurationError, UnexpectedAnswer, foreign_text
from oauth_widgets.frames.calendar import IN_A_SECOND, beyond, years
from oauth_widgets.secret.names import shown_name

_TYPES = tuple(pa.timestamp(unit, zone) for unit in ("us", "ns") for zone in ("UTC", None))
"""Microseconds if they suffice; with an offset in the text, the time in UTC."""

_UNIT = "Pass its unit (s, ms, us or ns), or leave the column out of timestamps=."
_WITH_PANDAS = "Leave it out of timestamps=, and read it with pd.to_datetime."
_DECIMAL = pa.decimal256(60, 20)
NUMBERS = (
    (r"^-?[0-9]{1,19}$", pa.int64()),
    (r"^-?[0-9]{1,30}(?:\.[0-9]{1,30})?(?:[eE][+-]?[0-9]{1,2})?$", pa.float64()),
)


class Times:
    """The columns named in `units` as times: text (RFC 3339) for None, or numbers of that unit."""

    def __init__(
        self, units: Mapping[str, str | None], learnt: Mapping[str, int] | None = None
    ) -> None:
        self._units = units
        known = learnt or {}
        self._types = {name: min(known.get(name, 0), len(_TYPES) - 1) for name in units}

    @property
    def learnt(self) -> dict[str, int]:
        """Which type each column needs so far, for another one of these."""
        return dict(self._types)

    def learn(self, table: pa.Table) -> None:
        """See which type each column needs.

        Raises UnexpectedAnswer for what is no time, ConfigurationError for a missing unit.
        """
        known = set(table.column_names)
        for name, unit in self._units.items():
            if name in known:
                column = _plain(table[name])
                if unit is not None:
                    _counted(column, name, unit)
                else:
                    self._types[name] = _fitting(column, name, self._types[name])
            # If there are no rows, there may be no columns either.
            elif table.num_rows:
                raise ConfigurationError(
                    f"timestamps= names {shown_name(name)}, but there is no such column.",
                    next_step=f"The columns are: {foreign_text(', '.join(known)) or 'none'}.",
                )

    def read(self, table: pa.Table) -> pa.Table:
        """Return `table` with times for text and numbers, and each column that should be there."""
        if not self._units:
            return table
        columns = dict(zip(table.column_names, table.columns, strict=True))
        for name, unit in self._units.items():
            column = _plain(columns.get(name, pa.chunked_array([pa.nulls(table.num_rows)])))
            if unit is not None:
                columns[name] = _counted(column, name, unit)
            elif not pa.types.is_timestamp(column.type):
                columns[name] = column.cast(_TYPES[self._types[name]])
        return pa.table(columns)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    kind = column.type
    return column.cast(kind.value_type) if pa.types.is_dictionary(kind) else column


def _fitting(column: pa.ChunkedArray, name: str, least: int) -> int:
    """Return the number of the first type, from `least` on, that all of `column` can be."""
    if _is_number(column.type):
        raise ConfigurationError(
            f"timestamps= names {shown_name(name)}, which has numbers but no unit.",
            next_step=f'Pass its unit: timestamps={{{shown_name(name)}: "s"}} for seconds since '
            '1970, or "ms", "us" or "ns".',
        )
    if pa.types.is_timestamp(column.type):
        return least
    for at in range(least, len(_TYPES)):
        try:
            times = column.cast(_TYPES[at])
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
        _check_years(times, column, name)
        return at
    raise UnexpectedAnswer(
        f"Column {shown_name(name)} has values that aren't times, or mixes times with and without "
        "an offset.",
        next_step=_WITH_PANDAS,
    )


def _check_years(times: pa.ChunkedArray, column: pa.ChunkedArray, name: str) -> None:
    """Raise UnexpectedAnswer for a time that pandas can hold but not show."""
    each = IN_A_SECOND[times.type.unit]
    strange = beyond(times.cast(pa.int64()), *years(each))
    if pc.any(strange).as_py():
        value = column.filter(strange)[0].as_py()
        raise _no_time(name, value, "in the years 1 to 9999 in UTC", _WITH_PANDAS)


def _is_number(kind: pa.DataType) -> bool:
    kinds = (pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal)
    return any(is_one(kind) for is_one in kinds)


def _counted(column: pa.ChunkedArray, name: str, unit: str) -> pa.ChunkedArray:
    """Return the times that numbers of `unit` since 1970 stand for. Raises UnexpectedAnswer."""
    if pa.types.is_timestamp(column.type):
        return column
    kind = _TYPES[2] if unit == "ns" else _TYPES[0]
    each = IN_A_SECOND[unit]
    numbers = _numbers(column, name)
    number = float if pa.types.is_floating(numbers.type) else int
    strange = beyond(numbers, *map(number, years(each)))
    if pc.any(strange).as_py():
        raise _no_time(name, numbers.filter(strange)[0].as_py(), f"in the unit {unit!r}")
    finer = max(IN_A_SECOND[kind.unit] // each, 1)
    if not pa.types.is_integer(numbers.type):
        by = float(finer) if number is float else pa.scalar(Decimal(finer), pa.decimal256(10, 0))
        numbers = pc.round(pc.multiply(numbers, by))
        finer = 1
    try:
        return pc.multiply(numbers.cast(pa.int64()), finer).cast(kind)
    except pa.ArrowInvalid:
        # The one double beyond the last whole number of 64 bits.
        raise _no_time(name, pc.max(numbers).as_py(), f"in the unit {unit!r}") from None


def _numbers(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Return whole numbers, decimals or doubles, read from text if they are text."""
    kind = column.type
    if pa.types.is_decimal(kind):
        return _decimals(column)
    if pa.types.is_floating(kind):
        column = column.cast(pa.float64())
        return pc.if_else(pc.is_nan(column), None, column)
    if pa.types.is_integer(kind) or pa.types.is_null(kind):
        try:
            return column.cast(pa.int64())
        except pa.ArrowInvalid:
            raise _no_time(name, pc.max(column).as_py(), "that fits in a 64-bit number") from None
    if not (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        raise UnexpectedAnswer(
            f"Column {shown_name(name)} contains {kind}, which is neither numbers nor text.",
            next_step="Leave it out of timestamps=.",
        )
    for pattern, number in NUMBERS:
        strange = pc.invert(pc.match_substring_regex(column, pattern))
        # Beyond 64 bits it is read as a double.
        with suppress(pa.ArrowInvalid):
            if not pc.any(strange).as_py():
                return column.cast(number) if number == pa.int64() else _decimals(column)
    raise _no_time(name, column.filter(strange)[0].as_py(), "given as a number")


def _decimals(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return decimals, which are exact, or doubles if a number doesn't fit in a decimal."""
    try:
        return column.cast(_DECIMAL)
    except pa.ArrowInvalid:
        return column.cast(pa.float64())


def _no_time(name: str, value: object, why: str, step: str = _UNIT) -> UnexpectedAnswer:
    return UnexpectedAnswer(
        f"Column {shown_name(name)} contains {foreign_text(str(value))}, "
        f"which is not a time {why}.",
        next_step=step,
    )
