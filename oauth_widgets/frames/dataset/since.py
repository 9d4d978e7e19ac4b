"""What changed since a dataset was complete: which parameter asks for it, and with which value."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import check_text, kind_of, listed
from oauth_widgets.frames.calendar import IN_A_SECOND
from oauth_widgets.frames.dataset.manifest import Since, Value
from oauth_widgets.secret.names import shown_name

_EXAMPLE = 'since={"parameter": "updated_since", "column": "updated_at"}'
_OVERLAP = timedelta(minutes=5)
"""How much earlier than the last fetch began, in case the API's clock or its index is late."""


def since_of(given: Any) -> Since | None:  # noqa: ANN401 - whatever the caller gives
    """Return the option `since`. Raises ConfigurationError."""
    if given is None:
        return None
    if not isinstance(given, Mapping) or set(given) != {"parameter", "column"}:
        raise ConfigurationError(
            f"since= must name a parameter and a column, not {kind_of(given)}.",
            next_step=f"Pass {_EXAMPLE}.",
        )
    for name, value in given.items():
        if not check_text(value, f"{name} of since="):
            raise ConfigurationError(
                f"The {name} of since= is empty.", next_step=f"Pass {_EXAMPLE}."
            )
    return Since(given["parameter"], given["column"])


def key_of(given: Any, since: Since | None) -> tuple[str, ...]:  # noqa: ANN401 - likewise
    """Return the option `key` as the names of columns. Raises ConfigurationError."""
    if given is None and since is not None:
        raise ConfigurationError(
            "since= needs a key, because the API sends a changed record again.",
            next_step='Pass the column that identifies each record: key="id".',
        )
    several = (given,) if isinstance(given, str) else () if given is None else given
    if isinstance(several, bytes | Mapping) or not isinstance(several, Iterable):
        raise _no_key(given)
    names = tuple(listed(several, "key"))
    sound = all(isinstance(name, str) and name for name in names)
    if not sound or len(set(names)) < len(names) or (given is not None and not names):
        raise _no_key(given)
    return names


def _no_key(given: object) -> ConfigurationError:
    return ConfigurationError(
        f"key= must be the name of a column or a list of names, not {kind_of(given)}.",
        next_step='Pass key="id" or key=["customer", "id"].',
    )


def latest(
    columns: Iterable[pa.ChunkedArray], name: str, unit: str | None, began: str
) -> Value | None:
    """Return the latest value of the column `name`, as the API would write it; None without any.

    `unit` is what numbers counted that are times here. Times from after the last fetch `began`
    don't count, since records may have changed while their pages were read already. Raises
    ConfigurationError for a column without an order.
    """
    edge = datetime.fromisoformat(began) - _OVERLAP
    found = [one for column in columns if (one := _latest(column, name, unit, edge)) is not None]
    return max(found)[1] if found else None


def _latest(
    column: pa.ChunkedArray, name: str, unit: str | None, edge: datetime
) -> tuple[Any, Value] | None:
    """Return the latest value twice: as what can be compared, and as the API writes it."""
    column = column.drop_null()
    kind = column.type
    if not len(column):
        return None
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        most = pc.max(column).as_py()
        return most, most
    if not (pa.types.is_string(kind) or pa.types.is_timestamp(kind)):
        raise _no_order(name, kind)
    moments = _moments(column, name)
    before = pc.less_equal(moments, pa.scalar(edge).cast(moments.type))
    moments, column = moments.filter(before), column.filter(before)
    if not len(column):
        return None
    at = pc.index(moments, pc.max(moments)).as_py()
    moment = moments[at].value * (10**9 // IN_A_SECOND[moments.type.unit])
    if unit is not None:
        return moment, moment * IN_A_SECOND[unit] // 10**9
    if pa.types.is_string(kind):
        return moment, column[at].as_py()
    text = pc.strftime(column[at], "%Y-%m-%dT%H:%M:%S").as_py()
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return moment, text + ("Z" if kind.tz else "")


def _moments(column: pa.ChunkedArray, name: str) -> pa.ChunkedArray:
    """Return times in UTC; those without an offset are taken for UTC."""
    zones = (column.type.tz,) if pa.types.is_timestamp(column.type) else ("UTC", None)
    # Nanoseconds end in the year 2262, and some APIs write "forever" as the year 9999.
    for unit, zone in itertools.product(("ns", "us"), zones):
        try:
            return column.cast(pa.timestamp(unit, zone)).cast(pa.timestamp(unit, "UTC"))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            continue
    raise _no_order(name, "text that isn't a time")


def _no_order(name: str, kind: object) -> ConfigurationError:
    return ConfigurationError(
        f"since= names the column {shown_name(name)}, which has {kind}.",
        next_step="Pass a column of times in RFC 3339 format, or of increasing numbers.",
    )
