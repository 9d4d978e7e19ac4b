"""How a page leads to the next one, as told by whoever asks."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.mint import Mint
from tests.helpers.people import session_of
from tests.helpers.rigged import as_json
from tests.helpers.twins import both


@both
def test_the_member_of_the_last_record_can_be_told(call: Any, mint: Mint) -> None:
    # of two types in one page, and under an object
    mint.pages["/api/x"] = as_json([{"who": {"id": 1}}, {"who": {"id": "a&b"}}])
    mint.pages["/api/x?after=a%26b"] = as_json([{"who": {"id": 3}}])
    mint.pages["/api/x?after=3"] = as_json([])
    frame = call(mint.session(), "frame", "/x", paging={"parameter": "after", "last": "who.id"})
    assert frame["who.id"].tolist() == [1, "a&b", 3]
    with pytest.raises(errors.UnexpectedAnswer, match="no 'id' to continue from") as stuck:
        call(mint.session(), "frame", "/x", paging={"parameter": "after", "last": "id"})
    assert len(stuck.value.partial) == 2


@pytest.fixture(scope="module")
def cells() -> tuple[ow.Session, pd.DataFrame]:
    """Return a session, and all that its API has in one page."""
    session = session_of("alice", "openid cells.read")
    return session, session.frame("/cells", {"paging": "none"}, progress=False)


@pytest.mark.parametrize("paging", ["link", "cursor", "page", "offset", "next", "odata", "hal"])
def test_every_way_of_paging_gives_the_same_rows(
    paging: str, cells: tuple[ow.Session, pd.DataFrame]
) -> None:
    session, whole = cells
    size = "limit" if paging in {"cursor", "offset"} else "per_page"
    paged = session.frame("/cells", {"paging": paging, size: 7}, progress=False)
    assert paged.attrs["pages"] == -(-len(whole) // 7)
    pd.testing.assert_frame_equal(paged[sorted(paged)], whole[sorted(whole)])


def test_json_api_gives_its_own_members(cells: tuple[ow.Session, pd.DataFrame]) -> None:
    session, whole = cells
    frame = session.frame("/cells", {"paging": "jsonapi", "page[size]": 7}, progress=False)
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
        *("", "next", "cursor", 7, {}, {"next": ""}, {"page": ""}, {"page": 1}, {"x": "y"}),
        *({"cursor": "a"}, {"last": "a"}, {"parameter": "a"}),
        *({"page": "p", "offset": "o"}, {"next": "a", "page": "b"}),
    ],
)
def test_a_way_of_paging_that_is_none_is_refused_before_anything_is_sent(
    paging: Any, mint: Mint
) -> None:
    with pytest.raises(errors.ConfigurationError, match="not a known way of paging"):
        mint.session().frame("/x", paging=paging)
    assert mint.asked("/") == []


@both
def test_counting_starts_at_the_number_in_the_address(call: Any, mint: Mint) -> None:
    mint.pages["/api/x?page=0"] = as_json([{"n": 0}])
    mint.pages["/api/x?page=1"] = as_json([])
    assert call(mint.session(), "frame", "/x", {"page": 0}, paging="page")["n"].tolist() == [0]
    assert len(mint.asked("/api")) == 2


def test_what_cannot_be_counted_up_is_refused(mint: Mint) -> None:
    with pytest.raises(errors.ConfigurationError, match="no number to count up from"):
        mint.session().frame("/x", {"page": "two"}, paging="page")


def test_addresses_foreseen_wrongly_are_given_up_for_what_pages_say(mint: Mint) -> None:
    for number in (1, 2, 3):
        around = {"next": f"/api/x?page={number + 1}", "total": 5}
        mint.pages[f"/api/x?page={number}"] = as_json({**around, "rows": [{"n": number}]})
    # from here on it goes another way, and there is one page less than was said
    mint.pages["/api/x?page=3"] = as_json({"next": "/api/z", "total": 5, "rows": [{"n": 3}]})
    mint.pages["/api/z"] = as_json({"next": None, "rows": [{"n": 9}]})
    assert mint.session().frame("/x?page=1")["n"].tolist() == [1, 2, 3, 9]
