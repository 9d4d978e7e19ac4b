"""What IPython shows of an error of ours: the caller's own lines and the words, or all of it."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from types import TracebackType
from typing import Any

# Those that a call may reach us by: httpx and requests ask a session to sign what they send.
_INNER = frozenset({"oauth_widgets", "httpx", "requests"})


def lines(problem: BaseException) -> list[str]:
    """Return the lines that IPython prints, in the mode that `%xmode` has chosen.

    While a cell fails they end with the caller's own line, and nothing of what a server said is
    among them: notebooks are saved, and its words may name a person. `%tb`, which asks again later,
    gets every frame and word, as do `%debug` and whoever reads `__traceback__` and `__cause__`.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return traceback.format_exception(problem)
    if sys.exc_info()[1] is not problem:
        return _rendered(shell, problem, problem.__traceback__)
    frames = _copied(takewhile(_is_the_callers, _each(problem.__traceback__)))
    with _fit_to_be_saved(problem):
        return _rendered(shell, problem, frames)


def _rendered(shell: Any, problem: BaseException, frames: TracebackType | None) -> list[str]:  # noqa: ANN401
    shown: list[str] = shell.InteractiveTB.structured_traceback(type(problem), problem, frames)
    return shown


@contextmanager
def _fit_to_be_saved(problem: Any) -> Iterator[None]:  # noqa: ANN401 - OAuthError is above
    """Have `problem` say what is fit to be saved, and have no cause, for as long as this lasts.

    What the caller was handling is the caller's own and stays.
    """
    kept = problem.message, problem.next_step, problem.__cause__, problem.__suppress_context__
    if problem.server_words:
        problem.message = problem.own_words
        problem.next_step += " %tb shows what the server said about it."
    if problem.__cause__ is not None:
        problem.__cause__ = None
    try:
        yield
    finally:
        problem.message, problem.next_step, problem.__cause__, problem.__suppress_context__ = kept


def _each(frames: TracebackType | None) -> Iterator[TracebackType]:
    while frames is not None:
        yield frames
        frames = frames.tb_next


def _is_the_callers(one: TracebackType) -> bool:
    return str(one.tb_frame.f_globals.get("__name__")).partition(".")[0] not in _INNER


def _copied(frames: Iterator[TracebackType]) -> TracebackType | None:
    copy = None
    for one in reversed(list(frames)):
        copy = TracebackType(copy, one.tb_frame, one.tb_lasti, one.tb_lineno)
    return copy
