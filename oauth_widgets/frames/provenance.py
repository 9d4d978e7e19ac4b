"""The source of records: plain values that stay with them, none of them secret."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from oauth_widgets.frames.columns import Columns
from oauth_widgets.frames.for_pandas import noted_attrs
from oauth_widgets.frames.understood import Understood
from oauth_widgets.secret.quoting import Secrets, quoted

_REQUEST_IDS: tuple[str, ...] = (
    "x-request-id",
    "request-id",
    "x-correlation-id",
    "x-amzn-requestid",
)
_REQUEST_IDS += ("x-ms-request-id", "x-github-request-id")
# As the usual makers of ids write them; nothing as long as a token.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,99}")


@dataclass
class Provenance:
    """What a fetch notes of itself; `source` is the first page's address without its query."""

    source: str
    fetched_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    request_ids: list[str] = field(default_factory=list)
    understood: Understood = field(default_factory=Understood)

    def note(self, headers: Mapping[str, str], secrets: Secrets = ()) -> None:
        """Keep the id that the API gave its answer with a page, if that holds no secret."""
        found = next((headers[name] for name in _REQUEST_IDS if name in headers), "")
        if _ID.fullmatch(found) and quoted(found, secrets) == found:
            self.request_ids.append(found)

    def attrs(self, columns: Columns) -> dict[str, Any]:
        """Return it for `DataFrame.attrs`: what JSON can hold, and what compares to true or false.

        `columns` count the pages and rows.
        `records` names the place of the records, `paging` how the pages follow each other, and
        `left_out` names members that were around the records and are in no column.
        """
        attrs: dict[str, Any] = {
            "source": self.source,
            "fetched_at": self.fetched_at,
            "pages": columns.pages,
            "rows": columns.rows,
        }
        if self.request_ids:
            attrs["request_ids"] = list(self.request_ids)
        said = self.understood
        attrs |= {"records": said.records, "paging": said.paging} if said.records else {}
        if said.left_out:
            attrs["left_out"] = list(said.left_out)
        return attrs

    def metadata(self, columns: Columns) -> dict[bytes, bytes]:
        """Return it for an Arrow schema, where pandas looks for the attrs of a Parquet file."""
        return noted_attrs(self.attrs(columns))
