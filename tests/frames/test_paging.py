"""How a page leads to the next one: seen from what it says, or told."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets._net.address import absolute
from oauth_widgets.frames.address import parameters, same, with_parameter
from oauth_widgets.frames.pages import PageInfo
from oauth_widgets.frames.paging import onward
from tests.helpers.mint import Mint
from tests.helpers.people import session_of
from tests.helpers.rigged import as_json
from tests.helpers.twins import both

URL = "https://api.example/v1/items"
SCOPE = "openid phone offline_access events.read usage.read subscribers.read cells.read"


@pytest.fixture(scope="module")
def session() -> ow.Session:
    return session_of("alice", SCOPE)


def way(
    outline: Any,
    *,
    url: str = URL,
    page: int = 1,
    rows: int = 10,
    last: Any = None,
    **headers: str,
) -> Any:
    """Return the next address, those ahead, and the total; `last` is the last record."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    found = onward(PageInfo(url, page, rows, outline, named, (last or {}).get), None)
    if found.problem is not None:
        raise found.problem
    return found.next, list(islice(found.ahead, 5)), found.total


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


@both
def test_the_member_of_the_last_record_can_be_told(call: Any, mint: Mint) -> None:
    # of two types in one page, and under an object
    mint.pages["/api/x"] = as_json([{"who": {"id": 1}}, {"who": {"id": "a&b"}}])
    mint.pages["/api/x?after=a%26b"] = as_json([{"who": {"id": 3}}])
    mint.pages["/api/x?after=3"] = as_json([])
    frame = call(mint.session(), "frame", "/x", paging={"parameter": "after", "last": "who.id"})
    assert frame["who.id"].tolist() == [1, "a&b", 3]
    with pytest.raises(errors.UnexpectedAnswer, match="no 'id' to continue after") as stuck:
        call(mint.session(), "frame", "/x", paging={"parameter": "after", "last": "id"})
    assert len(stuck.value.partial) == 2


@pytest.fixture(scope="module")
def usage() -> tuple[ow.Session, pd.DataFrame]:
    """Return a session, and all that its API has in one page."""
    session = session_of("alice", SCOPE)
    return session, session.frame("/usage", {"paging": "none"}, progress=False)


@pytest.mark.parametrize("paging", ["link", "cursor", "page", "offset", "next", "odata", "hal"])
def test_every_way_of_paging_gives_the_same_rows(
    paging: str, usage: tuple[ow.Session, pd.DataFrame]
) -> None:
    session, whole = usage
    size = "limit" if paging in {"cursor", "offset"} else "per_page"
    paged = session.frame("/usage", {"paging": paging, size: 1000}, progress=False)
    assert paged.attrs["pages"] == 6
    pd.testing.assert_frame_equal(paged[sorted(paged)], whole[sorted(whole)])


def test_json_api_gives_its_own_members(session: ow.Session) -> None:
    frame = session.frame("/cells", {"paging": "jsonapi", "page[size]": 7}, progress=False)
    whole = session.frame("/cells", {"paging": "none"}, progress=False)
    assert len(frame) == len(whole)
    assert set(frame) >= {"type", "id", "attributes.technology"}


@both
def test_a_page_number_that_is_told_is_counted_up_until_a_page_is_empty(
    call: Any, mint: Mint
) -> None:
    mint.pages["/api/x?sort=n"] = as_json([{"n": 1}])
    for number, page in enumerate(([{"n": 1}], [{"n": 2}], [])):
        mint.pages[f"/api/x?sort=n&p={number + 1}"] = as_json(page)
    frame = call(mint.session(), "frame", "/x", {"sort": "n"}, paging={"page": "p"})
    assert frame["n"].tolist() == [1, 2]
    # as it was written, then 1, which turns out to be the same page, 2 and 3
    assert len(mint.asked("/api/x")) == 4


@both
def test_an_offset_that_is_told_counts_rows_up_to_the_total(call: Any, mint: Mint) -> None:
    for query, rows in (("", [1, 2]), ("?offset=2", [3])):
        page = {"total": 3, "rows": [{"n": n} for n in rows]}
        mint.pages[f"/api/x{query}"] = as_json(page)
    frame = call(mint.session(), "frame", "/x", paging="offset")
    assert frame["n"].tolist() == [1, 2, 3]
    assert len(mint.asked("/api/x")) == 2


@both
def test_the_path_of_the_next_address_can_be_told(call: Any, mint: Mint) -> None:
    mint.pages["/api/x"] = as_json({"rows": [{"n": 1}], "go": {"on": "/api/y"}, "who": "me"})
    mint.pages["/api/y"] = as_json({"rows": [{"n": 2}], "go": {"on": None}, "who": "me"})
    frame = call(mint.session(), "frame", "/x", paging={"next": "go.on"})
    assert frame["n"].tolist() == [1, 2]
    assert frame.attrs["left_out"] == ["go", "who"]


@both
def test_the_path_of_a_cursor_can_be_told(call: Any, mint: Mint) -> None:
    mint.pages["/api/x"] = as_json({"rows": [{"n": 1}], "mark": "a&b"})
    mint.pages["/api/x?from=a%26b"] = as_json({"rows": [{"n": 2}]})
    told_so = {"cursor": "mark", "parameter": "from"}
    frame = call(mint.session(), "frame", "/x", paging=told_so)
    assert frame["n"].tolist() == [1, 2]


@both
def test_one_page_alone_can_be_asked_for(call: Any, mint: Mint) -> None:
    mint.pages["/api/x"] = as_json([{"n": 1}], link="</api/y>; rel=next")
    assert len(call(mint.session(), "frame", "/x", paging="none")) == 1
    assert len(mint.asked("/api")) == 1


@pytest.mark.parametrize(
    "paging",
    [
        "",
        "next",
        "cursor",
        {},
        {"next": ""},
        {"cursor": "a"},
        {"page": "p", "offset": "o"},
        {"x": "y"},
        {"page": 1},
    ],
)
def test_a_way_of_paging_that_is_none_is_refused_before_anything_is_sent(
    paging: Any, mint: Mint
) -> None:
    with pytest.raises(errors.ConfigurationError, match="not a way of paging"):
        mint.session().frame("/x", paging=paging)
    assert mint.asked("/") == []


@both
def test_counting_starts_at_the_number_in_the_address(call: Any, mint: Mint) -> None:
    mint.pages["/api/x?page=0"] = as_json([{"n": 0}])
    mint.pages["/api/x?page=1"] = as_json([])
    assert call(mint.session(), "frame", "/x", {"page": 0}, paging="page")["n"].tolist() == [0]
    assert len(mint.asked("/api")) == 2


def test_what_cannot_be_counted_up_is_refused(mint: Mint) -> None:
    with pytest.raises(errors.ConfigurationError, match="page='two'"):
        mint.session().frame("/x", {"page": "two"}, paging="page")


def test_addresses_foreseen_wrongly_are_given_up_for_what_pages_say(mint: Mint) -> None:
    for number in (1, 2, 3):
        around = {"next": f"/api/x?page={number + 1}", "total": 5}
        mint.pages[f"/api/x?page={number}"] = as_json({**around, "rows": [{"n": number}]})
    # from here on it goes another way, and there is one page less than was said
    mint.pages["/api/x?page=3"] = as_json({"next": "/api/z", "total": 5, "rows": [{"n": 3}]})
    mint.pages["/api/z"] = as_json({"next": None, "rows": [{"n": 9}]})
    assert mint.session().frame("/x?page=1")["n"].tolist() == [1, 2, 3, 9]


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
