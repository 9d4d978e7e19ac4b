"""CSV, lines of JSON and Parquet, as they come from an API."""

from __future__ import annotations

import codecs
import gzip
import io
import json
import tracemalloc
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as paq
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.mint import Mint
from tests.helpers.people import session_of
from tests.helpers.rigged import answer, zipped
from tests.helpers.twins import both


def served(mint: Mint, body: bytes, kind: str, path: str = "/x") -> ow.Session:
    mint.pages[f"/api{path}"] = answer(body, kind=kind)
    return mint.session()


@pytest.mark.parametrize(
    ("service", "paging"), [("events", "none"), ("cells", "none"), ("cells", "link")]
)
def test_every_format_gives_the_same_rows(service: str, paging: str) -> None:
    session = session_of("alice", "openid phone events.read cells.read")
    as_json, as_lines, as_csv = (
        session.frame(f"/{service}", {"format": form, "paging": paging}, progress=False)
        for form in ("json", "ndjson", "csv")
    )
    pd.testing.assert_frame_equal(as_lines, as_json)
    assert list(as_csv) == list(as_json)
    if service == "cells":
        # a list in one cell is its text
        assert as_csv["bands"].map(json.loads).tolist() == as_json["bands"].tolist()
        as_csv, as_json = as_csv.drop(columns="bands"), as_json.drop(columns="bands")
    pd.testing.assert_frame_equal(as_csv.astype(as_json.dtypes.to_dict()), as_json)


@both
@pytest.mark.parametrize("kind", ["application/x-ndjson", "application/jsonl"])
def test_lines_of_json_are_read(call: Any, kind: str, mint: Mint) -> None:
    body = b'{"a": {"b": 1}}\n\n{"a": {"b": 2.5}, "c": "x"}\r\n'
    frame = call(served(mint, body, kind), "frame", "/x")
    assert frame["c"].isna().tolist() == [True, False]
    assert frame["a.b"].tolist() == [1.0, 2.5]


def test_lines_that_arrow_cannot_read_are_read_all_the_same(mint: Mint) -> None:
    body = b'{"a": 1}\n{"a": "x"}\n'
    assert served(mint, body, "application/x-ndjson").frame("/x")["a"].tolist() == [1, "x"]


TEXT = "id,navn,tall\n1,blåbær,1.5\n2,,2\n"


@both
@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (TEXT.encode(), "text/csv"),
        (TEXT.encode(), "text/csv; charset=utf-8; header=present"),
        (codecs.BOM_UTF8 + TEXT.encode(), "text/csv"),
        (TEXT.encode("utf-16"), "text/csv"),
        (TEXT.encode("latin-1"), 'text/csv; charset="ISO-8859-1"'),
        (TEXT.encode("cp1252"), "application/csv; charset=windows-1252"),
        (TEXT.replace(",", ";").encode(), "text/csv"),
        (TEXT.replace(",", "\t").encode(), "text/tab-separated-values"),
        (TEXT.replace("\n", "\r\n").encode(), "text/csv"),
        (TEXT.strip().encode(), "text/csv"),
    ],
)
def test_csv_is_read_in_its_encoding_and_with_its_delimiter(
    call: Any, body: bytes, kind: str, mint: Mint
) -> None:
    frame = call(served(mint, body, kind), "frame", "/x")
    assert frame["id"].tolist() == [1, 2]
    assert frame["navn"][0] == "blåbær"
    assert frame["navn"].isna()[1]
    assert frame["tall"].tolist() == [1.5, 2.0]


@pytest.mark.parametrize(
    ("body", "kind", "names"),
    [
        ("Datum;Betrag, netto;Steuer, 19%\nx;1,5;0,3\n", "text/csv", 3),
        ("a;b, c;d, e\n", "text/csv", 3),
        ("lat;lon,id\n1.5;2.5,7\n", "text/csv", 2),
        ("f;g\tb c\nx\ty\n", "text/csv", 2),
        ("a,b,c\td\n1\t2\n", "text/tab-separated-values", 2),
        ("a,b\n1,x; y\n", "text/csv", 2),
        ("a;b\n\n1;x, y\n", "text/csv", 2),
        ('5" (inch),name\n1,2\n', "text/csv", 2),
    ],
)
def test_the_mark_between_cells_is_not_one_in_a_name(
    body: str, kind: str, names: int, mint: Mint
) -> None:
    assert len(served(mint, body.encode(), kind).frame("/x").columns) == names


@pytest.mark.parametrize(
    ("header", "names"),
    [
        ('"a,b,c";d', ["a,b,c", "d"]),
        ('"a;b;c",d', ["a;b;c", "d"]),
        ('"a\n;;b",d', ["a\n;;b", "d"]),
        ('"a "";"";"" b",d', ['a ";";" b', "d"]),
    ],
)
def test_a_mark_in_a_quoted_name_separates_nothing(
    header: str, names: list[str], mint: Mint
) -> None:
    between = header[-2]
    session = served(mint, f"{header}\n1{between}2\n".encode(), "text/csv", "/x")
    assert session.frame("/x").columns.tolist() == names


def test_what_only_looks_like_a_number_keeps_its_letters(mint: Mint) -> None:
    body = b'code,phone,big,bool,text,huge\n007,+4790,12345678901234567,true,"a\nb",1\n'
    body += b'1,4790,1,false,"a,b",12345678901234567890\n'
    frame = served(mint, body, "text/csv").frame("/x")
    assert frame["code"].tolist() == ["007", "1"]
    assert frame["phone"].tolist() == ["+4790", "4790"]
    assert frame["big"].tolist() == [12345678901234567, 1]
    assert frame["bool"].tolist() == [True, False]
    assert frame["text"].tolist() == ["a\nb", "a,b"]
    assert frame["huge"].tolist() == ["1", "12345678901234567890"]


def test_pages_of_csv_have_one_type_a_column(mint: Mint) -> None:
    first = b"a,b,c,d,e\n1,1,1,true,12345678901234567\n"
    second = b"a,b,c,d,e\n1.50,x,,1,0.5\n"
    mint.pages["/api/x"] = answer(first, kind="text/csv", link="</api/y>; rel=next")
    mint.pages["/api/y"] = answer(second, kind="text/csv")
    frame = mint.session().frame("/x")
    assert frame["a"].tolist() == [1.0, 1.5]
    assert frame["b"].tolist() == ["1", "x"]
    assert frame["c"].tolist()[0] == 1
    assert frame["d"].tolist() == ["true", "1"]
    assert frame["e"].tolist() == ["12345678901234567", "0.5"]


@pytest.mark.parametrize("body", [b"", b"\n\n"])
def test_empty_csv_is_an_empty_frame(body: bytes, mint: Mint) -> None:
    assert len(served(mint, body, "text/csv").frame("/x")) == 0


@both
@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (TEXT.encode("latin-1"), "text/csv", "not in utf-8, and it names no other encoding"),
        (TEXT.encode("latin-1"), "text/csv; charset=utf-8", "not in utf-8, although it says it is"),
        (TEXT.encode(), "text/csv; charset=klingon", "klingon, an unknown encoding"),
        (b"a,b\n1\n", "text/csv", "not valid CSV"),
        (b'a,"b\n1,2\n', "text/csv", "not valid CSV"),
        (b"a,a\n1,2\n", "text/csv", "share the column 'a'"),
        (b"PAR1", "application/vnd.apache.parquet", "not a valid Parquet file"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused_with_the_reason(
    call: Any, body: bytes, kind: str, said: str, mint: Mint
) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match=said):
        call(served(mint, body, kind), "frame", "/x")


def parquet() -> bytes:
    table = pa.table(
        {"n": [1, 2], "at": pa.array([0, 1], pa.timestamp("ms")), "o": [{"k": 1}, None]}
    )
    file = io.BytesIO()
    paq.write_table(table, file, row_group_size=1)
    return file.getvalue()


@both
@pytest.mark.parametrize(
    ("kind", "path"),
    [("application/vnd.apache.parquet", "/x"), ("application/octet-stream", "/x.parquet")],
)
def test_parquet_is_read(call: Any, kind: str, path: str, mint: Mint) -> None:
    frame = call(served(mint, parquet(), kind, path), "frame", path)
    assert list(frame.columns) == ["n", "at", "o.k"]
    assert frame["n"].tolist() == [1, 2]
    assert frame["at"].dtype.kind == "M"
    assert frame["o.k"].tolist()[0] == 1


@pytest.mark.parametrize(
    ("path", "body"),
    [("/x.csv", b"n\n1\n"), ("/x.ndjson", b'{"n": 1}\n'), ("/x.json", b'[{"n": 1}]')],
)
def test_a_file_without_a_type_is_known_by_its_name(path: str, body: bytes, mint: Mint) -> None:
    assert served(mint, body, "text/plain", path).frame(path)["n"].tolist() == [1]


def test_a_path_of_records_needs_json(mint: Mint) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match="is not JSON"):
        served(mint, TEXT.encode(), "text/csv").frame("/x", records="a")


def test_an_api_is_told_which_formats_are_read(mint: Mint) -> None:
    mint.session().frame("/x")
    (sent,) = mint.asked("/api")
    accepted = sent.headers["accept"].split(", ")
    assert accepted[0] == "application/json"
    assert {one.partition(";")[0] for one in accepted} >= {"text/csv", "application/x-ndjson"}


@both
@pytest.mark.parametrize("kind", ["application/gzip", "binary/octet-stream", "text/plain"])
def test_a_gzip_file_is_known_by_its_ending(call: Any, kind: str, mint: Mint) -> None:
    session = served(mint, gzip.compress(b"n,m\n1,x\n"), kind, "/Sales.CSV.gz?year=2026")
    frame = call(session, "frame", "/Sales.CSV.gz?year=2026")
    assert frame.to_dict("records") == [{"n": 1, "m": "x"}]


def test_a_gzip_file_that_is_packed_for_the_way_once_more_is_unpacked_twice(mint: Mint) -> None:
    mint.pages["/api/x.csv.gz"] = zipped(gzip.compress(b"n\n1\n"), kind="application/gzip")
    assert mint.session().frame("/x.csv.gz")["n"].tolist() == [1]


def test_a_gzip_file_of_who_knows_what_is_named(mint: Mint) -> None:
    session = served(mint, gzip.compress(b"n\n1\n"), "application/gzip", "/export")
    with pytest.raises(errors.UnexpectedAnswer, match="Page 1 is application/gzip"):
        session.frame("/export")


@pytest.mark.parametrize("wrong", [lambda file: file[:-9], lambda file: file[:-9] + b"123456789"])
@both
def test_a_gzip_file_that_is_cut_off_or_damaged_is_no_answer(
    call: Any, wrong: Any, mint: Mint
) -> None:
    file = wrong(gzip.compress(b"n\n" + b"1\n" * 1000))
    session = served(mint, file, "application/gzip", "/x.csv.gz")
    with pytest.raises(errors.ServerUnreachable, match=r"only part|can't be decompressed"):
        call(session, "frame", "/x.csv.gz")


def test_a_gzip_file_is_not_unpacked_any_further_than_a_quarter_of_the_limit(mint: Mint) -> None:
    bomb = gzip.compress(b"n\n" + b"1\n" * 25_000_000)
    session = served(mint, bomb, "application/gzip", "/x.csv.gz")
    # what has to be loaded first is not measured
    session.frame("/x", paging="none")
    tracemalloc.start()
    try:
        with pytest.raises(errors.AnswerTooLarge, match="more than 1000000 bytes"):
            session.frame("/x.csv.gz", max_bytes=4_000_000)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 10_000_000


BIG = "123456789012345678901"


@pytest.mark.parametrize(
    "body",
    [
        f'{{\n"a":\n{BIG}}}\n\n{{"a": "x"}}\n',
        f'{{"a":{BIG}}}{{"a":"x"}}',
        f' {{"a":\r{BIG}}}\t{{"a":"x"}}',
    ],
)
def test_records_of_several_lines_may_have_mixed_values(body: str, mint: Mint) -> None:
    session = served(mint, body.encode(), "application/x-ndjson")
    assert session.frame("/x")["a"].tolist() == [int(BIG), "x"]
    cut = served(mint, body.encode()[:-3], "application/x-ndjson")
    with pytest.raises(errors.UnexpectedAnswer, match="not valid JSON"):
        cut.frame("/x")


def test_an_encoding_without_a_name_is_none(mint: Mint) -> None:
    mint.pages["/api/x"] = answer(b'[{"a": 1}]', kind="application/json", content_encoding="")
    assert mint.session().frame("/x")["a"].tolist() == [1]


@pytest.mark.parametrize(
    "kind", ["text/csv; header=absent", 'text/csv;charset=utf-8; Header="Absent"']
)
def test_csv_that_says_it_has_no_names_is_refused(kind: str, mint: Mint) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match="without column names"):
        served(mint, b"1,2\n3,4\n", kind).frame("/x")


@pytest.mark.parametrize("body", [b"3,4\n5,6\n", b"3,4"])
def test_a_page_of_csv_without_names_loses_no_row(body: bytes, mint: Mint) -> None:
    more = {"link": '</api/y>; rel="next"'}
    mint.pages["/api/x"] = answer(b"a,b\n1,2\n", kind="text/csv", **more)
    mint.pages["/api/y"] = answer(body, kind="text/csv")
    with pytest.raises(errors.UnexpectedAnswer, match="first line may be a row") as refused:
        mint.session().frame("/x")
    assert refused.value.partial["a"].tolist() == [1]
