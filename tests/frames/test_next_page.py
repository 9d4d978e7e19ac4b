"""How a page leads to the next one: seen from what its body and its headers say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets import errors
from oauth_widgets._net.address import absolute
from oauth_widgets.frames.address import parameters, same, with_parameter
from oauth_widgets.frames.pages import PageInfo
from oauth_widgets.frames.paging import onward
from tests.helpers.mint import Mint
from tests.helpers.rigged import as_json
from tests.helpers.twins import both

from .ways import URL, way


@pytest.mark.parametrize(
    ("outline", "target"),
    [
        ({"next": "/v1/items?page=2"}, "?page=2"),
        ({"next": "?after=x"}, "?after=x"),
        ({"nextLink": f"{URL}?a=1"}, "?a=1"),
        ({"next_page_url": f"{URL}?a=1"}, "?a=1"),
        ({"@odata.nextLink": f"{URL}?$skiptoken=x"}, "?$skiptoken=x"),
        ({"d": {"__next": f"{URL}?$skiptoken=x"}}, "?$skiptoken=x"),
        ({"_links": {"next": {"href": "items?a=1"}}}, "?a=1"),
        ({"links": {"next": {"href": "/v1/items?a=1", "meta": {}}}}, "?a=1"),
        ({"paging": {"next": "items?a=1"}}, "?a=1"),
        ({"next_cursor": "a b"}, "?cursor=a%20b"),
        ({"nextCursor": "x"}, "?cursor=x"),
        ({"nextPageToken": "x"}, "?pageToken=x"),
        ({"next_page_token": "x"}, "?page_token=x"),
        ({"NextToken": "x"}, "?NextToken=x"),
        ({"continuationToken": "x"}, "?continuationToken=x"),
        ({"meta": {"next_cursor": "x"}}, "?cursor=x"),
        ({"response_metadata": {"next_cursor": "x"}}, "?cursor=x"),
        ({"paging": {"cursors": {"before": "a", "after": "x"}}}, "?after=x"),
        ({"pageInfo": {"endCursor": "x", "hasNextPage": True}}, "?after=x"),
        ({"next_page": 2, "page": 1}, "?page=2"),
        ({"next_offset": 10}, "?offset=10"),
    ],
)
def test_a_next_page_in_the_body_is_found_by_its_usual_names(outline: Any, target: str) -> None:
    assert way(outline) == (URL + target, [], None)


@pytest.mark.check(id="bearer/links")
def test_a_next_page_in_the_body_is_resolved_against_the_page_it_stands_on() -> None:
    assert way({"next": "?page=2"})[0] == f"{URL}?page=2"
    assert way({"links": {"next": "more"}})[0] == "https://api.example/v1/more"


@pytest.mark.parametrize(
    "outline",
    [
        {},
        {"next": None, "total": 99},
        {"next": ""},
        {"next_cursor": None, "has_more": False},
        {"next_cursor": "", "total": 10},
        {"has_more": False, "next_cursor": "still there"},
        {"pageInfo": {"endCursor": "x", "hasNextPage": False}},
        {"page": 3, "total_pages": 3},
        {"number": 0, "totalPages": 3, "last": True},
        {"offset": 90, "limit": 10, "total": 100},
        {"@odata.count": 99},
        {"_links": {"self": {"href": "/x"}}, "total": 99},
        {"total": 10},
    ],
)
def test_the_last_page_is_known_by_what_it_says(outline: Any) -> None:
    assert way(outline)[:2] == (None, [])


def test_a_number_of_a_page_is_taken_to_begin_where_the_fetch_began() -> None:
    def after(number: int, visited: int) -> Any:
        return way({"page": {"number": number, "totalPages": 3}}, page=visited)[0]

    assert [after(0, 1), after(1, 2), after(2, 3)] == [f"{URL}?page=1", f"{URL}?page=2", None]
    assert [after(1, 1), after(2, 2), after(3, 3)] == [f"{URL}?page=2", f"{URL}?page=3", None]
    # who begins in the middle is better off with a page that is empty than with one too few
    assert after(2, 1) == f"{URL}?page=3"


@pytest.mark.parametrize(
    "outline",
    [
        {"has_more": True},
        {"next": "2026"},
        {"total": 99},
        {"hasNextPage": True},
        {"done": False},
        {"isLast": False},
        {"IsTruncated": True},
        {"object": "list", "has_more": True},
        {"object": "search_result", "has_more": True, "url": "/v1/items/search"},
    ],
)
def test_more_pages_without_a_way_to_them_are_said_and_not_left_out(outline: Any) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match=r"Page 1 .* say where") as refused:
        way(outline)
    assert "paging=" in refused.value.next_step


def test_a_list_shorter_than_its_header_says_is_no_whole_one() -> None:
    with pytest.raises(errors.UnexpectedAnswer, match="gives 10 of 99 records"):
        way({}, x_total_count="99")
    # whoever asks for one page by its number gets it
    assert way({}, url=f"{URL}?page=3", x_total_count="99")[0] is None


@pytest.mark.parametrize(
    ("outline", "headers", "numbers"),
    [
        ({"page": 1, "total_pages": 4}, {}, ["page=2", "page=3", "page=4"]),
        ({"page": 0, "total_pages": 4}, {}, ["page=1", "page=2", "page=3"]),
        ({"page": 1, "per_page": 10, "total": 31}, {}, ["page=2", "page=3", "page=4"]),
        ({"page": {"number": 0, "size": 10, "totalPages": 3}}, {}, ["page=1", "page=2"]),
        ({"currentPage": 1, "lastPage": 3}, {}, ["page=2", "page=3"]),
        ({"pageNumber": 1, "totalPages": 3}, {}, ["pageNumber=2", "pageNumber=3"]),
        ({"offset": 0, "limit": 10, "total": 25}, {}, ["offset=10", "offset=20"]),
        ({"skip": 0, "limit": 10, "total": 25}, {}, ["skip=10", "skip=20"]),
        (
            {"startIndex": 1, "itemsPerPage": 10, "totalResults": 30},
            {},
            ["startIndex=11", "startIndex=21"],
        ),
        ({"next": "?page=2", "count": 35}, {}, ["page=2", "page=3", "page=4"]),
        ({"next": "?offset=10", "count": 35}, {}, ["offset=10", "offset=20", "offset=30"]),
        (
            {"@odata.nextLink": "?$skip=10", "@odata.count": 25},
            {},
            ["$skip=10", "$skip=20"],
        ),
        (
            {"_links": {"next": {"href": "?page=1"}, "last": {"href": "?page=3"}}},
            {},
            ["page=1", "page=2", "page=3"],
        ),
        (
            {},
            {"link": "<?page=2>; rel=next, <?page=4>; rel=last"},
            ["page=2", "page=3", "page=4"],
        ),
        (
            {},
            {"link": "<?page=2>; rel=next", "x_total_count": "31"},
            ["page=2", "page=3", "page=4"],
        ),
    ],
)
def test_pages_that_are_numbered_are_foreseen(outline: Any, headers: Any, numbers: Any) -> None:
    following, ahead, _ = way(outline, **headers)
    assert [following, *ahead] == [f"{URL}?{number}" for number in numbers]


@pytest.mark.parametrize(
    "link",
    [
        "<?cursor=abc>; rel=next, <?cursor=xyz>; rel=last",
        "<?page=2&sort=a>; rel=next, <?page=4&sort=b>; rel=last",
        "<?page=2>; rel=next, </other?page=4>; rel=last",
        "<?page=2>; rel=next, <?page=x>; rel=last",
        "<?page=2>; rel=next",
        "<?page=2>; rel=next, <?page=1>; rel=last",
    ],
)
def test_what_cannot_be_foreseen_is_followed_one_by_one(link: str) -> None:
    assert way({}, link=link)[1] == []


@both
def test_what_came_of_a_list_without_a_way_on_is_kept(call: Any, mint: Mint) -> None:
    mint.pages["/api/x"] = as_json([{"n": 1}], x_total_count="9")
    with pytest.raises(errors.UnexpectedAnswer, match="gives 1 of 9 records") as stuck:
        call(mint.session(), "frame", "/x")
    assert stuck.value.partial["n"].tolist() == [1]


def test_a_number_that_the_api_does_not_count_by_is_noticed() -> None:
    outline = {"page": 1, "total_pages": 4}
    with pytest.raises(errors.UnexpectedAnswer, match="Page 2 came back as page 1") as refused:
        way(outline, url=f"{URL}?page=2", page=2)
    assert "paging=" in refused.value.next_step


def test_a_number_of_records_on_the_page_is_not_taken_for_a_total() -> None:
    assert way({"next": "?page=2", "count": 10}) == (f"{URL}?page=2", [], None)


STRIPES = {"object": "list", "url": "/v1/items", "has_more": True}


def test_a_list_of_stripes_goes_on_after_its_last_record() -> None:
    assert way(STRIPES, last={"id": "it_9"}) == (f"{URL}?starting_after=it_9", [], None)
    assert way({**STRIPES, "has_more": False}, last={"id": "it_9"})[0] is None


def test_a_list_of_stripes_that_is_read_backwards_says_no_way_on() -> None:
    with pytest.raises(errors.UnexpectedAnswer, match=r"Page 1 .* say where"):
        way(STRIPES, url=f"{URL}?ending_before=it_9", last={"id": "it_9"})


@pytest.mark.parametrize("last", [{}, {"id": None}, {"id": ""}, {"id": [1]}, {"id": True}])
def test_a_last_record_without_a_name_of_its_own_is_said(last: Any) -> None:
    with pytest.raises(errors.UnexpectedAnswer, match=r"Page 1 ends with .* no 'id'") as refused:
        way(STRIPES, last=last)
    assert 'paging={"last"' in refused.value.next_step


QUERY = st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=3)


@given(QUERY, st.text(min_size=1, max_size=4), st.integers())
def test_a_parameter_is_set_and_all_others_stay(
    query: dict[str, str], name: str, value: int
) -> None:
    url = URL
    for each, text in query.items():
        url = with_parameter(url, each, text)
    assert parameters(url) == query
    changed = with_parameter(url, name, value)
    assert parameters(changed) == {**query, name: str(value)}
    assert same(changed, with_parameter(changed, name, value))


def test_the_same_page_is_known_however_its_query_is_written() -> None:
    assert same(f"{URL}?a=1&b=x%20y", f"{URL}?b=x+y&a=1")
    assert not same(f"{URL}?a=1", f"{URL}?a=2")
    assert absolute("http://[::1", URL) == "http://[::1"


@pytest.mark.parametrize(
    ("asked", "headers", "target"),
    [
        (URL, {"x_next_page": "2"}, f"{URL}?page=2"),
        (f"{URL}?p=2&q=a", {"x_next_page": "3"}, f"{URL}?p=3&q=a"),
        (URL, {"x_next": "/v1/items?a=1"}, f"{URL}?a=1"),
        (URL, {"x_next_url": f"{URL}?a=1"}, f"{URL}?a=1"),
        (URL, {"x_next_page": ""}, None),
        (URL, {"x_page": "1", "x_total_pages": "3"}, f"{URL}?page=2"),
        (f"{URL}?page=3", {"x_page": "3", "x_total_pages": "3"}, None),
        (URL, {"x_next_page": "", "x_total": "90"}, None),
        (URL, {"x_next_cursor": "abc123"}, f"{URL}?cursor=abc123"),
        (f"{URL}?n=2&cursor=a", {"x_next_cursor": "b"}, f"{URL}?n=2&cursor=b"),
        (f"{URL}?cursor=a", {}, None),
    ],
)
def test_a_header_of_its_own_names_the_next_page(
    asked: str, headers: dict[str, str], target: str | None
) -> None:
    assert way({}, url=asked, **headers)[0] == target


@both
def test_a_number_in_a_header_leads_on_until_the_header_is_missing(call: Any, mint: Mint) -> None:
    for number, rows in enumerate(([1, 2], [3, 4], [5, 6]), 1):
        more = {"x_next_page": str(number + 1)} if number < 3 else {}
        page = {"page": number, "per_page": 2, "rows": [{"n": n} for n in rows]}
        query = "" if number == 1 else f"?page={number}"
        mint.pages[f"/api/x{query}"] = as_json(page, **more)
    frame = call(mint.session(), "frame", "/x")
    assert frame["n"].tolist() == [1, 2, 3, 4, 5, 6]
    assert frame.attrs["paging"] == "a header leads to the next page"
    assert len(mint.asked("/api/x")) == 3


@both
@pytest.mark.parametrize(
    "around",
    [{}, {"page": 3, "per_page": 2}, {"offset": 4, "limit": 2}, {"cursor": "its-own"}],
)
def test_a_cursor_in_a_header_leads_on_until_the_header_is_missing(
    call: Any, mint: Mint, around: dict[str, Any]
) -> None:
    queries = ("", "?cursor=abc2", "?cursor=abc3")
    for number, query in enumerate(queries, 1):
        more = {"x_next_cursor": f"abc{number + 1}"} if number < 3 else {}
        rows = [{"n": 2 * number - 1}, {"n": 2 * number}]
        page = {"rows": rows, **(around if number == 3 else {})}
        mint.pages[f"/api/x{query}"] = as_json(page, **more)
    frame = call(mint.session(), "frame", "/x")
    assert frame["n"].tolist() == [1, 2, 3, 4, 5, 6]
    assert frame.attrs["paging"] == "x-next-cursor goes into the parameter cursor"
    assert [sent.target for sent in mint.asked("/api/x")] == [f"/api/x{one}" for one in queries]


@both
def test_a_list_with_an_id_next_to_it_is_a_page_if_a_header_has_a_cursor(
    call: Any, mint: Mint
) -> None:
    mint.pages["/api/x"] = as_json({"id": "x", "items": [{"n": 1}]}, x_next_cursor="abc123")
    mint.pages["/api/x?cursor=abc123"] = as_json({"id": "x", "items": [{"n": 2}]})
    assert call(mint.session(), "frame", "/x")["n"].tolist() == [1, 2]


def test_a_page_that_says_there_are_more_is_not_the_last_for_want_of_a_header() -> None:
    info = PageInfo(f"{URL}?page=2", 2, 10, {"has_more": True}, led_by_header=True)
    assert onward(info, None).problem is not None


def test_a_range_that_a_header_calls_incomplete_is_said_and_not_left_at_that() -> None:
    assert way({}, content_range="items 0-9/10")[0] is None
    with pytest.raises(errors.UnexpectedAnswer, match="10 of 99 records"):
        way({}, content_range="items 0-9/99")
    assert way({}, content_range="bytes 0-9/99")[0] is None


def test_a_range_without_a_unit_is_counted_as_postgrest_does() -> None:
    following, ahead, total = way({}, content_range="0-9/25")
    assert ([following, *ahead], total) == ([f"{URL}?offset=10", f"{URL}?offset=20"], 25)
    assert way({}, content_range="0-9/10")[0] is None
    middle = f"{URL}?limit=10&offset=5"
    assert way({}, url=middle, content_range="5-14/*")[0] == f"{URL}?limit=10&offset=15"
    assert way({}, url=middle, rows=0, page=2, content_range="*/*")[0] is None
    # A single record, and the last one of many.
    assert way({}, rows=1, content_range="0-0/*")[0] is None
    last = way({}, url=f"{URL}?offset=10", rows=1, page=2, content_range="10-10/*")
    assert last[0] == f"{URL}?offset=11"


def test_pages_that_a_header_numbers_are_foreseen_where_it_says_how_many_rows_there_are() -> None:
    following, ahead, total = way({}, x_next_page="2", x_total="35")
    assert (following, total) == (f"{URL}?page=2", 35)
    assert ahead == [f"{URL}?page=3", f"{URL}?page=4"]
