"""How far a fetch of many pages has come, and a bar that shows it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from oauth_widgets.errors.kinds import check_flag

_UNSEEN = 1.0
_BETWEEN_LINES = 60.0


@dataclass(frozen=True)
class Progress:
    """How far a fetch has come: `pages` and `rows` so far, after `seconds`.

    `total_rows` is how many there will be, None if the API does not say. With `each`, `addresses`
    is how many of the `total_addresses` are done. `ended` is True once, at the end, whatever it
    was.
    """

    pages: int
    rows: int
    total_rows: int | None
    seconds: float
    ended: bool = False
    addresses: int = 0
    total_addresses: int | None = None


Report = Callable[[Progress], None]


def report_to(progress: bool | Report) -> Report | None:
    """Return what progress is reported to: True is a bar, False nothing."""
    if callable(progress):
        return progress
    return _Shown() if check_flag(progress, "progress") else None


class _Shown:
    """A bar in a notebook or a terminal, a few lines in a log; nothing for less than a second."""

    def __init__(self) -> None:
        self._way: Report | None = None

    def __call__(self, progress: Progress) -> None:
        if self._way is None:
            if progress.ended or progress.seconds < _UNSEEN:
                return
            from tqdm.auto import tqdm  # noqa: PLC0415 - only if it takes long

            self._way = _Lines() if _is_logged(tqdm) else _Bar(tqdm, progress)
        self._way(progress)
        if progress.ended:
            self._way = None


class _Bar:
    """tqdm's bar."""

    def __init__(self, tqdm: Any, progress: Progress) -> None:  # noqa: ANN401 - it has no types
        widget = _is_widget(tqdm)
        self._bar = tqdm(
            total=progress.total_rows,
            unit=" rows",
            unit_scale=True,
            dynamic_ncols=True,
            # Kept from displaying itself, with nothing to name its output by.
            delay=1e-9 if widget else 0,
        )
        self._output: Any = None
        if widget:
            from IPython.display import DisplayHandle  # noqa: PLC0415 - there, since a notebook is

            self._bar.displayed = True
            self._output = DisplayHandle()  # type: ignore[no-untyped-call]
            self._output.display(self._bar.container)

    def __call__(self, progress: Progress) -> None:
        bar = self._bar
        if progress.total_rows not in (None, bar.total):
            # The one in a notebook takes a total in no other way.
            bar.reset(progress.total_rows)
        # The rows a second are those of the whole fetch, which began before there was a bar.
        bar.start_t = time.time() - progress.seconds
        bar.set_postfix_str(_pages(progress), refresh=False)
        bar.update(progress.rows - bar.n)
        if not progress.ended:
            bar.refresh()
            return
        bar.close()
        if self._output is not None:
            # A saved notebook holds this text: how it ended, not how it began.
            self._output.update(bar.container)


class _Lines:
    """A line at first, one a minute, and one at the end: a log is read afterwards."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, progress: Progress) -> None:
        if progress.seconds < self._next and not progress.ended:
            return
        from tqdm.std import tqdm  # noqa: PLC0415 - loaded before this is made

        self._next = progress.seconds + _BETWEEN_LINES
        line = tqdm.format_meter(
            progress.rows,
            progress.total_rows,
            progress.seconds,
            unit=" rows",
            unit_scale=True,
            postfix=_pages(progress),
        )
        sys.stderr.write(f"{line}\n")
        sys.stderr.flush()


def _is_widget(tqdm: type) -> bool:
    return any(base.__module__ == "tqdm.notebook" for base in tqdm.__mro__)


def _is_logged(tqdm: type) -> bool:
    """Whether the bar would be text, and no one sees it move."""
    text = any(base.__module__ == "tqdm.std" for base in tqdm.__mro__) and not _is_widget(tqdm)
    return text and not sys.stderr.isatty()


def _pages(progress: Progress) -> str:
    if progress.total_addresses is not None:
        return f"{progress.addresses} of {progress.total_addresses} addresses"
    return "1 page" if progress.pages == 1 else f"{progress.pages} pages"
