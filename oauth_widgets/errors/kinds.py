"""Arguments of the wrong kind, refused by the name of the argument."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from oauth_widgets.errors import ConfigurationError

HALF_A_CHARACTER = re.compile("[\ud800-\udfff]")
"""What Python can hold and JSON can spell, but nothing can encode."""

VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,99}")
"""How the name of an environment variable is usually written."""

_SHORT = 10**15

T = TypeVar("T")


def kind_of(value: object) -> str:
    """Return what an error may say of a value: a short number itself, of anything else its kind.

    Text is never repeated: it may be a secret that was given in the wrong place.
    """
    if isinstance(value, str):
        return "text" if value else "empty text"
    short = isinstance(value, float) or (isinstance(value, int) and abs(value) < _SHORT)
    return repr(value) if short or value is None else type(value).__name__


def check_text(value: object, what: str) -> str:
    """Return `value` if it is text that can be sent. Raises ConfigurationError."""
    if not isinstance(value, str):
        raise ConfigurationError(
            f"The {what} is {type(value).__name__}, not text.", next_step="Put it in quotes."
        )
    if HALF_A_CHARACTER.search(value):
        raise ConfigurationError(
            f"The {what} contains half a character (a lone surrogate), which can't be sent.",
            next_step="Remove it.",
        )
    return value


def check_path(value: object, what: str, kind: str) -> Path:
    """Return the place of a file or folder (`kind`). Raises ConfigurationError if it isn't one."""
    said = as_path(value)
    if not isinstance(said, str) or not said or "\0" in said or HALF_A_CHARACTER.search(said):
        example = "rows.parquet" if kind == "file" else "rows"
        such = " with characters that names can't contain" if isinstance(said, str) and said else ""
        raise ConfigurationError(
            f"{what}= must be the name of a {kind}, not {kind_of(value)}{such}.",
            next_step=f'Pass {what}="{example}".',
        )
    return Path(said)


def is_one_of(value: object, names: Container[str]) -> bool:
    """Tell whether `value` is one of these texts; False if it can't be compared, as an array."""
    return isinstance(value, str) and value in names


def check_flag(value: object, what: str) -> bool:
    """Return `value` if it is True or False. Raises ConfigurationError."""
    if not isinstance(value, bool):
        raise ConfigurationError(
            f"{what}= must be True or False, not {kind_of(value)}.",
            next_step=f"Pass {what}=True, or leave it out.",
        )
    return value


def as_text(value: object) -> object:
    """Return `value` as text, a dict as JSON; unchanged if that fails."""
    with suppress(Exception):
        return json.dumps(value) if isinstance(value, dict) else str(value)
    return value


def listed(values: Iterable[T], what: str) -> list[T]:
    """Return `values` as a list. Raises ConfigurationError if they, such as a generator, fail."""
    try:
        return list(values)
    except Exception as problem:
        raise ConfigurationError(
            f"{what}= can't be read: {type(problem).__name__}.", next_step=f"Pass {what}=[…]."
        ) from problem


def as_path(value: object) -> object:
    """Return a path object's path as `os.fspath` gives it; any other `value` unchanged."""
    with suppress(Exception):
        return os.fspath(value) if isinstance(value, os.PathLike) else value
    return value


def check_texts(values: object, what: str) -> tuple[str, ...]:
    """Return `values` if they are several texts. Raises ConfigurationError, for one string too."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        kind = "one string" if isinstance(values, str) else type(values).__name__
        raise ConfigurationError(
            f"{what}= must be a list of strings, not {kind}.", next_step=f'Pass {what}=["…"].'
        )
    several = tuple(listed(values, what))
    for value in several:
        if not isinstance(value, str) or HALF_A_CHARACTER.search(value):
            kind = "half a character" if isinstance(value, str) else type(value).__name__
            raise ConfigurationError(
                f"{what}: {kind} is not text.", next_step=f'Pass only strings: {what}=["…"].'
            )
    return several


def check_mapping(value: object, what: str, example: str) -> dict[Any, Any]:
    """Return a copy of the names and values in `value`. Raises ConfigurationError."""
    if isinstance(value, Mapping):
        # A caller's own kind of mapping may fail.
        with suppress(Exception):
            return dict(value)
    raise ConfigurationError(
        f"{what}= must be a mapping of names to values, not {type(value).__name__}.",
        next_step=f"Pass {what}={example}.",
    )
