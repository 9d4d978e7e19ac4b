"""What IPython shows of an error of ours: the caller's own lines and the words, or all of it."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from itertools import takewhile
from types import TracebackType

# Those that a call may reach us by: httpx and requests ask a session to sign what they send.
_INNER = frozenset({"oauth_widgets", "httpx", "requests"})


def lines(problem: BaseException) -> list[str]:
    """Return the lines that IPython prints, in the mode that `%xmode` has chosen.

    While a cell fails they end with the caller's own line. `%tb`, which asks again later, gets
    every frame, as do `%debug` and whoever reads `__traceback__`: that stays as it is.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return traceback.format_exception(problem)
    frames = problem.__traceback__
    if sys.exc_info()[1] is problem:
        frames = _copied(takewhile(_is_the_callers, _each(frames)))
    shown: list[str] = shell.InteractiveTB.structured_traceback(type(problem), problem, frames)
    return shown


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
