"""Which times Python and pandas can hold; files may contain others."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa
import pyarrow.compute as pc

from oauth_widgets.frames.size import parts

IN_A_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_YEAR_1, _YEAR_10000 = -62_135_596_800, 253_402_300_800
_LONGEST = 86_400 * 999_999_998
"""Seconds of Python's longest duration, less a day."""


def years(each: int) -> tuple[int, int]:
    """Return the first and last tick of the years 1 to 9999, with `each` ticks in a second."""
    return max(-(2**63), _YEAR_1 * each), min(2**63, _YEAR_10000 * each) - 1


def beyond(numbers: pa.ChunkedArray, least: float, most: float) -> pa.ChunkedArray:
    """Return for each number whether it is below `least` or above `most`."""
    return pc.or_(pc.less(numbers, least), pc.greater(numbers, most))


def time_traits(times: pa.Array) -> Iterable[str]:
    """Yield "far" if a time doesn't fit in nanoseconds, "farther" if not in the years 1 to 9999."""
    ticks, each = times.cast(pa.int64()), IN_A_SECOND[times.type.unit]
    finer = 10**9 // each
    if _any_beyond(ticks, -(2**63 // finer), (2**63 - 1) // finer):
        yield "far"
    if _any_beyond(ticks, *years(each)):
        yield "farther"


def is_beyond_python(array: pa.Array) -> bool:
    """Whether an array contains, at any depth, a time that Python can't represent."""
    kind = array.type
    if pa.types.is_dictionary(kind):
        return is_beyond_python(array.dictionary)
    if pa.types.is_nested(kind):
        return any(map(is_beyond_python, parts(array)))
    return pa.types.is_temporal(kind) and _is_beyond(array)


def _is_beyond(times: pa.Array) -> bool:
    kind = times.type
    if pa.types.is_date(kind):
        return _is_beyond(times.cast(pa.timestamp("s" if kind == pa.date32() else "ms")))
    if pa.types.is_timestamp(kind):
        ticks = times.cast(pa.int64())
        return not _has_known_zone(kind) or _any_beyond(ticks, *years(IN_A_SECOND[kind.unit]))
    if pa.types.is_duration(kind):
        most = min(_LONGEST * IN_A_SECOND[kind.unit], 2**63 - 1)
        return _any_beyond(times.cast(pa.int64()), -most, most)
    if kind == pa.time64("ns"):
        # A time of day in Python has no nanoseconds.
        return bool(pc.any(pc.not_equal(pc.nanosecond(times), 0)).as_py())
    return False


def _has_known_zone(kind: pa.TimestampType) -> bool:
    try:
        return isinstance(pa.scalar(0, kind).as_py(), datetime)
    except (pa.ArrowException, LookupError, ValueError):
        return False


def _any_beyond(numbers: pa.Array, least: int, most: int) -> bool:
    return bool(pc.any(beyond(numbers, least, most)).as_py())
