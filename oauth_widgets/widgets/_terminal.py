"""What a card does in a terminal or a script: it prints the address to open, and opens it."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.secret import typed_unseen
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.callback.person import has_browser, has_terminal, open_browser
from oauth_widgets.signing_in.sign_in import SignIn
from oauth_widgets.widgets import _words as words

_OFTEN = 0.1


def show_in_terminal(sign_in: SignIn, *, hears: bool) -> bool:
    """Print the sign-in's address, open it, and return whether the answer arrives automatically.

    `hears` says whether this machine receives it, for which a browser has to run here. Raises
    ConfigurationError if the answer must be typed and there is no terminal.
    """
    comes = hears and has_browser()
    if not comes and not has_terminal():
        raise ConfigurationError(
            f"The answer cannot reach this script. {sign_in.way.why}",
            next_step="Call begin_login(…), open its url, and pass the final address to finish(…).",
        )
    say(words.terminal(sign_in.server.title, sign_in.url, opens=has_browser()))
    open_browser(sign_in.url)
    return comes


def sign_in_on_device(sign_in: SignIn) -> Session:
    """Print a code to enter on another device, and return the session once that is done."""
    if not sign_in.signed_in:
        asking = threading.Thread(target=sign_in.on_device, daemon=True)
        asking.start()
        printed = ""
        while asking.is_alive():
            asking.join(_OFTEN)
            device = sign_in.device
            if device is not None and device.user_code != printed:
                printed = device.user_code
                where = sign_in.seen(device.verification_uri)
                say(f"On any device, open {where} and enter {printed}. Press Ctrl+C to cancel.")
    return sign_in.result


def say(text: str) -> None:
    """Print to standard error, since a script's standard output may be its result."""
    # A program without a console has no standard error, so no one could read the text.
    with suppress(AttributeError, OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def ask_for_address(sign_in: SignIn, *, in_terminal: bool) -> None:
    """Ask for the address of the window's last page until the sign-in has ended."""
    while not sign_in.over():
        failure = sign_in.failure
        before = f"{failure.own_words} {failure.next_step} " if failure else ""
        typed = None
        with _answered(sign_in) if in_terminal else nullcontext(threading.Event()) as answered:
            try:
                ask = f"{before}{words.ASK}"
                typed = typed_unseen(ask, what="address", next_step=words.LAST_VALUE)
            except ConfigurationError as problem:
                # Ctrl+D cancels, just as Enter alone does.
                if not (in_terminal and isinstance(problem.__cause__, EOFError)):
                    raise
        if answered.is_set():
            say("")
        elif typed is None:
            sign_in.end("cancelled")
        else:
            sign_in.paste(typed)


@contextmanager
def _answered(sign_in: SignIn) -> Iterator[threading.Event]:
    """End a prompt once the answer has arrived without it; the event says whether it has."""
    answered, typed = threading.Event(), threading.Event()
    failure = sign_in.failure

    def watch() -> None:
        while not typed.wait(_OFTEN):
            if sign_in.over() or sign_in.failure is not failure:
                answered.set()
                # As Ctrl+C does: nothing else wakes a thread that reads from a terminal.
                signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)
                return

    watcher = threading.Thread(target=watch, daemon=True)
    with ctrl_c_heard():
        try:
            # Windows can't do that: there, Enter ends the prompt.
            if hasattr(signal, "pthread_kill") and _in_main_thread():
                watcher.start()
            try:
                yield answered
            finally:
                typed.set()
                if watcher.ident is not None:
                    watcher.join()
        except KeyboardInterrupt:
            if not answered.is_set():
                raise


@contextmanager
def ctrl_c_heard() -> Iterator[None]:
    """Have Ctrl+C end a prompt at once; `asyncio.run` would wait for an answer."""
    if not _in_main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()
