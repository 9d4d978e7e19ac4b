"""An answer of an API becomes a page of records, by its content type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from oauth_widgets._http import GZIP, unpacked
from oauth_widgets.errors import UnexpectedAnswer, foreign_text
from oauth_widgets.frames import fast_json, slow_json
from oauth_widgets.frames.columns import Page
from oauth_widgets.frames.envelope import Rows, left_out, path_in, rows_at
from oauth_widgets.frames.paging import is_linked
from oauth_widgets.frames.tabular import csv_page, parquet_page
from oauth_widgets.protocol.address import origin
from oauth_widgets.protocol.message import Response
from oauth_widgets.resource import MAX_PAGE

ACCEPT = (
    "application/json, application/x-ndjson;q=0.9, application/vnd.apache.parquet;q=0.8, "
    "text/csv;q=0.7, */*;q=0.1"
)

_LINES = "lines"
_KINDS = {
    "application/json": "json",
    "text/json": "json",
    "application/x-ndjson": _LINES,
    "application/ndjson": _LINES,
    "application/jsonl": _LINES,
    "application/x-jsonlines": _LINES,
    "application/jsonlines": _LINES,
    "text/csv": "csv",
    "application/csv": "csv",
    "text/tab-separated-values": "csv",
    "application/vnd.apache.parquet": "parquet",
    "application/x-parquet": "parquet",
    "application/parquet": "parquet",
}
_ENDINGS = {".json": "json", ".ndjson": _LINES, ".jsonl": _LINES, ".csv": "csv", ".tsv": "csv"}
_ENDINGS[".parquet"] = "parquet"
_UNSAID = frozenset({"application/octet-stream", "binary/octet-stream", "text/plain"})
_UNSAID |= {"application/gzip", "application/x-gzip"}


@dataclass(frozen=True)
class Decoded:
    """A page of records, and what stood around them; `left_out` names members that are no more."""

    page: Page
    outline: Mapping[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


class Decoder:
    """Reads the answers of one fetch in order, on one thread: each is helped by those before it.

    `records` is the dotted path of the list of records, `told` whether the caller said how pages
    follow each other.
    """

    def __init__(self, records: str | None, *, told: bool) -> None:
        self._records = records
        self._told = told
        self._path = records
        self._fast = fast_json.FastJson()

    def decode(self, response: Response, *, page: int) -> Decoded:
        """Return the records of an answer, which may be a gzip file.

        Raises UnexpectedAnswer, which names page and reason, AnswerTooLarge or ServerUnreachable.
        """
        if response.body.startswith(GZIP):
            body = unpacked(response.body, origin(response.url), MAX_PAGE)
            response = replace(response, body=body)
        kind = _kind(response)
        if kind == "json":
            return self._json(response, page)
        if self._records is not None:
            raise UnexpectedAnswer(f"Page {page} is no JSON, so nothing is at {self._records!r}.")
        if kind == _LINES:
            rows = self._fast.lines(response.body) or slow_json.lines(response.body, page=page)
            return Decoded(self._page(rows, page))
        if kind == "csv":
            said = response.headers.get("content-type", "")
            return Decoded(csv_page(response.body, said, page=page))
        if kind == "parquet":
            return Decoded(parquet_page(response.body, page=page))
        shown = foreign_text(response.media_type) or "an unnamed type"
        raise UnexpectedAnswer(
            f"Page {page} is {shown}, not JSON, CSV or Parquet.",
            next_step="Check the address: what is for people to read, a sign-in page among it, is "
            "no data. Other formats can be fetched with session.http().",
        )

    def _json(self, response: Response, page: int) -> Decoded:
        body = response.body
        answer = self._fast.answer(body) or slow_json.answer(body, page=page)
        outline = answer.outline
        left: tuple[str, ...] = ()
        if isinstance(outline, Mapping):
            if self._path is None:
                linked = self._told or is_linked(outline, response.headers, response.url)
                self._path = path_in(outline, linked=linked)
                left = tuple(left_out(outline, self._path)) if self._path else ()
            if not self._path:
                # a record itself: what is in it says nothing of pages
                return Decoded(self._page(answer.whole, page))
            rows = rows_at(outline, self._path, page=page)
            return Decoded(self._page(rows, page), outline, left)
        if self._path:
            # says that there is no such member
            rows_at(outline, self._path, page=page)
        self._path = ""
        if outline == []:
            return Decoded(Page(0))
        if not isinstance(outline, Rows):
            raise UnexpectedAnswer(f"Page {page} holds no list of records.")
        return Decoded(self._page(outline, page))

    def _page(self, rows: Rows | None, page: int) -> Page:
        if rows is None or rows.holds is None:
            return Page(0)
        if isinstance(rows.holds, list):
            return slow_json.page_of(rows.holds, page=page)
        return fast_json.page_of(rows.holds, rows.count)


def _kind(response: Response) -> str | None:
    if response.is_json:
        return "json"
    if response.media_type in _UNSAID or not response.media_type:
        if response.body.startswith(b"PAR1"):
            return "parquet"
        path = urlsplit(response.url).path.lower().removesuffix(".gz")
        return next((kind for ending, kind in _ENDINGS.items() if path.endswith(ending)), None)
    return _KINDS.get(response.media_type)
