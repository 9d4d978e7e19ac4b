"""The type that can hold the values of two types, if none of them would change."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import TypeAlias

import pyarrow as pa

from oauth_widgets.frames.plan import UNITS

_DIGITS, _MOST_DIGITS = 20, 76


class Mixed:
    """The type of a column whose values have none in common; in Arrow it is JSON text."""


MIXED = Mixed()
Type: TypeAlias = "pa.DataType | Mixed"


def wider(one: Type, other: Type, traits: AbstractSet[str]) -> Type:
    """Return a type that can hold the values of both; MIXED if any type would change a value.

    `traits` says what the values contain that matters: numbers that are "negative" or "inexact" as
    doubles, times that are "far" or "farther", and "text" that stands for other values.
    """
    if one == other or other == pa.null():
        return one
    if one == pa.null():
        return other
    found: Type = MIXED
    if isinstance(one, Mixed) or isinstance(other, Mixed):
        return found
    if _is_number(one) and _is_number(other):
        found = _wider_number(_largest(one), _largest(other), traits)
    elif pa.types.is_decimal(one) or pa.types.is_decimal(other):
        found = _wider_decimal(one, other)
    elif pa.types.is_timestamp(one) and pa.types.is_timestamp(other):
        found = _wider_time(one, other, traits)
    elif _is_text(one) and _is_text(other):
        large = pa.types.is_large_string(one) or pa.types.is_large_string(other)
        found = pa.large_string() if large else pa.string()
    elif pa.types.is_list(one) and pa.types.is_list(other):
        inner = wider(one.value_type, other.value_type, traits)
        found = MIXED if isinstance(inner, Mixed) else pa.list_(inner)
    elif pa.types.is_struct(one) and pa.types.is_struct(other):
        found = _wider_struct(one, other, traits)
    # Text that does not stand for values of one type is that text.
    return pa.string() if "text" in traits and isinstance(found, Mixed) else found


def _is_number(kind: pa.DataType) -> bool:
    return bool(pa.types.is_integer(kind) or pa.types.is_floating(kind))


def _is_text(kind: pa.DataType) -> bool:
    found = kind.value_type if pa.types.is_dictionary(kind) else kind
    return bool(pa.types.is_string(found) or pa.types.is_large_string(found))


def _largest(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_floating(kind):
        return pa.float64()
    return kind if kind == pa.uint64() else pa.int64()


def _wider_decimal(one: pa.DataType, other: pa.DataType) -> Type:
    whole = scale = 0
    for kind in (one, other):
        if pa.types.is_integer(kind):
            whole = max(whole, _DIGITS)
        elif pa.types.is_decimal(kind):
            whole, scale = max(whole, kind.precision - kind.scale), max(scale, kind.scale)
        else:
            return MIXED
    if whole + scale > _MOST_DIGITS:
        return MIXED
    make = pa.decimal128 if whole + scale <= _MOST_DIGITS // 2 else pa.decimal256
    return make(whole + scale, scale)


def _wider_time(one: pa.DataType, other: pa.DataType, traits: AbstractSet[str]) -> Type:
    finer = max(one.unit, other.unit, key=UNITS.index)
    lost = "far" in traits and (finer == "ns" or "farther" in traits)
    return MIXED if lost or one.tz != other.tz else pa.timestamp(finer, one.tz)


def _wider_number(one: pa.DataType, other: pa.DataType, traits: AbstractSet[str]) -> Type:
    if one == other:
        return one
    if pa.float64() in (one, other):
        return MIXED if "inexact" in traits else pa.float64()
    return MIXED if "negative" in traits else pa.uint64()


def _wider_struct(one: pa.StructType, other: pa.StructType, traits: AbstractSet[str]) -> Type:
    types: dict[str, Type] = {member.name: member.type for member in one}
    for member in other:
        types[member.name] = wider(types.get(member.name, pa.null()), member.type, traits)
    if any(isinstance(kind, Mixed) for kind in types.values()):
        return MIXED
    return pa.struct(list(types.items()))
