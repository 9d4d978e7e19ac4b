"""CSV and Parquet: answers that are tables already."""

from __future__ import annotations

import codecs
import csv
import re

import pyarrow as pa
import pyarrow.csv as pac

from oauth_widgets.errors import UnexpectedAnswer, foreign_text
from oauth_widgets.frames.columns import Page, Path, shared_column, whole
from oauth_widgets.frames.fast_json import page_of

_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_BETWEEN = ",;\t|"
_BUFFER = pa.BufferReader


def csv_page(body: bytes, content_type: str, *, page: int) -> Page:
    """Return the rows of CSV, every cell as its text; an empty one is null.

    The first line names the columns, and shows what stands between cells: a comma, semicolon, tab
    or bar. Raises UnexpectedAnswer.
    """
    text = _text(body, content_type, page).strip("\r\n")
    if not text:
        return Page(0, text=True)
    between = max(_BETWEEN, key=text.partition("\n")[0].count)
    try:
        names = next(csv.reader(text.splitlines(keepends=True), delimiter=between, strict=True))
        body = f"{text}\n".encode()
        table = pac.read_csv(
            _BUFFER(body),
            pac.ReadOptions(use_threads=False, block_size=len(body) + 1),
            pac.ParseOptions(delimiter=between, newlines_in_values=True),
            pac.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )
    except (csv.Error, pa.ArrowInvalid):
        raise UnexpectedAnswer(f"Page {page} is not proper CSV.") from None
    for name in table.column_names:
        if table.column_names.count(name) > 1:
            raise shared_column(name)
    arrays: dict[Path, pa.Array] = {(name,): whole(table[name]) for name in table.column_names}
    return Page(table.num_rows, arrays, text=True)


def parquet_page(body: bytes, *, page: int) -> Page:
    """Return the rows of a Parquet file, nested objects taken apart. Raises UnexpectedAnswer."""
    import pyarrow.parquet as paq  # noqa: PLC0415 - heavy, and rarely needed

    try:
        table = paq.read_table(_BUFFER(body))
        fields = list(table.schema)
        arrays = [whole(table.column(at)) for at in range(len(fields))]
        records = pa.StructArray.from_arrays(arrays, fields=fields) if fields else None
    except (pa.ArrowException, OSError):
        raise UnexpectedAnswer(f"Page {page} is not a proper Parquet file.") from None
    return page_of(records, table.num_rows)


def _text(body: bytes, content_type: str, page: int) -> str:
    said = _CHARSET.search(content_type)
    charset = said[1] if said else "utf-8"
    for mark, marked in _MARKS.items():
        if body.startswith(mark):
            charset = marked
    try:
        return body.decode(charset)
    except LookupError:
        problem = f"says that its text is in {foreign_text(charset)}, which is unknown"
    except UnicodeDecodeError:
        problem = f"has text that is not in {foreign_text(charset)}"
        problem += ", which it says it is" if said else ", and it does not say what else"
    raise UnexpectedAnswer(
        f"Page {page} {problem}.",
        next_step="Read it with pandas and name its encoding: "
        "pd.read_csv(io.BytesIO(session.http().get(…).content), encoding=…).",
    )
