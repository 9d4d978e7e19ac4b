"""Filters of a request: parameters named like a field, which rows have to equal."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Any

from oauth_widgets.sandbox.server.api.formats import value_at
from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.wire import Params

_NAME = re.compile(r"[A-Za-z0-9_.\[\]-]{1,40}")
_MOST_NAMED = 20


def filters_in(query: Params, known: Collection[str], fields: Collection[str]) -> dict[str, str]:
    """Return the fields that a request names, with the value that each has to have.

    `known` has the parameters that mean something else. Raises Refusal for any other one, since a
    filter that filters nothing would give wrong data.
    """
    given = {name: query.get(name) for name in query.values if name not in known}
    strange = [name for name in given if name not in fields]
    if strange:
        name = strange[0] if _NAME.fullmatch(strange[0]) else "with that name"
        named = ", ".join([*fields][:_MOST_NAMED])
        raise Refusal(
            "invalid_request",
            f"There is no parameter {name} here. Use one of {', '.join(known)}, or filter by a "
            f"field: {named}{', …' if len(fields) > _MOST_NAMED else ''}.",
        )
    return {name: value for name, value in given.items() if value is not None}


def fits(row: Mapping[str, Any], filters: Mapping[str, str]) -> bool:
    """Return whether each field has its value; a list fits if it contains the value."""
    return all(_equal(value_at(row, name), wanted) for name, wanted in filters.items())


def _equal(value: object, text: str) -> bool:
    if isinstance(value, list):
        return any(_equal(one, text) for one in value)
    if isinstance(value, bool):
        return text.lower() == str(value).lower()
    if isinstance(value, int | float):
        try:
            return float(text) == value
        except ValueError:
            return False
    return value is not None and str(value) == text
