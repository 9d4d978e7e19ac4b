"""Options that are written once, and shown by every method that takes them."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, TypeVar

from oauth_widgets.frames.plan import DEFAULTS, ReadOptions

M = TypeVar("M", bound=Callable[..., Any])


def takes_options(method: M) -> M:
    """Have Tab, Shift-Tab and help() show the options by name, with what each of them means."""
    written = inspect.signature(method)
    own = [one for one in written.parameters.values() if one.kind is not one.VAR_KEYWORD]
    annotations = ReadOptions.__annotations__
    options = [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=default,
            annotation=getattr(annotations[name], "__forward_arg__", annotations[name]),
        )
        for name, default in DEFAULTS.items()
    ]
    method.__signature__ = written.replace(parameters=[*own, *options])  # type: ignore[attr-defined]
    if method.__doc__ and ReadOptions.__doc__:
        meaning = inspect.cleandoc(ReadOptions.__doc__).partition("\n\n")[2]
        method.__doc__ = f"{inspect.cleandoc(method.__doc__)}\n\n{meaning}"
    return method
