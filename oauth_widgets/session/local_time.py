"""Moments as a person's clock shows them, the same in every output."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime


def local_time(moment: datetime) -> str:
    """Return an aware `moment` in this machine's time zone, to the second, with the zone's name."""
    # A server may name a moment so far away that another zone has no date for it.
    with suppress(OverflowError, ValueError):
        moment = moment.astimezone()
    return f"{moment:%Y-%m-%d %H:%M:%S %Z}"
