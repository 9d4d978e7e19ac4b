"""What a card does in a terminal or a script: it prints the address to open, and opens it."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.signing_in.callback.person import has_browser, has_terminal, open_browser
from oauth_widgets.signing_in.sign_in import SignIn
from oauth_widgets.widgets import _words as words


def show_in_terminal(sign_in: SignIn, *, hears: bool) -> bool:
    """Print the sign-in's address, open it, and return whether the answer comes without typing.

    `hears` tells whether it comes to this machine, which takes a browser here. Raises
    ConfigurationError if the answer must be typed and there is no terminal.
    """
    comes = hears and has_browser()
    if not comes and not has_terminal():
        raise ConfigurationError(
            f"The answer cannot reach this script. {sign_in.way.why}",
            next_step="Call begin_login(…), open its url, and give the final address to finish(…).",
        )
    say(words.terminal(sign_in.server.title, sign_in.url, opens=has_browser()))
    open_browser(sign_in.url)
    return comes


def say(text: str) -> None:
    """Print to standard error: what a script prints to standard output may be its result."""
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


@contextmanager
def ctrl_c_heard() -> Iterator[None]:
    """Have Ctrl+C end a prompt at once; `asyncio.run` would wait until it is answered."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
