"""What is said of rows: where they are from, and what can be no option."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as paq
import pytest

from oauth_widgets import errors
from oauth_widgets.frames.provenance import Provenance
from tests.helpers.mint import Mint
from tests.helpers.rigged import answer, as_json
from tests.helpers.twins import both


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
        {"items": [{"n": 1}], "next": None, "previous": "http://evil.example/", "count": 1},
        {"page": 1, "per_page": 50, "total": 1, "limit": 50, "took": 12, "items": [{"n": 1}]},
        {"next_cursor": "", "hasMore": False, "status": "ok", "items": [{"n": 1}]},
        {"links": {"self": "/1", "next": None}, "meta": {"total": 1}, "items": [{"n": 1}]},
        {"_links": {"self": {"href": "/1"}}, "items": [{"n": 1}]},
        {"links": [{"rel": "self", "href": "/1"}], "items": [{"n": 1}]},
        {"@odata.context": "https://api.example/$metadata", "@odata.count": 1, "x": [{"n": 1}]},
    ],
)
def test_records_are_found_in_the_usual_wrappings(body: Any, mint: Mint) -> None:
    mint.pages["/api/x"] = as_json(body)
    assert mint.session().frame("/x").to_dict("records") == [{"n": 1}]
