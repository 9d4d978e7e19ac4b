"""Whatever says that there is more is noticed, and so is whatever says that there is not."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.frames.rules import WAYS, paging_rule
from tests.helpers.mint import Mint
from tests.helpers.rigged import Answer, Sent, as_json, rigged
from tests.helpers.twins import blocking, both

ROWS = [{"id": n, "name": f"n{n}"} for n in range(5)]
Respond = Callable[[Sent], Answer]


def ids(
    mint: Mint, respond: Respond, call: Any = blocking, **options: Any
) -> tuple[list[int], int]:
    """Return the ids that were read, and how often the API was asked."""
    with rigged(respond) as api:
        frame = call(mint.session(api=api.origin), "frame", "/x", **options)
        return ([] if not len(frame) else frame["id"].tolist()), len(api.sent)


def paged(around: Callable[[int], Any], parameter: str = "cursor") -> Respond:
    """Give two rows a page from the row that `parameter` names, with what is `around` them."""

    def respond(sent: Sent) -> Answer:
        first = int(sent.query.get(parameter, "c0")[1:])
        return as_json({"items": ROWS[first : first + 2], **around(first)})

    return respond


def follow(first: int) -> str:
    return f"c{first + 2}"


ENDS = {
    "has_more false with a link": lambda first: {
        "next": f"/x?cursor={follow(first)}",
        "has_more": first < 4,
    },
    "end_of_stream with a link": lambda first: {
        "after_url": f"/x?cursor={follow(first)}",
        "end_of_stream": first >= 4,
    },
    "isLast with a token": lambda first: {"nextCursor": follow(first), "isLast": first >= 4},
    "null": lambda first: {"next_cursor": follow(first) if first < 4 else None, "cursor": "here"},
    "the word null": lambda first: {"next_cursor": follow(first) if first < 4 else "null"},
    "zero": lambda first: {"next_cursor": follow(first) if first < 4 else 0},
    "the same cursor": lambda first: {"next_cursor": follow(first) if first < 4 else f"c{first}"},
}


@both
@pytest.mark.parametrize("name", ENDS)
def test_the_end_is_known_by_whatever_says_so(call: Any, name: str, mint: Mint) -> None:
    found, asked = ids(mint, paged(ENDS[name]), call)
    assert found == [0, 1, 2, 3, 4]
    assert asked <= 4


def test_a_cursor_that_stays_the_same_is_asked_with_until_a_page_is_empty(mint: Mint) -> None:
    pages: Iterator[list[Any]] = iter([ROWS[:2], ROWS[2:4], ROWS[4:], []])
    found, asked = ids(mint, lambda _: as_json({"items": next(pages), "scroll_id": "same"}))
    assert (found, asked) == ([0, 1, 2, 3, 4], 4)


@both
@pytest.mark.parametrize("limit", [None, 3, 4])
@pytest.mark.parametrize("parameter", ["nextPageToken", "pageToken"])
def test_a_token_goes_into_the_parameter_that_the_api_heeds(
    call: Any, parameter: str, limit: int | None, mint: Mint
) -> None:
    def around(first: int) -> dict[str, Any]:
        more = {"nextPageToken": follow(first)} if first < 4 else {}
        return {**more, "isLast": first >= 4}

    found, _ = ids(mint, paged(around, parameter), call, limit=limit)
    assert found == [0, 1, 2, 3, 4][:limit]


@both
@pytest.mark.parametrize("limit", [None, 3, 4])
def test_a_token_that_the_api_heeds_nowhere_repeats_no_row(
    call: Any, limit: int | None, mint: Mint
) -> None:
    tokens = iter(range(99))

    def respond(_: Sent) -> Answer:
        return as_json({"issues": ROWS[:2], "nextPageToken": f"t{next(tokens)}", "isLast": False})

    with pytest.raises(errors.UnexpectedAnswer, match="ignores pageToken and") as refused:
        ids(mint, respond, call, limit=limit)
    assert refused.value.partial["id"].tolist() == [0, 1]
    assert "paging=" in refused.value.next_step


def test_a_cursor_whose_parameter_was_guessed_wrong_is_proposed_with_its_path(mint: Mint) -> None:
    tokens = iter(range(99))

    def respond(_: Sent) -> Answer:
        meta = {"next_cursor": f"t{next(tokens)}"}
        return as_json({"data": {"items": ROWS[:2]}, "meta": meta})

    with pytest.raises(errors.UnexpectedAnswer, match="ignores") as refused:
        ids(mint, respond)
    hint = '{"cursor": "meta.next_cursor", "parameter": "…"}'
    assert f"paging={hint}" in refused.value.next_step


SILENT = {
    "a total with an unusual name": ({"total_entries": 5}, {}),
    "a total as text": ({"totalRecords": "5"}, {}),
    "a total one level deeper": ({"meta": {"results": {"total": 5}}}, {}),
    "found": ({"meta": {"found": 5}}, {}),
    "hits": ({"nbHits": 5}, {}),
    "a flag": ({"exceeded": 1, "has_more_items": True}, {}),
    "a header": ({}, {"cmr_hits": "5"}),
    "another header": ({}, {"x_total_results": "5"}),
    "a count of OData": ({"@odata.count": 5}, {}),
}


@pytest.mark.parametrize("name", SILENT)
@pytest.mark.parametrize("records", [None, "items"])
def test_more_that_is_said_and_not_where_is_never_left_out_silently(
    name: str, records: str | None, mint: Mint
) -> None:
    body, headers = SILENT[name]
    mint.pages["/api/x?$top=2"] = as_json({"items": ROWS[:2], **body}, **headers)
    with pytest.raises(errors.UnexpectedAnswer, match="doesn't say where the others are") as stuck:
        mint.session().frame("/x?$top=2", records=records)
    assert "session.frame(\"/api/x\", records='items', paging=" in stuck.value.next_step
    assert stuck.value.partial["id"].tolist() == [0, 1]


@both
@pytest.mark.parametrize(
    ("query", "rows"),
    [("?a&limit=2", 2), ("?per_page=5", 5), ("?$limit=3", 3), ("?rows=4", 4), ("", 100), ("", 200)],
)
def test_a_bare_list_that_is_as_long_as_a_page_is_warned_of(
    call: Any, query: str, rows: int, mint: Mint
) -> None:
    mint.pages[f"/api/x{query}"] = as_json([{"id": n} for n in range(rows)])
    with pytest.warns(
        errors.MaybeIncompleteWarning, match=f"returned {rows} rows.*paging="
    ) as caught:
        assert len(call(mint.session(), "frame", f"/x{query}")) == rows
    assert not caught[0].filename.startswith(str(Path(ow.__file__).parent))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        mint.session().frame(f"/x{query}", paging="none")
        mint.session().frame(f"/x{query}", limit=rows)


def test_fewer_rows_than_the_total_are_warned_of_at_the_end(mint: Mint) -> None:
    mint.pages["/api/x"] = as_json({"count": 9, "next": "/api/y", "results": ROWS[:3]})
    mint.pages["/api/y"] = as_json({"count": 9, "next": None, "results": ROWS[3:]})
    with pytest.warns(errors.MaybeIncompleteWarning, match="9 records, but its pages had 5"):
        assert len(mint.session().frame("/x")) == 5


@pytest.mark.parametrize(
    ("paging", "headers"),
    [
        ({"next": "no.such"}, {}),
        ({"cursor": "no.such", "parameter": "after"}, {}),
        ({"header": "X-No-Such", "parameter": "after"}, {}),
    ],
)
def test_a_hint_that_leads_nowhere_is_not_taken_for_the_end(
    paging: Any, headers: Any, mint: Mint
) -> None:
    mint.pages["/api/x"] = as_json({"items": ROWS[:2], "total": 5}, **headers)
    with pytest.raises(errors.UnexpectedAnswer, match="gives 2 of 5 records"):
        mint.session().frame("/x", paging=paging)


@both
def test_a_word_in_a_header_can_be_told(call: Any, mint: Mint) -> None:
    mint.pages["/api/x"] = as_json(ROWS[:2], go_on_with="a&b")
    mint.pages["/api/x?from=a%26b"] = as_json(ROWS[2:])
    paging = {"header": "Go-On-With", "parameter": "from"}
    frame = call(mint.session(), "frame", "/x", paging=paging)
    assert frame["id"].tolist() == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("counts_from", [0, 1])
@pytest.mark.parametrize("told", ["page", "offset"])
def test_counting_finds_out_whether_an_api_counts_from_zero_or_from_one(
    told: str, counts_from: int, mint: Mint
) -> None:
    def respond(sent: Sent) -> Answer:
        number = int(sent.query.get(told, counts_from)) - counts_from
        first = number * 2 if told == "page" else number
        return as_json(ROWS[max(first, 0) : max(first + 2, 0)])

    assert ids(mint, respond, paging=told)[0] == [0, 1, 2, 3, 4]


def test_each_way_of_paging_that_can_be_told_is_described_where_it_is_asked_for() -> None:
    described = " ".join((ow.Session.frame.__doc__ or "").split())
    for way in WAYS:
        members = dict.fromkeys(way.members, "x")
        assert paging_rule(members) is not None
        assert f'"{way.members[0]}"' in described, way.written
    with pytest.raises(errors.ConfigurationError) as refused:
        paging_rule("nonsense")
    assert all(way.written in refused.value.next_step for way in WAYS)


def test_several_lists_of_a_page_of_many_are_named(mint: Mint) -> None:
    body = {"cats": ROWS[:2], "dogs": ROWS[2:], "next_cursor": "c2"}
    mint.pages["/api/x"] = as_json(body)
    with pytest.raises(errors.UnexpectedAnswer, match=r"several lists .*: cats, dogs") as refused:
        mint.session().frame("/x")
    assert "records='cats'" in refused.value.next_step


def test_a_wrong_path_of_records_names_the_lists_that_there_are(mint: Mint) -> None:
    mint.pages["/api/x"] = as_json({"data": {"things": ROWS}})
    with pytest.raises(errors.UnexpectedAnswer, match="no list of records at 'things'") as refused:
        mint.session().frame("/x", records="things")
    assert "records='data.things'" in refused.value.next_step


def test_what_was_understood_is_in_attrs(mint: Mint) -> None:
    mint.pages["/api/x"] = as_json({"data": {"things": ROWS[:3]}, "next_cursor": "n", "who": "me"})
    mint.pages["/api/x?cursor=n"] = as_json({"data": {"things": ROWS[3:]}, "next_cursor": None})
    attrs = mint.session().frame("/x").attrs
    assert attrs["records"] == "the list at data.things"
    assert attrs["paging"] == "next_cursor goes into the parameter cursor"
    assert attrs["left_out"] == ["who"]


ONE_RECORD = [
    {"id": 1, "items": ROWS},
    {"login": "ada", "emails": ROWS},
    {"sha": "f00", "files": ROWS, "parents": ROWS},
    {"total": {"net": 5}, "items": ROWS},
    {"data": {"id": 1, "tags": ROWS}, "included": ROWS},
    {"kind": "Pod", "metadata": {"uid": "u", "name": "p"}, "spec": {"containers": ROWS}},
    {"info": {"name": "p"}, "urls": ROWS, "releases": {"1": {"size": 1}}, "vulnerabilities": []},
    {"title": "Soup", "ingredients": ROWS, "steps": ROWS},
    {"id": 1, "name": "x", "rows": [{"n": 1}]},
    {"id": 1, "next": "2026-12-01", "rows": [{"n": 1}]},
    {"id": 1, "rows": []},
    {"links": [{"rel": "next"}], "id": 1},
    {"cats": [{"n": 1}], "dogs": [{"n": 2}]},
]


@pytest.mark.parametrize("record", ONE_RECORD)
def test_a_record_with_lists_inside_stays_one_row_and_loses_nothing(
    record: dict[str, Any], mint: Mint
) -> None:
    mint.pages["/api/x"] = as_json(record)
    frame = mint.session().frame("/x")
    assert len(frame) == 1
    assert frame.attrs["records"] == "the answer is one record"
    assert {column.partition(".")[0] for column in frame} == set(record)


@pytest.mark.parametrize("rows", [ROWS, []], ids=["some", "none"])
@pytest.mark.parametrize(
    ("beside", "path"),
    [
        ({"order": [{"by": "id"}]}, "entries"),
        ({"group_by": [], "facets": []}, "results"),
        ({"features": [{"name": "a"}]}, "rows"),
        ({"more": False, "size": 5}, "things"),
        ({"cache_ts": 1, "api_version": "2", "type": "x", "took": 3, "code": 200}, "things"),
        ({"criteria": {"from": "2026"}}, "files"),
    ],
)
def test_the_list_is_found_whatever_is_beside_it(
    beside: dict[str, Any], path: str, rows: list[Any], mint: Mint
) -> None:
    mint.pages["/api/x"] = as_json({**beside, path: rows})
    frame = mint.session().frame("/x")
    assert len(frame) == len(rows)
    assert frame.attrs["records"] == f"the list at {path}"


def test_rows_without_names_are_a_clear_error(mint: Mint) -> None:
    mint.pages["/api/x"] = as_json([[1, 2], [3, 4]])
    with pytest.raises(errors.UnexpectedAnswer, match="nothing names their columns"):
        mint.session().frame("/x")


def test_errors_in_the_place_of_data_are_no_row(mint: Mint) -> None:
    mint.pages["/api/x"] = as_json({"errors": [{"message": "unknown field"}], "data": None})
    with pytest.raises(errors.UnexpectedAnswer, match="errors and no records: unknown field"):
        mint.session().frame("/x")


VALUES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a link": ({"ids": [0, 1]}, {"next": "/api/y"}),
    "a cursor": ({"ids": [0, 1]}, {"next_cursor": "c"}),
    "a member that no page needs": ({"ids": [0, 1], "owner": "me"}, {"next": "/api/y"}),
    "a level further inside": ({"data": {"ids": [0, 1]}}, {"next": "/api/y"}),
    "an empty list of something else": (
        {"ids": [0, 1], "notes": []},
        {"next": "/api/y", "total": 4},
    ),
}


@both
@pytest.mark.parametrize("records", [False, True])
@pytest.mark.parametrize("name", VALUES)
def test_plain_values_in_an_envelope_are_rows_of_one_column(
    call: Any, name: str, records: bool, mint: Mint
) -> None:
    around, following = VALUES[name]
    path = "data.ids" if "data" in around else "ids"
    last = {"data": {"ids": [2, 3]}} if "data" in around else {**around, "ids": [2, 3]}
    total = {"total": 4} if "total" in following else {}
    mint.pages["/api/x"] = as_json({**around, **following})
    mint.pages["/api/x?cursor=c"] = as_json({**last, "next_cursor": None})
    mint.pages["/api/y"] = as_json({**last, **total, "next": None})
    frame = call(mint.session(), "frame", "/x", records=path if records else None)
    assert frame.to_dict("list") == {"ids": [0, 1, 2, 3]}
    assert frame.attrs["records"] == f"the list at {path}"


def test_one_page_of_plain_values_has_the_same_column(mint: Mint) -> None:
    for body in ({"ids": [7], "next": None}, {"ids": [7], "count": 1, "status": "ok"}):
        mint.pages["/api/x"] = as_json(body)
        assert mint.session().frame("/x").to_dict("list") == {"ids": [7]}
    mint.pages["/api/x"] = as_json(["a", "b"])
    assert mint.session().frame("/x").to_dict("list") == {"value": ["a", "b"]}


@pytest.mark.parametrize(
    "record",
    [
        {"id": 1, "tags": ["a"], "count": 2},
        {"name": "x", "tags": ["a", "b"]},
        {"tags": ["a", "b"]},
        {"a": [1, 2], "b": [3, 4], "c": 5},
    ],
)
def test_a_record_with_a_list_of_plain_values_stays_one_row(
    record: dict[str, Any], mint: Mint
) -> None:
    mint.pages["/api/x"] = as_json(record)
    assert mint.session().frame("/x").to_dict("records") == [record]


@pytest.mark.parametrize("size", [2, 400])
def test_the_nodes_of_edges_are_records_without_what_is_around_them(size: int, mint: Mint) -> None:
    edges = [
        {"node": {"id": n, "owner": {"name": "x" * 50}}, "cursor": f"c{n}"} for n in range(size)
    ]
    mint.pages["/api/x"] = as_json({"data": {"things": {"edges": edges}}})
    frame = mint.session().frame("/x", paging="none")
    assert list(frame) == ["id", "owner.name"]
    assert frame["id"].tolist() == list(range(size))
    assert frame.attrs["records"] == "the nodes of data.things.edges"
    assert frame.attrs["left_out"] == ["data.things.edges.cursor"]
    pd.testing.assert_frame_equal(
        mint.session().frame("/x", paging="none", records="data.things.edges"), frame
    )


def test_an_edge_with_members_of_its_own_is_a_record(mint: Mint) -> None:
    edges = [{"node": {"id": 1}, "starredAt": "2026"}]
    mint.pages["/api/x"] = as_json({"data": {"things": {"edges": edges}}})
    assert list(mint.session().frame("/x")) == ["node.id", "starredAt"]
    mint.pages["/api/x"] = as_json({"edges": [{"node": None}, {"node": {"id": 2}}], "next": None})
    assert mint.session().frame("/x")["id"].tolist()[1] == 2
