"""What a caller asks to be fetched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.frames.progress import Report
from oauth_widgets.frames.rules import PagingRule

Kind = Literal["frame", "arrow", "parquet"]
Params = Mapping[str, Any]
Paging = str | Mapping[str, str]
Progressing = bool | Report
Timestamps = Iterable[str] | Mapping[str, str]

MAX_BYTES = 2**30
"""Bytes that records may take in memory, where the caller does not say: 1 GiB."""

UNITS = ("s", "ms", "us", "ns")
"""What numbers of a column of times may count since 1970, as pandas names it."""


@dataclass(frozen=True)
class Wanted:
    """The options as they are given; Reading describes them.

    Raises ConfigurationError for what cannot be meant.
    """

    url_or_path: str
    params: Params | None
    records: str | None
    paging: Paging | None
    limit: int | None
    timestamps: Timestamps
    max_bytes: int
    progress: Progressing

    def __post_init__(self) -> None:
        if self.records is not None and not (isinstance(self.records, str) and self.records):
            raise ConfigurationError(f"records is a dotted path, not {self.records!r}.")
        # True is a number to Python
        if self.limit is not None and (type(self.limit) is not int or self.limit < 1):
            raise ConfigurationError(f"limit is a number of rows, 1 or more, not {self.limit!r}.")
        if type(self.max_bytes) is not int or self.max_bytes < 1:
            raise ConfigurationError(
                f"max_bytes is a number of bytes, 1 or more, not {self.max_bytes!r}.",
                next_step=f"Write it as max_bytes={MAX_BYTES}.",
            )


@dataclass(frozen=True)
class Asked:
    """All pages from `url` on, at most `limit` rows.

    `records` is the dotted path of the list in each answer, `way` how pages follow each other,
    None where that is to be found; `timestamps` has the unit of each column of times, None for
    text. The records take at most `max_bytes` in memory.
    """

    url: str
    records: str | None
    way: PagingRule | None
    limit: int | None
    timestamps: Mapping[str, str | None]
    max_bytes: int


def units(timestamps: Timestamps) -> dict[str, str | None]:
    """Return the unit of each column of times, None where it is text.

    Raises ConfigurationError for what is neither a list of columns nor a unit for each.
    """
    if isinstance(timestamps, str | bytes) or not isinstance(timestamps, Iterable):
        raise ConfigurationError(
            f"timestamps is a list of columns, not {timestamps!r}.",
            next_step='Write it as timestamps=["created"], or {"created": "s"} for seconds.',
        )
    found = dict(timestamps) if isinstance(timestamps, Mapping) else dict.fromkeys(timestamps)
    for name, unit in found.items():
        if not isinstance(name, str):
            raise ConfigurationError(
                f"timestamps names the column {name!r}, and columns are named by text."
            )
        if unit not in UNITS and (unit is not None or isinstance(timestamps, Mapping)):
            raise ConfigurationError(
                f"timestamps gives {name!r} the unit {unit!r}, which is none.",
                next_step='Use "s", "ms", "us" or "ns", or list columns of text: '
                f"timestamps=[{name!r}].",
            )
    return found
