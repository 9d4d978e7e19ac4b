"""Lists that are packed in an envelope: those of CKAN, and bundles."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest

from oauth_widgets import errors
from oauth_widgets._net.message import Response
from oauth_widgets.frames.columns import Columns
from oauth_widgets.frames.decode import Decoder
from tests.helpers.mint import Mint
from tests.helpers.rigged import as_json

from .ways import URL, way


def ckan(action: str, **result: Any) -> dict[str, Any]:
    about = f"https://data.example/api/3/action/help_show?name={action}"
    return {"help": about, "success": True, "result": result}


@pytest.mark.parametrize(
    ("outline", "url", "numbers"),
    [
        (ckan("package_search", count=25), URL, ["start=10", "start=20"]),
        (ckan("package_search", count=25), f"{URL}?start=10", ["start=20"]),
        (ckan("package_search", count=10), URL, []),
        (ckan("datastore_search", total=25), URL, ["offset=10", "offset=20"]),
        # If the total is not known, an empty page is the end.
        (ckan("datastore_search", total=25, total_was_estimated=True), URL, ["offset=10"]),
        (ckan("datastore_search"), URL, ["offset=10"]),
    ],
)
def test_a_search_in_ckan_is_counted(outline: Any, url: str, numbers: list[str]) -> None:
    outline["result"]["_links"] = {"next": "?offset=10"}
    following, ahead, _ = way(outline, url=url)
    assert [one for one in [following, *ahead] if one] == [f"{URL}?{one}" for one in numbers]
    assert way(outline, url=url, rows=0)[0] is None


@pytest.mark.parametrize(
    "outline",
    [
        {"help": "/api/3/action/help_show?name=x", "success": False, "result": [{"n": 1}], "id": 7},
        {"help": "/api/3/action/help_show?name=x", "result": [{"n": 1}], "id": 7},
        {"help": ["/api/3/action/help_show?name=x"], "success": True, "id": 7},
        ckan("package_show", id="x", resources=[{"n": 1}]),
        {"resourceType": "Patient", "link": [{"other": {"id": "b"}, "type": "seealso"}]},
        {"resourceType": "Patient", "contact": [{"n": 1}], "link": [{"type": "refer"}]},
    ],
)
def test_what_is_no_list_of_ckans_and_no_bundle_is_one_record(outline: Any, mint: Mint) -> None:
    mint.pages["/api/x"] = as_json(outline)
    frame = mint.session().frame("/x")
    assert len(frame) == 1
    assert {name.partition(".")[0] for name in frame} == set(outline)


@pytest.mark.parametrize(
    ("body", "records"),
    [
        (ckan("package_search", count=0, results=[], facets={}), []),
        (ckan("datastore_search", total=1, records=[{"n": 1}], fields=[{"id": "n"}]), [{"n": 1}]),
        ({**ckan("group_list"), "result": [{"n": 1}, {"n": 2}]}, [{"n": 1}, {"n": 2}]),
        ({"resourceType": "Bundle", "type": "searchset", "total": 0}, []),
        (
            {"resourceType": "Bundle", "total": 1, "link": [], "entry": [{"resource": {"n": 1}}]},
            [{"resource.n": 1}],
        ),
    ],
)
def test_one_answer_of_ckans_or_a_bundle_gives_its_records(
    body: Any, records: Any, mint: Mint
) -> None:
    mint.pages["/api/x"] = as_json(body)
    assert mint.session().frame("/x").to_dict("records") == records
    assert len(mint.asked("/api/x")) == 1


def test_a_path_that_is_told_comes_before_what_is_known(mint: Mint) -> None:
    fields = [{"id": "n", "type": "int"}]
    mint.pages["/api/x"] = as_json(ckan("datastore_search", records=[{"n": 1}], fields=fields))
    frame = mint.session().frame("/x", records="result.fields", paging="none")
    assert frame.to_dict("records") == fields


ROWS = [{"id": number} for number in range(3)]
FAILED = [
    {"success": False, "error": "too many requests", "items": []},
    {"ok": False, "message": "too many requests", "items": None},
    {"status": "error", "msg": "too many requests", "items": []},
    {"error": {"message": "too many requests"}, "items": []},
    {"error": "too many requests", "items": []},
]


@pytest.mark.parametrize("failed", FAILED)
def test_an_answer_that_failed_is_not_the_last_page(failed: Any, mint: Mint) -> None:
    mint.pages["/api/x?page=1"] = as_json({"items": ROWS})
    mint.pages["/api/x?page=2"] = as_json(failed)
    with pytest.raises(errors.UnexpectedAnswer, match="failure: too many requests") as stopped:
        mint.session().frame("/x?page=1", paging="page")
    assert len(stopped.value.partial) == 3
    mint.pages["/api/x?page=2"] = as_json({"items": [], "error": None, "success": True})
    assert len(stopped.value.resume()) == 3


@pytest.mark.parametrize(
    "around",
    [
        *({"error": ""}, {"status": "ok"}, {"error": "none"}, {"error": "No error"}, {}),
        # Those that failed are what was asked for.
        {"status": "Failed"},
    ],
)
def test_an_answer_without_records_that_did_not_fail_is_the_last_page(
    around: Any, mint: Mint
) -> None:
    mint.pages["/api/x?state=failed"] = as_json({"items": [], **around})
    assert len(mint.session().frame("/x?state=failed")) == 0


@pytest.mark.parametrize("last", [{"message": "No more rows"}, {"error": "too many requests"}])
def test_an_object_after_lists_is_no_record(last: Any, mint: Mint) -> None:
    mint.pages["/api/x?page=1"] = as_json(ROWS)
    mint.pages["/api/x?page=2"] = as_json(last)
    with pytest.raises(errors.UnexpectedAnswer, match=r"lists of records|too many") as stopped:
        mint.session().frame("/x?page=1", paging="page")
    assert stopped.value.partial["id"].tolist() == [0, 1, 2]


@pytest.mark.parametrize(
    "table",
    [
        {"columns": ["a", "a"], "data": [[1, 2]]},
        {
            "schema": {"fields": [{"name": "a", "type": "STRING"}] * 2},
            "rows": [{"f": [{"v": "1"}, {"v": "2"}]}],
            "totalRows": "1",
        },
    ],
)
def test_two_columns_of_one_name_are_refused(table: Any, mint: Mint) -> None:
    mint.pages["/api/x"] = as_json(table)
    with pytest.raises(errors.UnexpectedAnswer, match="share the column 'a'"):
        mint.session().frame("/x")


def test_text_that_only_python_takes_for_a_number_stays_text(mint: Mint) -> None:
    texts = ["1.5", "1_0", "1e999", "NaN"]
    fields = [{"name": "a", "type": "float"}]
    mint.pages["/api/x"] = as_json({"columns": fields, "rows": [[one] for one in texts]})
    assert mint.session().frame("/x")["a"].tolist()[:3] == [1.5, "1_0", "1e999"]


def cube(**other: Any) -> Any:
    categories = {"category": {"index": ["a"]}}
    whole = {"version": "2.0", "id": ["g"], "size": [1], "dimension": {"g": categories}}
    return whole | {"value": [1]} | other


def series(dimension: Any, data: Any) -> Any:
    return {"structure": {"dimensions": {"series": [dimension]}}, "dataSets": [data]}


def bigquery(row: Any) -> Any:
    fields = [{"name": "a", "type": "INTEGER"}]
    return {"schema": {"fields": fields}, "rows": [{"f": row}], "totalRows": "1"}


def analytics(row: Any) -> Any:
    headers = {"dimensionHeaders": [{"name": "a"}], "metricHeaders": [{"name": "b"}]}
    return {**headers, "rows": [{"dimensionValues": [{"value": "x"}], "metricValues": row}]}


OBSERVED = {"series": {"0": {"observations": {"0": [1]}}}}
ODD = [
    *(cube(id=[{}]), cube(size=["1"]), cube(dimension={"g": {"category": {"index": -1}}})),
    *(cube(dimension={"g": {"category": {"index": {"a": [None], "b": [{}]}}}}), cube(value=[])),
    *(cube(dimension={"g": {"category": {"label": 1.5}}}), cube(dimension={"g": {"category": 5}})),
    *(series(5, OBSERVED), series({"id": "g", "values": {"a": 1}}, OBSERVED)),
    *(series({"id": "g", "values": [0]}, OBSERVED), series({"id": "g", "values": -5}, OBSERVED)),
    *(
        series({"id": "g"}, {"series": [[]]}),
        series({"id": "g"}, {"series": {"0": "x"}}),
        series({}, 5),
    ),
    *(bigquery([5]), bigquery([{"v": [None]}]), bigquery(-5), bigquery([[{}]]), bigquery(None)),
    *(analytics("5"), analytics(-1), analytics([{"value": 1}] * 3), analytics([5])),
    {"head": {"vars": ["a", 5]}, "results": {"bindings": [{"a": {"value": "1"}}]}},
    {"head": {"vars": ["a", {}]}, "results": {"bindings": [{"a": {"value": "1"}}]}},
    {"head": {"vars": ["a"]}, "results": {"bindings": [[], {"a": []}, {}]}},
]


@pytest.mark.parametrize("document", ODD, ids=range(len(ODD)))
def test_a_table_with_a_part_of_another_kind_is_refused_or_read(document: Any) -> None:
    body = json.dumps(document).encode()
    response = Response(200, {"content-type": "application/json"}, body, "https://api.example/rows")
    with suppress(errors.UnexpectedAnswer):
        Columns().grown(Decoder(None, ruled=False).decode(response, page=1).page)


@pytest.mark.parametrize(
    "document",
    [
        cube(id=["value"], dimension={"value": {"category": {"index": ["a"]}}}),
        cube(id=["g", "g"], size=[1, 1]),
        series({"id": "value", "values": [{"id": "a"}]}, OBSERVED),
    ],
)
def test_a_dimension_called_like_the_value_is_not_lost(document: Any, mint: Mint) -> None:
    mint.pages["/api/x"] = as_json(document)
    with pytest.raises(errors.UnexpectedAnswer, match="share the column"):
        mint.session().frame("/x")
