"""Unknown names, and the nearest known one."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import fields
from difflib import get_close_matches
from typing import Any, TypeVar, cast

from oauth_widgets.errors import ConfigurationError

T = TypeVar("T")


def unknown(message: str, name: str, known: Sequence[str]) -> ConfigurationError:
    """Return an error with `message` about `name`, which suggests the nearest known name."""
    nearest = get_close_matches(name, known, n=1)
    return ConfigurationError(
        message,
        next_step=f"Did you mean {nearest[0]}?" if nearest else f"It has: {', '.join(known)}.",
    )


def names_nearest_member(what: str) -> Callable[[type[T]], type[T]]:
    """Have a dataclass refuse an unknown member, and suggest the nearest known one.

    It raises ConfigurationError; other mistakes in a call raise Python's own errors.
    """

    def checking(kind: type[T]) -> type[T]:
        known = [field.name for field in fields(cast("Any", kind))]
        initialize: Callable[..., None] = kind.__init__

        @functools.wraps(initialize)
        def checked(self: T, *args: Any, **named: Any) -> None:  # noqa: ANN401 - as its own
            for name in named:
                if name not in known:
                    raise unknown(f"{what} has no {name}.", name, known)
            initialize(self, *args, **named)

        setattr(kind, "__init__", checked)  # noqa: B010 - mypy minds a plain assignment
        return kind

    return checking
