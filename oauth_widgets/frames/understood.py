"""What was understood of an API's answers, in words that a person can check."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Understood:
    """Where the records were, how the pages follow each other, and what is in no column.

    `total` is how many rows there are, if the API says it.
    """

    records: str = ""
    paging: str = ""
    total: int | None = None
    left_out: tuple[str, ...] = ()
