"""Lists that are packed in an envelope: those of CKAN, and bundles."""

from __future__ import annotations

from typing import Any

import pytest

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
