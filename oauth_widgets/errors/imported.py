"""Packages that only some uses need, imported when they are."""

from __future__ import annotations

import importlib
from typing import Any

from oauth_widgets.errors import ConfigurationError, OAuthError


def imported(
    module: str,
    who: str,
    *,
    extra: str | None = None,
    error: type[OAuthError] = ConfigurationError,
) -> Any:  # noqa: ANN401 - a module
    """Return `module`, or raise `error`, which says that `who` needs a package and how to get it.

    `extra` is the one of this package that brings it, None if the package alone will do.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as problem:
        what = problem.name if extra is None else f"'oauth-widgets[{extra}]'"
        raise error(
            f"{who} needs the package {problem.name}.",
            next_step=f"Install it: pip install {what}",
        ) from problem
