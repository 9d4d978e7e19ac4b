"""What was understood of an API's answers, in words that a person can check."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from oauth_widgets.errors import MaybeIncompleteWarning, foreign_text
from oauth_widgets.secret.quoting import Secrets, without

_PACKAGE = str(Path(__file__).parents[1])
ITSELF = "the answer itself is the list of records"


@dataclass(frozen=True)
class Understood:
    """The place of the records, how the pages follow each other, and what is in no column.

    `total` is how many rows there are, if the API says it.
    """

    records: str = ""
    paging: str = ""
    total: int | None = None
    left_out: tuple[str, ...] = ()

    def without(self, secrets: Secrets) -> Understood:
        """Return the same with secrets blotted out, which an API may have as names."""
        records, paging = (without(one, secrets) for one in (self.records, self.paging))
        left_out = tuple(without(one, secrets) for one in self.left_out)
        return Understood(records, paging, self.total, left_out)


def records_in_words(path: str | None, *, table: bool, single: bool, empty: bool) -> str:
    """Return the place of the records of an answer."""
    if single:
        return "the answer is one record"
    if empty:
        return "the answer has no records, and no list of them"
    if table:
        return f"the table at {foreign_text(path)}" if path else "the rows of the answer"
    return f"the list at {foreign_text(path)}" if path else ITSELF


def warn_about(doubts: Iterable[str], category: type[UserWarning] = MaybeIncompleteWarning) -> None:
    """Warn at the caller's own line of each reason why rows may be missing."""
    level, frame = 1, sys._getframe()  # noqa: SLF001 - Python 3.12 has skip_file_prefixes for it
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        level, frame = level + 1, frame.f_back
    for doubt in doubts:
        warnings.warn(doubt, category, stacklevel=level)
