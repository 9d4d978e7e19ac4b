"""Whether a person sits at this kernel, and whether a cell that waits hears what they click."""

from __future__ import annotations

import sys
from typing import Any

from oauth_widgets.errors import ConfigurationError


def check_person() -> None:
    """Raise ConfigurationError where nobody can click.

    That is outside a notebook, and where one runs by itself (nbconvert, papermill). Such runners
    say so beforehand: they send cells with `allow_stdin` off.
    """
    kernel = _kernel()
    if kernel is None:
        raise ConfigurationError(
            "There is no notebook here to show the card in.",
            next_step="Use begin_login(…): open its url, then give the final address to finish(…).",
        )
    if getattr(kernel, "_allow_stdin", True) is False:
        raise ConfigurationError(
            "This notebook runs with nobody there who could sign in.",
            next_step="Use client_credentials(…), or begin_login(…) with an answer from elsewhere. "
            "In Voilà, show the card as a cell's last value.",
        )


def in_a_kernel() -> bool:
    """Tell whether this is a notebook's kernel, not a script or a terminal."""
    return _kernel() is not None


def hears_widgets() -> bool:
    """Tell whether widgets are heard while a cell awaits, which is so from ipykernel 7 on."""
    ipykernel = sys.modules.get("ipykernel")
    return _kernel() is None or ipykernel is None or ipykernel.version_info[0] >= 7


def _kernel() -> Any:  # noqa: ANN401 - any kernel that runs IPython
    # a kernel has loaded IPython long ago
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None)
