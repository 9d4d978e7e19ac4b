"""Whether a person sits at this kernel."""

from __future__ import annotations

import sys

from oauth_widgets.errors import ConfigurationError


def check_person() -> None:
    """Raise ConfigurationError where a notebook runs with nobody to click (nbconvert, papermill).

    Such runners say so beforehand: they send cells with `allow_stdin` off.
    """
    # a kernel has loaded IPython long ago; anywhere else nothing can be told
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    kernel = getattr(shell, "kernel", None)
    if kernel is not None and getattr(kernel, "_allow_stdin", True) is False:
        raise ConfigurationError(
            "This notebook runs with nobody there who could sign in.",
            next_step="Use client_credentials(…), or begin_login(…) with an answer from elsewhere.",
        )
