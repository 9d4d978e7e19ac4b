"""A short answer never becomes a huge table: what formats leave out is counted first."""

from __future__ import annotations

import json
from typing import Any

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import AnswerTooLarge, UnexpectedAnswer
from oauth_widgets.frames.columns import Columns
from oauth_widgets.frames.decode import Decoder
from oauth_widgets.frames.plan import MAX_BYTES

NAMES = [f"n{number}" for number in range(10_000)]
AXIS = {"category": {"index": NAMES[:100]}}
SPREAD: dict[str, Any] = {
    "a sparse cube": {
        "version": "2.0",
        "id": NAMES[:10],
        "size": [100] * 10,
        "dimension": dict.fromkeys(NAMES[:10], AXIS),
        "value": {"7": 1},
    },
    "a cube of many axes": {
        "version": "2.0",
        "id": NAMES,
        "size": [1] * 9_999 + [5_000],
        "dimension": {
            **{key: {"category": {"index": ["a"]}} for key in NAMES[:-1]},
            NAMES[-1]: {"category": {"index": NAMES[:5_000]}},
        },
        "value": [1] * 5_000,
    },
    "series of many dimensions": {
        "structure": {
            "dimensions": {
                "series": [{"id": name, "values": [{"id": "a"}]} for name in NAMES],
                "observation": [{"id": "t", "values": [{"id": "a"}] * 5_000}],
            }
        },
        "dataSets": [
            {
                "series": {
                    ":".join("0" * len(NAMES)): {
                        "observations": {str(at): [1] for at in range(5_000)}
                    }
                }
            }
        ],
    },
    "a sheet of empty rows": {
        "range": "a",
        "majorDimension": "ROWS",
        "values": [NAMES, *[[]] * 9_999],
    },
    "a sheet of empty columns": {
        "range": "a",
        "majorDimension": "COLUMNS",
        "values": [NAMES, *[[]] * 99_999],
    },
    "variables that are not bound": {
        "head": {"vars": NAMES},
        "results": {"bindings": [{}] * 10_000},
    },
    "empty rows": [NAMES, *[[]] * 9_999],
    "a long name above many": [{"a" * 200_000: dict.fromkeys(NAMES, 1)}],
}


@pytest.mark.parametrize("answer", SPREAD)
def test_a_short_answer_that_would_fill_the_memory_is_refused(answer: str) -> None:
    body = json.dumps(SPREAD[answer]).encode()
    assert len(body) < 2**20
    response = Response(200, {"content-type": "application/json"}, body, "https://api.example/rows")
    with pytest.raises(AnswerTooLarge, match="more than max_bytes allows"):
        Columns().grown(Decoder(None, ruled=False).decode(response, page=1).page)


def sheet(values: Any, dimension: str = "COLUMNS") -> Response:
    body = json.dumps({"range": "a", "majorDimension": dimension, "values": values}).encode()
    return Response(200, {"content-type": "application/json"}, body, "https://api.example/rows")


def test_a_sheet_by_columns_is_held_to_the_callers_limit_and_its_page_is_named() -> None:
    named = [[f"n{number}", *[1] * (500 * (number == 0))] for number in range(500)]
    whole = Decoder(None, ruled=False).decode(sheet(named), page=2).page
    assert (whole.rows, len(whole.arrays)) == (500, 500)
    for columns in (named, [["n0", "a"], *[[]] * 99_999]):
        with pytest.raises(AnswerTooLarge, match=r"Page 2 .*allows \(3\.0 MiB\)"):
            Decoder(None, ruled=False, max_bytes=3 * 2**20).decode(sheet(columns), page=2)
    few = Decoder(None, ruled=False, max_bytes=3 * 2**20).decode(sheet(named), page=2, rows=9).page
    assert few.rows == 9


@pytest.mark.parametrize("dimension", ["ROWS", "COLUMNS"])
def test_rows_without_names_are_refused_by_the_page_that_has_them(dimension: str) -> None:
    with pytest.raises(UnexpectedAnswer, match=r"Page 3 has rows at 'values'.*names"):
        Decoder(None, ruled=False).decode(sheet([["a", 1], ["a", 2]], dimension), page=3)


def test_a_page_whose_records_are_unclear_is_named_although_those_before_it_had_none() -> None:
    body = b'{"a": [{"n": 1}], "b": [{"n": 2}], "next": "/rows"}'
    decoder = Decoder(None, ruled=False)
    response = Response(200, {"content-type": "application/json"}, body, "https://api.example/rows")
    with pytest.raises(UnexpectedAnswer, match="Page 2 has several lists"):
        decoder.decode(response, page=2)


@pytest.mark.parametrize("dimension", ["ROWS", "COLUMNS"])
@pytest.mark.parametrize("values", [3, {"a": 1}, [1, 2], [{"a": 1}], [["a"], 3], [["a"], None]])
def test_what_only_looks_like_a_sheet_is_read_as_anything_else(values: Any, dimension: str) -> None:
    assert Decoder(None, ruled=False).decode(sheet(values, dimension), page=1).page.rows == 1


def test_a_limit_takes_some_records_of_a_huge_table() -> None:
    body = json.dumps(SPREAD["a sparse cube"]).encode()
    response = Response(200, {"content-type": "application/json"}, body, "https://api.example/rows")
    page = Decoder(None, ruled=False, max_bytes=MAX_BYTES).decode(response, page=1, rows=9).page
    assert page.arrays["value",].to_pylist() == [*[None] * 7, 1, None]


NARROW = 2**24
WIDE = [f"n{number}" for number in range(5_000)]
ONE_ROW = {
    "application/json": json.dumps([dict.fromkeys(WIDE, 1)]),
    "application/x-ndjson": json.dumps(dict.fromkeys(WIDE, 1)),
    "text/csv": ",".join(WIDE) + "\n" + ",".join("1" * len(WIDE)),
}


@pytest.mark.parametrize("kind", ONE_ROW)
def test_a_column_counts_for_what_it_takes_however_few_rows_it_has(kind: str) -> None:
    response = Response(200, {"content-type": kind}, ONE_ROW[kind].encode(), "https://api.example/")
    with pytest.raises(AnswerTooLarge, match="more than max_bytes allows"):
        Columns().grown(Decoder(None, ruled=False, max_bytes=NARROW).decode(response, page=1).page)
    page = Decoder(None, ruled=False).decode(response, page=1).page
    with pytest.raises(AnswerTooLarge, match="more than max_bytes allows"):
        Columns(NARROW).grown(page)


def test_lines_that_end_otherwise_are_counted_all_the_same() -> None:
    body = (
        b",".join(b"n%d" % number for number in range(100)) + b"\r" + (b"," * 99 + b"\r") * 20_000
    )
    response = Response(200, {"content-type": "text/csv"}, body, "https://api.example/rows")
    with pytest.raises(AnswerTooLarge, match="more than max_bytes allows"):
        Decoder(None, ruled=False, max_bytes=2**23).decode(response, page=1)


LISTS = [json.dumps([{"a": [one] * 50_000}]) for one in (1, [], {"b": 1})]


@pytest.mark.parametrize("body", LISTS)
def test_what_is_in_lists_counts_as_what_it_becomes(body: str) -> None:
    kind = {"content-type": "application/json"}
    response = Response(200, kind, body.encode(), "https://api.example/rows")
    page = Decoder(None, ruled=False).decode(response, page=1).page
    assert Columns(2**21).grown(page).rows == 1
    with pytest.raises(AnswerTooLarge, match="more than max_bytes allows"):
        Columns(2**21, boxed=True).grown(page)
