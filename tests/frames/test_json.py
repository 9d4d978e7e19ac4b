"""The fast way and the slow way through JSON give the same columns, values and types."""

from __future__ import annotations

import json
import math
from contextlib import nullcontext
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import event, given
from hypothesis import strategies as st

from oauth_widgets import errors
from oauth_widgets._net.message import Response
from oauth_widgets.frames import fast_json, slow_json
from oauth_widgets.frames.columns import Columns, Page
from oauth_widgets.frames.decode import Decoder
from oauth_widgets.frames.plan import MAX_BYTES
from oauth_widgets.frames.widening import Mixed

NAMES = st.sampled_from(["id", "a", "b", "n.m", "", "æ"])
TIMES = st.sampled_from(
    [
        *("2026-01-01T00:00:00Z", "2026-01-01", "2026-01-01 10:00:00", "2026-01-01T00:00:00.123Z"),
        *("2026-01-01T00:00:00+02:00", "12:30:00", "2026"),
    ]
)
NUMBERS = (
    st.integers(-5, 5)
    | st.integers(-(2**64), 2**65)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from([2**53, 2**53 + 1, 2**63 - 1, 2**63, 2**64 - 1, -0.0, 1e15, 1e16])
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=4) | TIMES
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.lists(st.dictionaries(NAMES, VALUES, max_size=4), min_size=1, max_size=5)
# of one kind each, so that the fast way is taken
EVEN = st.lists(
    st.fixed_dictionaries(
        {"id": st.integers(0, 9)},
        optional={
            "at": TIMES | st.none(),
            "x": st.floats(-1e9, 1e9) | st.none(),
            "o": st.fixed_dictionaries({}, optional={"s": TEXT, "l": st.lists(TIMES, max_size=2)}),
            "l": st.lists(st.fixed_dictionaries({}, optional={"k": TEXT, "v": st.integers(0, 9)})),
            "b": st.booleans(),
        },
    ),
    min_size=1,
    max_size=6,
)


def read(pages: list[list[Any]], *, slowly: bool) -> tuple[Columns, list[Page], int]:
    """Return pages as they are read, and how many of them the fast way took."""
    decoder, columns, found, fast = Decoder(None, ruled=False), Columns(), [], 0
    quick = fast_json.FastJson()
    for at, records in enumerate(pages):
        body = json.dumps(records, ensure_ascii=False).encode()
        fast += quick.answer(body) is not None
        if slowly:
            answer = slow_json.answer(body, page=at + 1, max_bytes=MAX_BYTES)
            page = slow_json.page_of(answer.outline.holds, page=at + 1, max_bytes=MAX_BYTES)
        else:
            kind = {"content-type": "application/json"}
            page = decoder.decode(Response(200, kind, body, "https://a/b"), page=at + 1).page
        columns = columns.grown(page)
        found.append(page)
    return columns, found, fast


def outcome(pages: list[list[Any]], *, slowly: bool) -> Any:
    try:
        columns, found, _ = read(pages, slowly=slowly)
        table = columns.table(found)
    except errors.UnexpectedAnswer as problem:
        return str(problem)
    mixed = [path for path, kind in columns.types.items() if isinstance(kind, Mixed)]
    return table.schema, [repr(row) for row in table.to_pylist()], mixed


@given(st.lists(RECORDS, min_size=1, max_size=3))
def test_any_records_are_the_same_both_ways(pages: list[list[Any]]) -> None:
    quick, slow = outcome(pages, slowly=False), outcome(pages, slowly=True)
    assert quick == slow


@given(st.lists(EVEN, min_size=1, max_size=4))
def test_records_of_one_shape_are_the_same_both_ways_and_read_fast(pages: list[list[Any]]) -> None:
    assert outcome(pages, slowly=False) == outcome(pages, slowly=True)
    assert read(pages, slowly=False)[2] == len(pages)


def leaves(record: dict[str, Any], above: str = "") -> dict[str, Any]:
    """Return what a record holds by dotted names, in the plainest way there is."""
    found: dict[str, Any] = {}
    for name, value in record.items():
        found |= (
            leaves(value, f"{above}{name}.") if isinstance(value, dict) else {above + name: value}
        )
    return found


def same(found: Any, written: Any) -> bool:
    """Whether a value is what was written; members that no object had are null in all others."""
    if isinstance(written, dict):
        return all(same(value, written.get(name)) for name, value in found.items())
    if isinstance(written, list):
        return len(found) == len(written) and all(map(same, found, written))
    if isinstance(written, float) and isinstance(found, float):
        return math.isclose(found, written, rel_tol=0)
    return (
        type(found) is bool and found is written if isinstance(written, bool) else found == written
    )


@given(st.lists(RECORDS, min_size=1, max_size=3))
def test_every_value_is_in_its_column_as_it_was_written(pages: list[list[Any]]) -> None:
    try:
        columns, found, _ = read(pages, slowly=False)
    except errors.UnexpectedAnswer as problem:
        event(problem.message.partition("'")[0])
        return
    table = columns.table(found)
    mixed = {".".join(path) for path, kind in columns.types.items() if isinstance(kind, Mixed)}
    written = [leaves(record) for page in pages for record in page]
    if table.num_columns:
        for row, leaf in zip(table.to_pylist(), written, strict=True):
            for name, found_there in row.items():
                decoded = name in mixed and found_there is not None
                value = json.loads(found_there) if decoded else found_there
                assert same(value, leaf.pop(name, None)), name
            # A member that is null in one record and an object in another has the object's columns.
            assert set(leaf.values()) <= {None}


AWKWARD = {
    "null": b"null",
    "null between": b'{"a": 1} null {"a": 2}',
    "null before": b'null\n{"a": 1}\n',
    "null below": b'{"a": 1}\nnull\n',
    "null behind": b'[{"a": 1}]null',
    "number": b"42",
    "text": b'"tomorrow"',
    "nulls": b"[null, null]",
    "null in the list": b'[{"a": 1}, null]',
    "lists of nulls": b'[{"a": [null, null]}, {"a": [null]}]',
    "null after a mark": b"\xef\xbb\xbfnull",
    "two": b'[{"a": 1}][{"a": 2}]',
    "smuggled": b'[{"a": 1}], "list2": [{"a": 2}]',
    "twice": b'[{"a": 1}], "list": [{"a": 2}]',
    "deep lists": b'[{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}]",
    "deep objects": b"[" + b'{"a": ' * 100_000 + b"1" + b"}" * 100_000 + b"]",
    "deep under cover": b"[" + b'{"}": ' * 100_000 + b"1" + b"}" * 100_000 + b"]",
    "deep under escapes": b"[" + b'{"\\"}": ' * 100_000 + b"1" + b"}" * 100_000 + b"]",
    "cut": b'[{"a": 1}, {"a"',
    "NaN": b'[{"a": NaN}]',
    "NaN among others": b'[{"a": 1.5}, {"a": NaN}]',
    "infinity": b'[{"a": -Infinity}]',
    "control": b'[{"a": "\x01"}]',
    "bytes": b'[{"a": "\xff"}]',
    "half": rb'[{"a": "\ud800"}]',
    "half a name": rb'[{"\ud800": 1}]',
    "huge": b'[{"a": 1e400}]',
    "comma": b'[{"a": 1},]',
    "empty": b"",
    "blank": b"  \n",
}


@pytest.mark.parametrize("lines", [False, True], ids=["page", "lines"])
@pytest.mark.parametrize("name", AWKWARD)
def test_what_is_no_list_of_records_is_refused_or_read_and_never_ends_the_kernel(
    name: str, lines: bool
) -> None:
    kind = {"content-type": "application/x-ndjson" if lines else "application/json"}
    response = Response(200, kind, AWKWARD[name], "https://api.example/")
    readable = {"empty", "blank"} if lines else {"lists of nulls", "huge"}
    refused = pytest.raises(errors.UnexpectedAnswer, match=r"^Page 3 ")
    with nullcontext() if name in readable else refused:
        Decoder(None, ruled=False).decode(response, page=3)


def test_a_page_in_another_encoding_of_unicode_is_read() -> None:
    body = json.dumps([{"a": "æ", "b": 1}]).encode("utf-16")
    response = Response(200, {"content-type": "application/json"}, body, "https://api.example/")
    page = Decoder(None, ruled=False).decode(response, page=1).page
    assert {path: array.to_pylist() for path, array in page.arrays.items()} == {
        ("a",): ["æ"],
        ("b",): [1],
    }


def test_times_in_the_text_of_later_pages_are_text_from_their_first_reading_on() -> None:
    quick = fast_json.FastJson()
    for _ in range(2):
        answer = quick.answer(b'[{"at": "2026-01-01T00:00:00Z", "o": {"l": ["2026-01-01"]}}]')
        assert answer is not None
        assert pa.types.is_string(answer.outline.holds.type.field("at").type)
        assert answer.outline.holds.to_pylist() == [
            {"at": "2026-01-01T00:00:00Z", "o": {"l": ["2026-01-01"]}}
        ]


@pytest.mark.parametrize("number", ["1e400", "-1.5E+309", "1" * 310 + ".5"])
@pytest.mark.parametrize("rows", [1, 3000])
def test_a_number_that_no_double_can_be_is_kept_as_it_is_written(number: str, rows: int) -> None:
    rest = "".join(f', {{"a": {row}, "b": "0123456789"}}' for row in range(rows))
    body = f'[{{"a": {number}}}{rest}]'.encode()
    response = Response(200, {"content-type": "application/json"}, body, "https://api.example/rows")
    page = Decoder(None, ruled=False).decode(response, page=1).page
    assert page.arrays["a",].to_pylist()[:2] == [f'"{number}"', "0"]
