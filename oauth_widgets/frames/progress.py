"""How far a fetch of many pages has come, and a bar that shows it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_UNSEEN = 1.0


@dataclass(frozen=True)
class Progress:
    """How far a fetch has come: `pages` and `rows` so far, after `seconds`.

    `total_rows` is how many there will be, None where the API does not say. `ended` is True once,
    at the end, whatever it was.
    """

    pages: int
    rows: int
    total_rows: int | None
    seconds: float
    ended: bool = False


Report = Callable[[Progress], None]


def report_to(progress: bool | Report) -> Report | None:
    """Return what is to be told of progress: True is a bar, False nobody."""
    if callable(progress):
        return progress
    return _Bar() if progress else None


class _Bar:
    """tqdm's bar, in a notebook or a terminal; not shown for what takes less than a second."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __call__(self, progress: Progress) -> None:
        if self._bar is None:
            if progress.ended or progress.seconds < _UNSEEN:
                return
            from tqdm.auto import tqdm  # noqa: PLC0415 - only where it takes long

            self._bar = tqdm(
                total=progress.total_rows,
                initial=progress.rows,
                unit=" rows",
                unit_scale=True,
                dynamic_ncols=True,
            )
        bar = self._bar
        if progress.total_rows not in (None, bar.total):
            # the one in a notebook takes a total in no other way
            bar.reset(progress.total_rows)
        pages = "1 page" if progress.pages == 1 else f"{progress.pages} pages"
        bar.set_postfix_str(pages, refresh=False)
        bar.update(progress.rows - bar.n)
        if progress.ended:
            bar.close()
            self._bar = None
        else:
            bar.refresh()
