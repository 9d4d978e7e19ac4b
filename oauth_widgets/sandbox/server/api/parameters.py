"""Reading parameters within bounds; what is off them is refused and never bent into shape."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from oauth_widgets._sandbox.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection

    from oauth_widgets._sandbox.wire import Params


def whole(query: Params, name: str, default: int, least: int, most: int) -> int:
    """Return a whole number of at most nine digits; raises Refusal for one out of bounds."""
    value = query.get(name)
    if value is None:
        return default
    if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
        raise Refusal("invalid_request", f"{name} is a whole number from {least} to {most}.")
    return int(value)


def seconds(query: Params, name: str, most: int) -> float:
    """Return seconds, fractions allowed, 0 unless given; raises Refusal for one out of bounds."""
    value = query.get(name) or "0"
    if not re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,3})?", value) or float(value) > most:
        raise Refusal("invalid_request", f"{name} is a number of seconds from 0 to {most}.")
    return float(value)


def one_of(query: Params, name: str, default: str, known: Collection[str]) -> str:
    """Return one of the words `known`; raises Refusal for another."""
    value = query.get(name) or default
    if value not in known:
        raise Refusal("invalid_request", f"{name} is one of {', '.join(known)}.")
    return value
