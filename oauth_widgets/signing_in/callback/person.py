"""How a person can be asked to sign in, and whether a waiting cell receives their clicks."""

from __future__ import annotations

import os
import sys
import threading
import webbrowser
from contextlib import suppress
from typing import Any, Literal

from oauth_widgets.errors import NeedsAPerson

Place = Literal["notebook", "terminal"]

_IN_PRACTICE = "With a practice server, call sandbox.unattended() first."


def check_person() -> Place:
    """Return how a person can be asked; a script with a browser counts as a terminal.

    Raises NeedsAPerson if no one can be: in a script without either, and in a notebook that
    nbconvert, papermill or `marimo export` runs. The first two can be recognized: they send cells
    with `allow_stdin` off.
    """
    kernel = _kernel()
    if kernel is None and not _in_marimo():
        if has_terminal() or has_browser():
            return "terminal"
        raise NeedsAPerson(
            "There is no notebook to show the card in, and no terminal or browser here.",
            next_step="Use begin_login(…): open its url, then pass the final address to finish(…). "
            f"{_IN_PRACTICE}",
        )
    if getattr(kernel, "_allow_stdin", True) is False or (kernel is None and _exported()):
        raise NeedsAPerson(
            "This notebook is running unattended, so no one can sign in.",
            next_step='Use ow.session("NAME") with a saved sign-in, or client_credentials(…). '
            f"{_IN_PRACTICE} In Voilà, show the card as a cell's last value.",
        )
    return "notebook"


def in_a_kernel() -> bool:
    """Tell whether this is a notebook's kernel, not a script or a terminal."""
    return _kernel() is not None or _in_marimo()


def hears_widgets() -> bool:
    """Tell whether widgets work while a cell awaits, as they do since ipykernel 7."""
    if _in_marimo():
        return False
    ipykernel = sys.modules.get("ipykernel")
    return _kernel() is None or ipykernel is None or ipykernel.version_info[0] >= 7


def has_terminal() -> bool:
    """Tell whether a person can type here."""
    # A program may have no standard input, a closed one, or something else in its place.
    with suppress(AttributeError, ValueError):
        return bool(sys.stdin.isatty())
    return False


def has_browser() -> bool:
    """Tell whether a browser can open a window here, or the person has named one in BROWSER."""
    variables = ("BROWSER", "DISPLAY", "WAYLAND_DISPLAY")
    # Over SSH, a window would open on the screen of this computer, out of the person's sight.
    here = sys.platform in {"darwin", "win32"} and "SSH_CONNECTION" not in os.environ
    return here or any(map(os.environ.get, variables))


def open_browser(url: str) -> None:
    """Open `url` in the person's browser, if there is one; do not wait for it."""
    if has_browser():
        # Some browsers block until they are closed, and the answer arrives before that.
        threading.Thread(target=webbrowser.open, args=(url,), daemon=True).start()


def _in_marimo() -> bool:
    marimo = sys.modules.get("marimo")
    return marimo is not None and bool(marimo.running_in_notebook())


def _exported() -> bool:
    """Tell whether marimo exports its notebook to a file: then no page has requested it."""
    return sys.modules["marimo"].app_meta().request is None


def _kernel() -> Any:  # noqa: ANN401 - any kernel that runs IPython
    # In a kernel, IPython has been imported long ago.
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    return getattr(shell, "kernel", None)
