"""An answer of an API becomes a page of records, by its content type."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa

from oauth_widgets._net.address import origin
from oauth_widgets._net.message import NO_CONTENT, Response
from oauth_widgets._net.unpacking import GZIP, unpacked
from oauth_widgets.errors import UnexpectedAnswer, foreign_text
from oauth_widgets.frames import fast_json, slow_json
from oauth_widgets.frames.body import check_graphql
from oauth_widgets.frames.columns import Page
from oauth_widgets.frames.edges import nodes_of
from oauth_widgets.frames.envelope import (
    Answer,
    Rows,
    is_plain_list,
    rows_at,
    rows_of_values,
    value_at,
)
from oauth_widgets.frames.finding import check_failed, find_records, left_out, list_paths
from oauth_widgets.frames.paging import is_linked
from oauth_widgets.frames.plan import MAX_BYTES
from oauth_widgets.frames.size import VALUE, check_size, most_of_a_page
from oauth_widgets.frames.tables import MALFORMED, Table, likely_table_in, table_in
from oauth_widgets.frames.tabular import csv_page
from oauth_widgets.frames.text import json_in_utf8
from oauth_widgets.frames.understood import ITSELF, records_in_words
from oauth_widgets.secret.names import shown_name
from oauth_widgets.secret.quoting import quoted

ACCEPT = (
    "application/json, application/x-ndjson;q=0.9, application/vnd.apache.parquet;q=0.8, "
    "text/csv;q=0.7, */*;q=0.1"
)

_LINES = "lines"
_SHORT = 24 * 2**10
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
    """The records of a page, and what was around them; `left_out` names members that are no more.

    There are so many `rows`, and `made` makes columns of them when they are needed. `path` leads
    to the list of records, "" if there is none around them. A `table` was no list of objects.
    `records` says in words where they were, and `objects` whether they are a list of objects.
    """

    rows: int
    made: Callable[[], Page]
    outline: Mapping[str, Any] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    path: str | None = None
    table: bool = False
    records: str = ITSELF
    objects: bool = False

    @cached_property
    def page(self) -> Page:
        """The records as columns. Raises UnexpectedAnswer or AnswerTooLarge."""
        return self.made()

    def last(self, name: str) -> Any:  # noqa: ANN401 - any JSON
        """Return what the last record has under a dotted name, None if it has nothing."""
        return self.page.last(name)


def _made(page: Page) -> tuple[int, Callable[[], Page]]:
    return page.rows, lambda: page


class Decoder:
    """Reads the answers of one fetch in order, on one thread: each is helped by those before it.

    `records` is the dotted path of the list of records, `ruled` whether the caller said how pages
    follow each other, `graphql` whether they answer a query of GraphQL. A page takes at most
    `max_bytes` in memory, a quarter of it as an answer.
    """

    def __init__(
        self,
        records: str | None,
        *,
        ruled: bool,
        max_bytes: int = MAX_BYTES,
        graphql: bool = False,
    ) -> None:
        self._graphql = graphql
        self._records = records
        self._ruled = ruled
        self._path = records
        self._table = False
        self._objects = False
        self._max_bytes = max_bytes
        self._fast = fast_json.FastJson(max_bytes)

    def copy(self) -> Decoder:
        """Return one that has learnt the same, and learns more apart from this one."""
        other = copy.copy(self)
        other._fast = copy.copy(self._fast)  # noqa: SLF001 - one of the same class
        return other

    @property
    def learnt(self) -> tuple[str | None, bool, bool]:
        """What it has learnt of where the records are, for `learn`."""
        return self._path, self._table, self._objects

    def learn(self, path: str | None, table: bool, objects: bool) -> None:
        """Take over what another one has learnt of the same API."""
        self._path = self._path if path is None else path
        self._table, self._objects = table, objects

    def keep(self, decoded: Decoded) -> None:
        """Look for the next page's records at the place of this one's, which was taken in."""
        self._path = decoded.path if self._path is None else self._path
        self._table = decoded.table
        self._objects = self._objects or decoded.objects

    def decode(self, response: Response, *, page: int, rows: int | None = None) -> Decoded:
        """Return the records of an answer, which may be a gzip file: the first `rows` if given.

        Raises UnexpectedAnswer, which names page and reason, AnswerTooLarge or ServerUnreachable.
        """
        if response.status == NO_CONTENT:
            words = records_in_words("", table=False, single=False, empty=True)
            return Decoded(*_made(Page(0)), path=None, records=words)
        if response.body.startswith(GZIP):
            most = most_of_a_page(self._max_bytes)
            body = unpacked(response.body, origin(response.url), most)
            response = replace(response, body=body)
        kind = _kind(response)
        said = response.headers.get("content-type", "")
        if kind in {"json", _LINES}:
            body = json_in_utf8(response.body, said, page=page)
            if body is not response.body:
                response = replace(response, body=body)
        if kind == "json":
            return self._json(response, page, rows)
        if self._records is not None:
            raise UnexpectedAnswer(
                f"Page {page} is not JSON, so there is nothing at {shown_name(self._records)}."
            )
        most = self._max_bytes
        if kind == _LINES:
            return Decoded(*self._page(self._lines(response, page, rows), page, rows))
        if kind == "csv":
            read = csv_page(
                response.body,
                said,
                page=page,
                rows=rows,
                max_bytes=most,
                secrets=response.hidden,
            )
            return Decoded(*_made(read))
        if kind == "parquet":
            from oauth_widgets.frames.parquet import parquet_page  # noqa: PLC0415 - heavy

            read = parquet_page(
                response.body, page=page, rows=rows, max_bytes=most, secrets=response.hidden
            )
            return Decoded(*_made(read))
        shown = quoted(response.media_type, response.hidden) or "an unnamed type"
        raise UnexpectedAnswer(
            f"Page {page} is {shown}, not JSON, CSV or Parquet.",
            next_step="Check the address: this may be a web page, such as a sign-in "
            "page. Fetch other formats with session.http().",
        )

    def _lines(self, response: Response, page: int, rows: int | None) -> Rows:
        body = response.body
        some = body if rows is None else _first_lines(body, rows)
        found = self._fast.lines(some)
        if found is not None and (len(some) == len(body) or found.count == rows):
            return found
        if len(some) < len(body) and (whole := self._fast.lines(body)):
            # Records of several lines each.
            return whole
        return slow_json.lines(some, page=page, max_bytes=self._max_bytes, secrets=response.hidden)

    def _json(self, response: Response, page: int, rows: int | None) -> Decoded:
        body, path = response.body, self._path
        # Arrow's reader hands each page to a thread, which takes longer than reading a short one.
        short = len(body) <= _SHORT and slow_json.size(body) <= self._max_bytes
        answer = None if short else self._fast.answer(body)
        if answer is None:
            answer = slow_json.answer(
                body, page=page, max_bytes=self._max_bytes, secrets=response.hidden
            )
        outline = answer.outline
        if self._graphql:
            check_graphql(outline, response.hidden)
        table = self._table_at(path, outline)
        if table is not None:
            return self._of_table(table, outline, page, rows)
        if isinstance(outline, Mapping):
            return self._object(answer, response, page, rows)
        if path:
            # Says that there is no such member.
            rows_at(outline, path, page=page)
        if outline == []:
            return Decoded(*_made(Page(0)), path="")
        objects = isinstance(outline, Rows)
        if is_plain_list(outline) and not self._objects:
            outline = rows_of_values(outline, "value")
        if not isinstance(outline, Rows):
            raise UnexpectedAnswer(f"Page {page} has no list of records.")
        return Decoded(*self._page(outline, page, rows), path="", objects=objects)

    def _object(self, answer: Answer, response: Response, page: int, rows: int | None) -> Decoded:
        """Read an answer that is an object: an envelope, or a record itself."""
        outline, path = answer.outline, self._path
        if path is None:
            paged = self._ruled or is_linked(outline, response.headers, response.url)
            found = find_records(outline, paged=paged, url=response.url, page=page)
            path = found.path
            if found.empty:
                check_failed(outline, response.url)
                words = records_in_words("", table=False, single=False, empty=True)
                return Decoded(*_made(Page(0)), outline, path=None, records=words)
            table = None if path else likely_table_in(outline)
            if table is not None:
                return self._of_table(table, outline, page, rows)
            if found.problem is not None:
                raise found.problem
        if not path and self._objects:
            check_failed(outline, response.url)
            raise UnexpectedAnswer(
                f"Page {page} is an object, but the pages before it are lists of records."
            )
        if not path:
            # A record itself: its members say nothing of pages.
            words = records_in_words("", table=False, single=True, empty=False)
            return Decoded(*self._page(answer.whole, page, rows), path=path, records=words)
        # After pages of objects, plain values are something else.
        records = rows_at(outline, path, page=page, lists=list_paths, plain=not self._objects)
        if not records.count:
            check_failed(outline, response.url)
        objects = isinstance(value_at(outline, path), Rows)
        words = records_in_words(path, table=False, single=False, empty=False)
        left = tuple(left_out(outline, path)) if page == 1 else ()
        nodes = nodes_of(records) if path.rpartition(".")[2] == "edges" else None
        if nodes is not None:
            (records, cursors), words = nodes, f"the nodes of {foreign_text(path)}"
            left += (f"{foreign_text(path)}.cursor",) if cursors and page == 1 else ()
        made = self._page(records, page, rows)
        return Decoded(*made, outline, left, path, records=words, objects=objects)

    def _table_at(self, path: str | None, outline: Any) -> Table | None:  # noqa: ANN401
        """Return the table that an answer is, unless its records are elsewhere."""
        if path is None or self._table:
            return table_in(outline) or (
                likely_table_in(outline) if self._table and isinstance(outline, Mapping) else None
            )
        if path != self._records:
            return None
        table = table_in(outline)
        if table is None and isinstance(outline, Mapping):
            at = value_at(outline, path)
            table = likely_table_in(outline) if isinstance(at, list) and at else None
        return table if table is not None and table.path == path else None

    def _of_table(self, table: Table, outline: Any, page: int, rows: int | None) -> Decoded:  # noqa: ANN401
        some = table.rows if rows is None else min(rows, table.rows)
        empty = table.made * some // max(table.rows, 1)
        check_size(empty * VALUE, self._max_bytes, page=page)
        if table.unnamed:
            raise UnexpectedAnswer(
                f"Page {page} has rows{(f' at {table.path!r}' if table.path else '')} that are "
                "lists, but nothing names their columns.",
                next_step="Fetch the answer with session.http() and name the columns yourself: "
                "pandas.DataFrame(rows, columns=[…]).",
            )
        try:
            records = list(islice(table.records, rows))
        except MALFORMED:
            raise UnexpectedAnswer(
                f"Page {page} has a table whose parts don't fit together.",
                next_step="Look at the answer with session.http().",
            ) from None
        made = slow_json.page_of(records, page=page, max_bytes=self._max_bytes)
        if not records:
            made = Page(0, {(name,): pa.nulls(0) for name in table.names})
        around = outline if isinstance(outline, Mapping) else table.around
        words = records_in_words(table.path, table=True, single=False, empty=False)
        return Decoded(*_made(made), around, (), table.path, table=True, records=words)

    def _page(
        self, found: Rows | None, page: int, rows: int | None
    ) -> tuple[int, Callable[[], Page]]:
        if found is None or found.holds is None:
            return _made(Page(0))
        count = found.count if rows is None else min(rows, found.count)
        records = found.holds if count == found.count else found.holds[:count]
        if isinstance(records, list):
            return count, partial(slow_json.page_of, records, page=page, max_bytes=self._max_bytes)
        return count, partial(fast_json.page_of, records, count)


def _first_lines(body: bytes, rows: int) -> bytes:
    """Return the first lines of a text, as many as are not blank as `rows` says."""
    end = 0
    while rows and 0 <= end < len(body):
        start, end = end, body.find(b"\n", end) + 1
        rows -= bool(body[start : end or None].strip())
        end = end or len(body)
    return body[:end]


def _kind(response: Response) -> str | None:
    if response.is_json:
        return "json"
    if response.media_type in _UNSAID or not response.media_type:
        if response.body.startswith(b"PAR1"):
            return "parquet"
        path = urlsplit(response.url).path.lower().removesuffix(".gz")
        return next((kind for ending, kind in _ENDINGS.items() if path.endswith(ending)), None)
    return _KINDS.get(response.media_type)
