"""A warning, while a fetch runs, that the sign-in will end before it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from oauth_widgets.errors import SignInEndsWarning
from oauth_widgets.frames.progress import Progress, Report
from oauth_widgets.frames.understood import warn_about

_EARLIEST = 1.0
"""Seconds of a fetch after which the rest can be estimated."""

_SOON = timedelta(minutes=10)
"""How near the end is when it is worth saying, if no one knows how long the fetch takes."""


def outlasting(report: Report | None, ends: Callable[[], datetime | None], place: str) -> Report:
    """Return a report that warns once if the fetch will take longer than the sign-in lasts.

    `ends` says when that ends, None if it can be refreshed.
    """
    first: Progress | None = None
    warned = False

    def reported(progress: Progress) -> None:
        nonlocal first, warned
        if report is not None:
            report(progress)
        first = first or progress
        until = None if warned or progress.ended else ends()
        if until is None or progress.seconds < _EARLIEST:
            return
        left = _left(first, progress)
        if datetime.now(UTC) + (_SOON if left is None else left) > until:
            warned = True
            warn_about([_words(until, left, place)], SignInEndsWarning)

    return reported


def _left(first: Progress, progress: Progress) -> timedelta | None:
    """Return how long the rest takes, at the pace so far; None if that isn't known."""
    done, whole = progress.rows - first.rows, progress.total_rows
    if progress.total_addresses is not None:
        done, whole = progress.addresses - first.addresses, progress.total_addresses
        have = progress.addresses
    else:
        have = progress.rows
    if whole is None or done <= 0:
        return None
    spent = progress.seconds - first.seconds
    return timedelta(seconds=min(spent * (whole - have) / done, 10**9))


def _words(until: datetime, left: timedelta | None, place: str) -> str:
    takes = "how much longer this will take is unknown"
    if left is not None:
        minutes = max(round(left.total_seconds() / 60), 1)
        more = "1 more minute" if minutes == 1 else f"{minutes} more minutes"
        takes = f"this will take about {more}"
    return (
        f"The sign-in expires at {until:%Y-%m-%d %H:%M} UTC and can't be refreshed; {takes}. "
        f"Everything fetched before that is safe in {place}. Sign in again and repeat the call."
    )
