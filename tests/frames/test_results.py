"""Pages become frames, tables and files: dtypes, times and their source."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as paq
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.frames import results
from oauth_widgets.frames.provenance import Provenance
from tests.helpers.mint import Mint
from tests.helpers.rigged import answer, as_json
from tests.helpers.twins import both

TEXT = pd.Series(["a"]).dtype


def chain(mint: Mint, *pages: Any) -> ow.Session:
    """Have the API give `pages` at /api/0, /api/1 and so on."""
    for number, page in enumerate(pages):
        more = f"/api/{number + 1}" if number + 1 < len(pages) else None
        mint.pages[f"/api/{number}"] = as_json({"items": page, "next": more})
    return mint.session()


RECORDS = [
    {"i": 1, "f": 1.5, "s": "x", "b": True, "l": ["a"], "o": [{"k": 1}], "n": None, "m": 1},
    {"i": None, "f": None, "s": None, "b": None, "l": None, "o": None, "n": None, "m": "one"},
]
DTYPES = {
    None: ["float64", "float64", TEXT, "object", "object", "object", "object", "object"],
    "numpy_nullable": ["Int64", "Float64", "string", "boolean", *["object"] * 4],
    "pyarrow": [
        *("int64[pyarrow]", "double[pyarrow]", "string[pyarrow]", "bool[pyarrow]"),
        *("list<item: string>[pyarrow]", "list<item: struct<k: int64>>[pyarrow]"),
        *("null[pyarrow]", "object"),
    ],
}


@both
@pytest.mark.parametrize("backend", DTYPES)
def test_the_dtypes_are_those_of_pandas_own_readers(call: Any, backend: Any, mint: Mint) -> None:
    frame = call(chain(mint, RECORDS[:1], RECORDS[1:]), "frame", "/0", dtype_backend=backend)
    assert list(frame.columns) == list("ifsblonm")
    wanted = DTYPES[backend]
    assert [str(one) for one in frame.dtypes] == [str(one) for one in wanted]
    assert frame["m"].tolist() == [1, "one"]
    assert frame["i"].isna().tolist() == [False, True]
    assert frame.index.equals(pd.RangeIndex(2))
    if backend != "pyarrow":
        assert frame["l"][0] == ["a"]
        assert frame["o"][0] == [{"k": 1}]


def test_lists_are_pythons_own_with_what_is_in_them(mint: Mint) -> None:
    lists = [[1, 2], [], None, [None], [3]]
    frame = chain(mint, [{"l": one} for one in lists[:3]], [{"l": one} for one in lists[3:]])
    assert frame.frame("/0")["l"].tolist() == lists


def test_a_dtype_backend_that_pandas_does_not_know_is_refused(mint: Mint) -> None:
    with pytest.raises(errors.ConfigurationError, match="dtype_backend"):
        mint.session().frame("/0", dtype_backend="polars")  # type: ignore[arg-type]
    assert mint.asked("/") == []


def test_whole_numbers_too_large_for_floats_stay_what_they_are(mint: Mint) -> None:
    big = 2**60 + 1
    frame = chain(mint, [{"a": big, "b": big, "c": big}], [{"a": None, "b": 1, "c": 0.5}]).frame(
        "/0"
    )
    assert frame["a"].tolist() == [big, None]
    assert frame["b"].tolist() == [big, 1]
    assert frame["b"].dtype == np.int64
    assert frame["c"].tolist() == [big, 0.5]


def test_shapes_that_change_from_page_to_page_are_widened(mint: Mint) -> None:
    pages: list[list[Any]] = [
        [{"i": 1, "u": 1, "l": [], "o": [{"a": 1}], "g": None, "s": 5}],
        [{"i": 1.5, "u": 2**63, "l": ["x"], "o": [{"b": "z"}], "g": {"h": 1}, "new": True}],
        [{"i": 2, "l": None, "o": [], "s": "five"}],
    ]
    table = chain(mint, *pages).arrow("/0")
    assert table.to_pydict() == {
        "i": [1.0, 1.5, 2.0],
        "u": [1, 2**63, None],
        "l": [[], ["x"], None],
        "o": [[{"a": 1, "b": None}], [{"a": None, "b": "z"}], []],
        "s": ["5", None, '"five"'],
        "g.h": [None, 1, None],
        "new": [None, True, None],
    }
    assert table.schema.field("u").type == pa.uint64()


def test_records_without_members_are_rows_without_columns(mint: Mint) -> None:
    assert chain(mint, [{}, {}], [{}]).frame("/0").shape == (3, 0)
    assert chain(mint, [{}, {}], [{"a": 1}]).frame("/0")["a"].isna().tolist() == [True, True, False]


@both
@pytest.mark.parametrize(
    ("texts", "dtype"),
    [
        (["2026-01-01T00:00:00Z", None, "2026-01-01T01:00:00+01:00"], "datetime64[us, UTC]"),
        (["2026-01-01T00:00:00.123Z", "2026-01-01T00:00:00.5Z"], "datetime64[us, UTC]"),
        (["2026-01-01T00:00:00", "2026-01-01"], "datetime64[us]"),
        (["2026-01-01T00:00:00.123456789Z"], "datetime64[ns, UTC]"),
    ],
)
def test_times_are_read_on_request(call: Any, texts: Any, dtype: str, mint: Mint) -> None:
    session = chain(mint, [{"at": text} for text in texts])
    frame = call(session, "frame", "/0", timestamps=["at"])
    assert str(frame["at"].dtype) == dtype
    assert frame["at"][0].isoformat().startswith("2026-01-01T00:00:00")
    assert call(session, "frame", "/0")["at"].tolist()[0] == texts[0]


@both
def test_what_is_no_time_or_no_column_is_said_and_nothing_is_lost(call: Any, mint: Mint) -> None:
    session = chain(mint, [{"at": "2026-01-01"}, {"at": "soon"}])
    with pytest.raises(
        errors.UnexpectedAnswer, match="'at' has values that aren't times"
    ) as failed:
        call(session, "frame", "/0", timestamps=["at"])
    assert failed.value.partial["at"].tolist() == ["2026-01-01", "soon"]
    with pytest.raises(errors.ConfigurationError, match="no such column") as missing:
        call(session, "frame", "/0", timestamps=["when"])
    assert "at" in missing.value.next_step
    assert len(missing.value.partial) == 2


UNITS = {"s": 1_772_284_830, "ms": 1_772_284_830_500, "us": 1_772_284_830_500_250}
UNITS["ns"] = 1_772_284_830_500_250_125


def as_text(value: int) -> str:
    return str(value)


def with_a_fraction(value: int) -> float:
    return value + 0.0


@both
@pytest.mark.parametrize("form", [int, with_a_fraction, as_text])
@pytest.mark.parametrize("unit", UNITS)
def test_numbers_are_times_once_their_unit_is_told(
    call: Any, unit: str, form: Any, mint: Mint, tmp_path: Path
) -> None:
    session = chain(mint, [{"t": form(UNITS[unit])}], [{"t": None}])
    wanted = pd.to_datetime(UNITS[unit], unit=unit, utc=True)  # type: ignore[arg-type]
    near = pd.Timedelta(1, "us") if form is with_a_fraction else pd.Timedelta(0)
    frame = call(session, "frame", "/0", timestamps={"t": unit})
    kept = "ns" if unit == "ns" else "us"
    assert str(frame["t"].dtype) == f"datetime64[{kept}, UTC]"
    assert abs(frame["t"][0] - wanted) <= near
    assert frame["t"].isna().tolist() == [False, True]
    table = call(session, "arrow", "/0", timestamps={"t": unit})
    path = call(session, "to_parquet", "/0", tmp_path / "x.parquet", timestamps={"t": unit})
    assert table.schema.field("t").type == pa.timestamp(kept, "UTC")
    assert paq.read_table(path)["t"].to_pylist() == table["t"].to_pylist()


def test_parts_of_a_second_are_kept(mint: Mint) -> None:
    frame = chain(mint, [{"t": 1.5}, {"t": -0.25}]).frame("/0", timestamps={"t": "s"})
    assert [one.timestamp() for one in frame["t"]] == [1.5, -0.25]


@both
@pytest.mark.parametrize("value", [1_772_284_830, 1.5, 2**63])
def test_numbers_without_a_unit_are_refused_and_the_unit_is_shown(
    call: Any, value: Any, mint: Mint, tmp_path: Path
) -> None:
    session = chain(mint, [{"t": value}])
    for method, more in (("frame", ()), ("arrow", ()), ("to_parquet", (tmp_path / "x.parquet",))):
        with pytest.raises(errors.ConfigurationError, match="'t', which has numbers") as failed:
            call(session, method, "/0", *more, timestamps=["t"])
        assert "timestamps={'t': \"s\"}" in failed.value.next_step


@both
@pytest.mark.parametrize(
    ("values", "unit", "said"),
    [
        ([1_772_284_830_500], "s", "1772284830500"),
        ([1, "2026-01-01"], "s", "2026-01-01"),
        (["soon"], "ms", "soon"),
        ([1, "2"], "s", '"2"'),
        ([2**63], "ns", "9223372036854775808"),
        ([9.3e18], "ns", "9.3e"),
        ([-1e30], "s", "-1e"),
        ([True], "s", "bool"),
        ([[1]], "s", "list"),
    ],
)
def test_what_is_no_time_in_its_unit_is_named(
    call: Any, values: Any, unit: str, said: str, mint: Mint
) -> None:
    session = chain(mint, [{"t": value} for value in values])
    with pytest.raises(errors.UnexpectedAnswer, match=re.escape(said)) as failed:
        call(session, "frame", "/0", timestamps={"t": unit})
    assert failed.value.partial["t"].tolist() == values


@both
@pytest.mark.parametrize("asked", [["t", "u"], {"t": "s", "u": "ns"}])
@pytest.mark.parametrize("page", [[], [{"t": None, "u": None}]])
def test_where_nothing_came_columns_of_times_are_there_all_the_same(
    call: Any, page: Any, asked: Any, mint: Mint, tmp_path: Path
) -> None:
    session = chain(mint, page)
    frame = call(session, "frame", "/0", timestamps=asked)
    assert len(frame) == len(page)
    assert [dtype.kind for dtype in frame.dtypes] == ["M", "M"]
    table = call(session, "arrow", "/0", timestamps=asked)
    path = call(session, "to_parquet", "/0", tmp_path / "x.parquet", timestamps=asked)
    assert [str(one.type)[:9] for one in table.schema] == ["timestamp"] * 2
    assert paq.read_schema(path).names == ["t", "u"]


def test_attrs_say_where_the_data_came_from_and_survive(mint: Mint, tmp_path: Path) -> None:
    mint.pages["/api/x?phone=4790000000"] = as_json([{"n": 1}], x_request_id="abc-1")
    frame = mint.session().frame("/x", {"phone": "4790000000"})
    assert frame.attrs["source"] == f"{mint.api}/x"
    assert (frame.attrs["pages"], frame.attrs["rows"]) == (1, 1)
    assert frame.attrs["request_ids"] == ["abc-1"]
    assert "4790000000" not in json.dumps(frame.attrs)
    assert pd.concat([frame, frame]).attrs == frame.attrs
    frame.to_parquet(tmp_path / "by_pandas.parquet")
    assert pd.read_parquet(tmp_path / "by_pandas.parquet").attrs == frame.attrs


@pytest.mark.parametrize("said", ["access-1", "ACCESS%2D1", "YWNjZXNzLTE="])
def test_a_token_sent_back_as_an_id_reaches_neither_attrs_nor_a_file(
    mint: Mint, tmp_path: Path, said: str
) -> None:
    mint.pages["/api/x"] = as_json([{"n": 1}], x_request_id=said)
    session = mint.session()
    assert "request_ids" not in session.frame("/x").attrs
    assert "request_ids" not in str(session.arrow("/x").schema.metadata)
    file = session.to_parquet("/x", tmp_path / "x.parquet")
    assert b"request_ids" not in paq.read_schema(file).metadata[b"PANDAS_ATTRS"]


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("application/access-1", b"x"),
        ("text/csv", b"access-1,access-1\n1,2\n"),
        ("text/csv; charset=access-1", b"a\n1\n"),
        ("application/json", b'[{"access-1": 1, "access-1": 2}]'),
        ("application/x-ndjson", b'{"access-1": 1, "access-1": 2}\n'),
        ("application/json", b'[{"x": {"access-1": 1}, "x.access-1": 2}]'),
    ],
)
def test_what_an_api_repeats_of_the_token_is_blotted_out_of_errors(
    mint: Mint, kind: str, body: bytes
) -> None:
    mint.pages["/api/x"] = answer(body, kind=kind)
    with pytest.raises(errors.UnexpectedAnswer) as caught:
        mint.session().frame("/x")
    assert "access-1" not in str(caught.value).lower()


def test_what_is_as_long_as_a_token_is_no_request_id(mint: Mint) -> None:
    mint.pages["/api/x"] = as_json([], x_request_id="x" * 101)
    assert "request_ids" not in mint.session().frame("/x").attrs


@both
def test_a_table_has_the_same_records(call: Any, mint: Mint) -> None:
    session = chain(mint, RECORDS)
    table = call(session, "arrow", "/0")
    assert table.column("m").to_pylist() == ["1", '"one"']
    assert table.num_rows == 2
    assert json.loads(table.schema.metadata[b"PANDAS_ATTRS"])["rows"] == 2


@both
def test_a_file_has_the_same_records_in_bounded_row_groups(
    call: Any, mint: Mint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "ROW_GROUP", 2)
    pages = [[{"n": 1, "t": "2026-01-01T00:00:00Z"}], [{"n": 2.5, "o": [{}]}], [], [{"n": "x"}]]
    pages.append([{"m": None, "l": [None]}])
    session = chain(mint, *pages)
    path = tmp_path / "rows.parquet"
    assert call(session, "to_parquet", "/0", path, timestamps=["t"]) == path
    frame = pd.read_parquet(path)
    assert frame["n"].tolist()[:3] == ["1", "2.5", '"x"']
    assert frame["o"].dropna().tolist() == ["[{}]"]
    assert str(frame["t"].dtype) in {"datetime64[us, UTC]", "datetime64[ns, UTC]"}
    assert frame.attrs["pages"] == 5
    assert paq.read_metadata(path).num_row_groups == 2
    assert [file.name for file in tmp_path.iterdir()] == ["rows.parquet"]


@both
def test_no_rows_are_a_file_too(call: Any, mint: Mint, tmp_path: Path) -> None:
    path = call(chain(mint, []), "to_parquet", "/0", str(tmp_path / "none.parquet"))
    assert len(pd.read_parquet(path)) == 0


@both
def test_a_file_appears_whole_or_not_at_all(call: Any, mint: Mint, tmp_path: Path) -> None:
    session = chain(mint, [{"n": 1}], [{"n": 2}])
    good, mint.pages["/api/1"] = mint.pages["/api/1"], as_json({}, status=404)
    path = tmp_path / "rows.parquet"
    path.write_bytes(b"older text")
    with pytest.raises(errors.ResourceError) as failed:
        call(session, "to_parquet", "/0", path)
    assert failed.value.partial is None
    assert path.read_bytes() == b"older text"
    mint.pages["/api/1"] = good
    assert call(failed.value, "resume") == path
    assert pd.read_parquet(path)["n"].tolist() == [1, 2]
    assert [file.name for file in tmp_path.iterdir()] == ["rows.parquet"]
    assert len(mint.asked("/api/0")) == 1


@both
def test_a_place_that_cannot_be_written_is_said_before_anything_is_sent(
    call: Any, mint: Mint, tmp_path: Path
) -> None:
    with pytest.raises(errors.ConfigurationError, match="write a file at"):
        call(mint.session(), "to_parquet", "/0", tmp_path / "nowhere" / "rows.parquet")
    assert mint.asked("/") == []


@both
def test_a_file_that_cannot_take_its_place_is_said_and_can_be_tried_again(
    call: Any, mint: Mint, tmp_path: Path
) -> None:
    path = tmp_path / "taken"
    session = chain(mint, [{"n": 1}])
    first = mint.pages["/api/0"]

    def meanwhile() -> Iterator[bytes]:
        path.mkdir()
        yield first

    mint.pages["/api/0"] = meanwhile()
    with pytest.raises(errors.ConfigurationError, match="write a file at") as failed:
        call(session, "to_parquet", "/0", path)
    path.rmdir()
    assert call(failed.value, "resume") == path
    assert len(pd.read_parquet(path)) == 1
    assert len(mint.asked("/api/0")) == 1
    assert [file.name for file in tmp_path.iterdir()] == ["taken"]


@both
@pytest.mark.parametrize(
    "path", ["", "a\0b", 5, None, b"rows.parquet", "x" * 300, "/dev/null", ".", "/proc/x.parquet"]
)
def test_a_place_where_no_file_can_be_is_refused_before_anything_is_sent(
    call: Any, path: Any, mint: Mint
) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"path must be|write a file at"):
        call(mint.session(), "to_parquet", "/0", path)
    assert mint.asked("/") == []


FULL_DISK = """
import resource, signal, sys
from tests.bench.signed_in import signed_in
import oauth_widgets as ow
session = signed_in(sys.argv[1])
most = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), most))
try:
    session.to_parquet("/api/0", sys.argv[2], progress=False)
except ow.OAuthError as problem:
    print(type(problem).__name__, problem.message)
    resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    problem.resume()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows limits no file's size")
@pytest.mark.parametrize("room", [0, 5_000, 40_000, 100_000, 170_000])
def test_a_full_disk_is_said_and_no_row_is_lost(room: int, mint: Mint, tmp_path: Path) -> None:
    pages = [
        [{"n": page * 100 + at, "t": f"{page}" * 50} for at in range(100)] for page in range(20)
    ]
    chain(mint, *pages)
    mint.good = "a-token"
    path = tmp_path / "rows.parquet"
    ran = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", FULL_DISK, mint.origin, str(path), str(room)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    # the last has room enough for what waits, or not quite
    assert ran.stdout.startswith("ConfigurationError") or room > 100_000, ran.stdout
    assert "write a file at" in ran.stdout or not ran.stdout
    assert pd.read_parquet(path)["n"].tolist() == list(range(2000))
    assert [file.name for file in tmp_path.iterdir()] == ["rows.parquet"]


def test_a_file_is_written_under_a_name_that_nobody_can_foresee(
    mint: Mint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, seen = chain(mint, [{"n": 1}]), []
    replace = Path.replace

    def noted(path: Path, target: Path) -> Path:
        seen.append(path.name)
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", noted)
    for _ in range(2):
        session.to_parquet("/0", tmp_path / "x.parquet")
    assert len(set(seen)) == 2
    assert all(len(name) > 16 and "x.parquet" not in name for name in seen)
    # A link under that name is neither followed nor overwritten.
    other = tmp_path / "other"
    other.write_text("mine")
    (tmp_path / ".0000.part").symlink_to(other)
    monkeypatch.setattr(results.secrets, "token_hex", lambda _: "0000")
    with pytest.raises(errors.ConfigurationError, match="write a file at"):
        session.to_parquet("/0", tmp_path / "x.parquet")
    assert other.read_text() == "mine"


def test_what_an_api_repeats_of_the_token_is_no_request_id() -> None:
    provenance = Provenance("https://api.example/x")
    for said in ("access-1", "id-ACCESS-1-x", "YWNjZXNzLTE=", "acc", "x y", "<b>", "", "é"):
        provenance.note({"x-request-id": said}, secrets=("access-1",))
    provenance.note({"x-request-id": "4f1c-22:a/b"}, secrets=("access-1",))
    assert provenance.request_ids == ["acc", "4f1c-22:a/b"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": 0},
        {"limit": -1},
        {"limit": True},
        {"limit": 1.5},
        {"records": ""},
        {"records": 3},
        {"timestamps": "at"},
        {"timestamps": 5},
        {"timestamps": [5]},
        {"timestamps": {"at": "minutes"}},
        {"timestamps": {"at": None}},
        {"max_bytes": 0},
        {"max_bytes": True},
        {"max_bytes": 1e9},
    ],
)
def test_an_option_that_cannot_be_meant_is_refused_before_anything_is_sent(
    wrong: Any, mint: Mint
) -> None:
    with pytest.raises(errors.ConfigurationError, match=next(iter(wrong))):
        mint.session().frame("/x", **wrong)
    assert mint.asked("/") == []


@both
def test_records_are_taken_from_the_path_that_is_told(call: Any, mint: Mint) -> None:
    body = {"a": {"b": [{"n": 1}]}, "other": [{"m": 1}], "status": "fine"}
    mint.pages["/api/x"] = as_json(body)
    assert call(mint.session(), "frame", "/x", records="a.b")["n"].tolist() == [1]
    assert call(mint.session(), "frame", "/x", records="other")["m"].tolist() == [1]
    for path in ("a.c", "status", "a.b.n"):
        with pytest.raises(errors.UnexpectedAnswer, match="Page 1 has no list of records at"):
            call(mint.session(), "frame", "/x", records=path)
    mint.pages["/api/x"] = as_json([{"n": 1}])
    with pytest.raises(errors.UnexpectedAnswer, match="no list of records at 'a'"):
        call(mint.session(), "frame", "/x", records="a")


@pytest.mark.parametrize(
    "body",
    [
        {"data": {"items": [{"n": 1}], "next": None}},
        {"_embedded": {"things": [{"n": 1}]}, "_links": {}, "total": 1},
        {"d": {"results": [{"n": 1}]}},
        {"data": [{"n": 1}], "included": [{"x": 1}], "links": {"self": "/"}},
        {"content": [{"n": 1}], "pageable": {"sort": 1}, "number": 0, "totalElements": 1},
        {"kind": "list", "etag": "x", "items": [{"n": 1}]},
        {"schemas": ["x"], "totalResults": 1, "Resources": [{"n": 1}]},
        {"items": [{"n": 1}], "errors": [], "warnings": []},
    ],
)
def test_records_are_found_in_the_usual_wrappings(body: Any, mint: Mint) -> None:
    mint.pages["/api/x"] = as_json(body)
    assert mint.session().frame("/x").to_dict("records") == [{"n": 1}]


def test_what_has_no_type_in_common_is_kept_value_by_value(mint: Mint) -> None:
    pages: list[list[Any]] = [
        [{"m": 1, "n": -1, "o": [{"a": 1}], "l": [1]}, {"m": "x"}],
        [{"m": True, "n": 2**63, "o": [{"a": "x"}], "l": ["x"]}],
        [{"m": 0.5, "n": 1, "o": [], "l": None}],
    ]
    frame = chain(mint, *pages).frame("/0")
    assert frame["m"].tolist() == [1, "x", True, 0.5]
    assert frame["n"].tolist() == [-1, None, 2**63, 1]
    assert frame["o"].tolist() == [[{"a": 1}], None, [{"a": "x"}], []]
    assert frame["l"].tolist() == [[1], None, ["x"], None]
