"""Where the output of a command goes: a terminal, a file, a pipe that ends, or nowhere."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path

from oauth_widgets.errors import ConfigurationError

_STREAMS = {"stdout": redirect_stdout, "stderr": redirect_stderr}


@contextmanager
def any_output() -> Iterator[None]:
    """Let a command print any character to any kind of output.

    A character that the output's encoding lacks is escaped. A reader that stops early, such as
    `head`, causes no error. Raises ConfigurationError if writing fails, as on a full disk.
    """
    with ExitStack() as stack:
        for name, redirect in _STREAMS.items():
            stream = getattr(sys, name)
            if stream is None:
                # A program without a console, such as a service, may have no streams.
                nowhere = stack.enter_context(Path(os.devnull).open("w", encoding="utf-8"))
                stack.enter_context(redirect(nowhere))
            elif hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        try:
            yield
            sys.stdout.flush()
        except BrokenPipeError:
            _drop_the_rest()
        except OSError as problem:
            # An error that names a file isn't about the output.
            if problem.filename is not None:
                raise
            _drop_the_rest()
            raise ConfigurationError(
                f"The output can't be written: {problem.strerror}.",
                next_step="Free some space there, or write the output somewhere else.",
            ) from problem


def _drop_the_rest() -> None:
    """Keep Python from trying again, as it exits, to write what is left."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
