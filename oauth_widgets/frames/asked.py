"""What a caller asks to be fetched."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.frames.paging import Told
from oauth_widgets.frames.progress import Report

Kind = Literal["frame", "arrow", "parquet"]
Params = Mapping[str, Any]
Paging = str | Mapping[str, str]
Progressing = bool | Report


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
    timestamps: Iterable[str]
    progress: Progressing

    def __post_init__(self) -> None:
        if self.records is not None and not (isinstance(self.records, str) and self.records):
            raise ConfigurationError(f"records is a dotted path, not {self.records!r}.")
        # True is a number to Python
        if self.limit is not None and (type(self.limit) is not int or self.limit < 1):
            raise ConfigurationError(f"limit is a number of rows, 1 or more, not {self.limit!r}.")
        if isinstance(self.timestamps, str):
            raise ConfigurationError("timestamps is a list of columns, not one string.")


@dataclass(frozen=True)
class Asked:
    """All pages from `url` on, at most `limit` rows.

    `records` is the dotted path of the list in each answer, `way` how pages follow each other,
    None where that is to be found; `timestamps` names columns.
    """

    url: str
    records: str | None
    way: Told | None
    limit: int | None
    timestamps: tuple[str, ...]
