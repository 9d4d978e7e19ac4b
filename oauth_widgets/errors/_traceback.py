"""What IPython shows of an error of ours: the caller's own lines and the words, or all of it."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import takewhile
from types import TracebackType
from typing import Any

# Modules that may call us: httpx and requests ask a session to sign what they send.
_INNER = frozenset({"oauth_widgets", "httpx", "requests"})
# A cause that is set suppresses the context, so the latter comes after it.
_SHOWN = ("message", "next_step", "__cause__", "__suppress_context__", "__traceback__")


def lines(problem: BaseException) -> list[str]:
    """Return the lines that IPython prints, in the mode that `%xmode` has chosen.

    While a cell fails they end with the caller's own line and contain none of the server's words,
    since notebooks are saved, and these may name a person. `%tb`, which asks again later, gets
    every frame and word, as do `%debug` and readers of `__traceback__` and `__cause__`.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None:
        return traceback.format_exception(problem)
    if sys.exc_info()[1] is not problem:
        return _rendered(shell, problem, problem.__traceback__)
    frames = _the_callers(problem)
    with _fit_to_be_saved(problem):
        return _rendered(shell, problem, frames)


def _rendered(shell: Any, problem: BaseException, frames: TracebackType | None) -> list[str]:  # noqa: ANN401
    lines: list[str] = shell.InteractiveTB.structured_traceback(type(problem), problem, frames)
    return lines


@contextmanager
def _fit_to_be_saved(problem: BaseException) -> Iterator[None]:
    """Reduce `problem` for a while to words that may be saved, without a cause.

    An exception that the caller was handling stays. If it is one of ours, it is reduced too.
    """
    with ExitStack() as restored:
        for link in _chain(problem):
            if hasattr(link, "own_words"):
                restored.callback(_restore, link, {name: getattr(link, name) for name in _SHOWN})
                _reduce(link)
                if link is not problem:
                    link.__traceback__ = _the_callers(link)
        yield


def _restore(problem: BaseException, members: dict[str, Any]) -> None:
    for name, value in members.items():
        setattr(problem, name, value)


def _reduce(problem: Any) -> None:  # noqa: ANN401 - OAuthError is above
    if problem.server_words:
        problem.message = problem.own_words
        problem.next_step += " %tb shows what the server said about it."
    if problem.__cause__ is not None:
        problem.__cause__ = None


def _chain(problem: BaseException | None) -> list[BaseException]:
    found: list[BaseException] = []
    while problem is not None and problem not in found:
        found.append(problem)
        problem = problem.__cause__ or problem.__context__
    return found


def _the_callers(problem: BaseException) -> TracebackType | None:
    return _copied(takewhile(_is_the_callers, _each(problem.__traceback__)))


def _each(frames: TracebackType | None) -> Iterator[TracebackType]:
    while frames is not None:
        yield frames
        frames = frames.tb_next


def _is_the_callers(frame: TracebackType) -> bool:
    return str(frame.tb_frame.f_globals.get("__name__")).partition(".")[0] not in _INNER


def _copied(frames: Iterator[TracebackType]) -> TracebackType | None:
    copy = None
    for frame in reversed(list(frames)):
        copy = TracebackType(copy, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return copy
