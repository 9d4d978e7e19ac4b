"""A JSON object as a server sends it, read strictly, and its members by type."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from oauth_widgets._net.message import Response
from oauth_widgets._net.retry_after import by_status
from oauth_widgets.errors import (
    InvalidDocument,
    InvalidResponse,
    TemporarilyUnavailable,
)
from oauth_widgets.errors.kinds import HALF_A_CHARACTER
from oauth_widgets.secret.quoting import quoted

Document = Mapping[str, Any]

_MAX_DEPTH = 32
_LARGEST = 1e15
_DECIMAL = re.compile(r"[0-9]{1,20}(\.0*)?")


def parse_object(body: bytes | str, *, error: type[InvalidResponse] = InvalidDocument) -> Document:
    """Read one JSON object, refusing NaN, repeated names, nesting over 32 and anything else.

    Raises `error`. Repeated names are refused since readers disagree on which one counts
    (RFC 8259 4).
    """
    try:
        value = json.loads(body, object_pairs_hook=_unique, parse_constant=_no_constant)
        too_deep = _depth(value) > _MAX_DEPTH
    except RecursionError:
        too_deep = True
    except ValueError as problem:
        raise error(f"The server's answer is not valid JSON ({_reason(problem)}).") from None
    if too_deep:
        raise error("The server's answer is nested too deeply.")
    # check: documents/shape
    if not isinstance(value, dict):
        raise error("The server's answer is JSON, but not an object.")
    return value


def object_of(response: Response, *, error: type[InvalidResponse]) -> Document:
    """Read the JSON object that `response` must be: status 200, a JSON content type."""
    # check: documents/shape
    if response.status != 200:
        said = f"{response.place} answered with status {response.status} instead of 200."
        raise by_status(error(said), response.status)
    # check: documents/content-type
    if not response.is_json:
        kind = quoted(response.media_type, response.secrets) or "no content type"
        raise error(f"{response.place} answered with {kind} instead of JSON.")
    return parse_object(response.body, error=error)


def check_not_busy(response: Response) -> None:
    """Raise TemporarilyUnavailable if the server is busy (RFC 6585 4, RFC 9110)."""
    if response.status in (429, 503):
        raise TemporarilyUnavailable("temporarily_unavailable", f"status {response.status}")


def stated(document: Document) -> Document:
    """Return the members that aren't empty: an empty one says no more than a missing one."""
    return {name: value for name, value in document.items() if value or type(value) in (int, float)}


def text(document: Document, name: str, *, error: type[InvalidResponse]) -> str | None:
    """Return the string member `name`; None if absent. Raises `error` for another type."""
    value = document.get(name)
    # check: documents/shape
    if value is not None and not isinstance(value, str):
        raise error(f'"{name}" is not a string.')
    # JSON can spell half a character, which nothing can encode
    if value is not None and HALF_A_CHARACTER.search(value):
        raise error(f'"{name}" is not valid text.')
    return value


def needed_text(document: Document, name: str, *, error: type[InvalidResponse]) -> str:
    """Return the non-empty string member `name`. Raises `error` if there is none."""
    value = text(document, name, error=error)
    if not value:
        raise error(f'"{name}" is missing.')
    return value


def texts(document: Document, name: str, *, error: type[InvalidResponse]) -> tuple[str, ...] | None:
    """Return the member `name`, a list of strings; None if absent."""
    value = document.get(name)
    if value is None:
        return None
    # check: documents/shape
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise error(f'"{name}" is not a list of strings.')
    if HALF_A_CHARACTER.search("".join(value)):
        raise error(f'"{name}" is not valid text.')
    return tuple(value)


def flag(document: Document, name: str, *, error: type[InvalidResponse]) -> bool | None:
    """Return the member `name`, true or false; None if absent."""
    value = document.get(name)
    # check: documents/shape
    if value is not None and not isinstance(value, bool):
        raise error(f'"{name}" is neither true nor false.')
    return value


def number(document: Document, name: str, *, error: type[InvalidResponse]) -> float | None:
    """Return the number member `name`, below 10¹⁵; None if absent. True is not a number."""
    value = document.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
        raise error(f'"{name}" is not a number.')
    return value


def seconds(document: Document, name: str, *, error: type[InvalidResponse]) -> float | None:
    """Return the member `name`, a number or one written as text; None if absent or endless.

    Some servers write 2⁶³ or so if they mean "never" (WSO2), which no calendar reaches.
    """
    value: object = document.get(name)
    if isinstance(value, str):
        value = value.strip() or None
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = int(value.partition(".")[0])
    if isinstance(value, int | float) and _LARGEST <= value < math.inf:
        return None
    return number({name: value}, name, error=error)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name appears twice")
    return found


def _no_constant(_: str) -> NoReturn:
    raise ValueError("NaN or infinity")


def _reason(problem: ValueError) -> str:
    if isinstance(problem, json.JSONDecodeError):
        return f"{problem.msg.lower()}, character {problem.pos}"
    # The text of a decoding error would repeat the bytes.
    return "not text" if isinstance(problem, UnicodeError) else str(problem)


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level:
        depth += 1
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return depth
