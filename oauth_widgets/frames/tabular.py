"""CSV: rows of text, of which the first names the columns."""

from __future__ import annotations

import csv
import io
from contextlib import suppress

import pyarrow as pa
import pyarrow.csv as pac

from oauth_widgets.errors import UnexpectedAnswer
from oauth_widgets.frames.collecting import nothing_collected
from oauth_widgets.frames.columns import Page, Path, all_whole, check_names
from oauth_widgets.frames.meaning import meant
from oauth_widgets.frames.size import CELL, COLUMN, check_size
from oauth_widgets.frames.text import in_utf8
from oauth_widgets.secret.quoting import Secrets

_BETWEEN = ("\t", "|", ",", ";")
"""Separators, those that names hardly ever contain first."""
_BLOCK = 2**20
_NO_NAMES = ";header=absent"
"""What the content type says if the first line of CSV is a row (RFC 4180, section 3)."""


def csv_page(
    body: bytes,
    content_type: str,
    *,
    page: int,
    rows: int | None,
    max_bytes: int,
    secrets: Secrets = (),
) -> Page:
    """Return the rows of CSV, every cell as its text; an empty one is null.

    The first line names the columns, and shows the mark between cells: a comma, semicolon, tab
    or bar. No more than `rows` are read. Raises UnexpectedAnswer, or AnswerTooLarge
    if they take more than `max_bytes`.
    """
    if _NO_NAMES in "".join(content_type.lower().replace('"', "").split()):
        raise UnexpectedAnswer(
            f"Page {page} is CSV without column names (header=absent).",
            next_step="Fetch it with session.http(), and read it with pd.read_csv(…, header=None).",
        )
    body = in_utf8(body, content_type, page=page, secrets=secrets).strip(b"\r\n")
    if not body:
        return Page(0)
    tabs = "tab-separated" in content_type.lower()
    between = "\t" if tabs else _between(body)
    try:
        names = _header(body, between, strict=True)
        check_names(names, secrets)
        # Lines may end with either of them.
        ends = max(body.count(b"\n"), body.count(b"\r"))
        lines = ends if rows is None else min(rows, ends)
        cells = min(lines * len(names), body.count(between.encode()) + lines)
        check_size(cells * CELL + len(names) * COLUMN, max_bytes, page=page)
        table = _table(body + b"\n", names, between, rows)
    except (csv.Error, pa.ArrowInvalid):
        raise UnexpectedAnswer(f"Page {page} is not valid CSV.") from None
    with nothing_collected():
        paths: list[Path] = [(name,) for name in names]
        found = dict(zip(paths, meant(all_whole(table)), strict=True))
        arrays = {path: array for path, (array, _) in found.items()}
        kinds = {path: what for path, (_, what) in found.items()}
    return Page(table.num_rows, arrays, meant=kinds)


def _between(body: bytes) -> str:
    """Return the separator, judged by the first line, which is the same on every page.

    A separator within a name is in quotes, or a space follows it.
    """

    def likely(mark: str) -> tuple[int, int]:
        # With the wrong mark, a name may be longer than Python's reader takes.
        with suppress(csv.Error):
            _, *others = _header(body, mark, strict=False)
            return sum(not name.startswith(" ") for name in others), len(others)
        return 0, 0

    return max(_BETWEEN, key=likely)


def _header(body: bytes, between: str, *, strict: bool) -> list[str]:
    text = io.TextIOWrapper(io.BytesIO(body), encoding="utf-8", newline="")
    return next(csv.reader(text, delimiter=between, strict=strict))


def _table(body: bytes, names: list[str], between: str, rows: int | None) -> pa.Table:
    if rows is None:
        return pac.read_csv(pa.BufferReader(body), *_options(names, between, len(body) + 1))
    batches, read = [], 0
    try:
        options = _options(names, between, min(len(body) + 1, _BLOCK))
        with pac.open_csv(pa.BufferReader(body), *options) as reader:
            for batch in reader:
                batches.append(batch.slice(0, rows - read))
                read += batches[-1].num_rows
                if read >= rows:
                    break
            return pa.Table.from_batches(batches, reader.schema)
    except pa.ArrowInvalid:
        if len(body) < _BLOCK:
            raise
        # A row may be longer than what is read at once.
        return _table(body, names, between, None).slice(0, rows)


def _options(
    names: list[str], between: str, block: int
) -> tuple[pac.ReadOptions, pac.ParseOptions, pac.ConvertOptions]:
    return (
        pac.ReadOptions(
            use_threads=False, block_size=block, column_names=names, skip_rows_after_names=1
        ),
        pac.ParseOptions(delimiter=between, newlines_in_values=True),
        pac.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
        ),
    )
