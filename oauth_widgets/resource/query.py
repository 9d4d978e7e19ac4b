"""Parameters of an address, from the values a person gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, cast
from urllib.parse import urlencode
from uuid import UUID

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import kind_of
from oauth_widgets.secret.names import shown_name

UNLISTED = (str, bytes, bytearray, memoryview, Mapping)
"""Kinds that can be iterated, and are still no list of values."""
_WRITERS: dict[type, Callable[[Any], str]] = {
    int: int.__repr__,
    float: float.__repr__,
    Decimal: Decimal.__str__,
    UUID: UUID.__str__,
}
_TIMES = ("datetime64", "timedelta64")


def encoded(params: Mapping[str, Any]) -> str:
    """Return `params` as a query: a list is one parameter several times, and None is left out.

    True is `true`; dates and times are as RFC 3339 has them. Raises ConfigurationError, naming the
    parameter, for what no address can hold.
    """
    if not isinstance(params, Mapping):
        raise ConfigurationError(
            f"params= must be a mapping of names to values, not {type(params).__name__}.",
            next_step='Pass params={"limit": 5}.',
        )
    return urlencode([pair for name, value in params.items() for pair in _pairs(name, value)])


def _pairs(name: object, value: object) -> Iterator[tuple[str, str]]:
    if not isinstance(name, str):
        raise ConfigurationError(
            f"A name in params= must be text, not {kind_of(name)}.",
            next_step='Pass params={"limit": 5}.',
        )
    name = str.__str__(name)
    values = (value,) if _is_single(value) else cast("Iterable[object]", value)
    for each in values:
        if each is None:
            continue
        yield name, spelled(name, each)


def _is_single(value: object) -> bool:
    """Whether this is a single value, even if it could be iterated."""
    # Iterating a single value of numpy's fails, and a table would yield the names of its columns.
    shaped = getattr(value, "ndim", 1) != 1
    return shaped or isinstance(value, (*UNLISTED, int)) or not isinstance(value, Iterable)


def spelled(name: str, value: object) -> str:
    """Return `value` as the text of the parameter `name`. Raises ConfigurationError."""
    text = _text(name, value)
    try:
        f"{name}{text}".encode()
    except UnicodeEncodeError:
        raise _unfit(
            name, "contains half a character (a lone surrogate)", "Correct the text."
        ) from None
    return text


def _text(name: str, value: object) -> str:
    # A time of numpy's has no zone, and may become a bare number of nanoseconds.
    scalar = type(value).__module__ == "numpy" and getattr(value, "ndim", 1) == 0
    if scalar and type(value).__name__ not in _TIMES:
        value = cast("Any", value).item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return str.__str__(value)
    finite = value.is_finite() if isinstance(value, Decimal) else True
    if not finite or (isinstance(value, float) and not math.isfinite(value)):
        raise _unfit(name, f"is {value}", "Pass a finite number, or None to leave it out.")
    # Pandas' NaT is a datetime that equals nothing.
    if isinstance(value, date) and value == value:  # noqa: PLR0124
        return _moment(name, value)
    # A subclass, such as an enumeration, might write a name instead of its number.
    write = next((write for kind, write in _WRITERS.items() if isinstance(value, kind)), None)
    if write is not None:
        return _written(name, value, write)
    kind = type(value).__name__
    raise _unfit(
        name,
        f"is {kind}, which can be written in an address in more than one way",
        "Pass it as text.",
    )


def _written(name: str, value: object, write: Callable[[Any], str]) -> str:
    try:
        return write(value)
    except ValueError:
        raise _unfit(name, "is a number with too many digits", "Pass it as text.") from None


def _moment(name: str, value: date) -> str:
    if isinstance(value, datetime) and value.utcoffset() is None:
        raise _unfit(name, "is a time without a time zone", "Add one: value.replace(tzinfo=UTC).")
    return value.isoformat().replace("+00:00", "Z")


def _unfit(name: object, what: str, step: str) -> ConfigurationError:
    return ConfigurationError(f"The parameter {shown_name(str(name))} {what}.", next_step=step)
