"""Pages that come again, or more rows than there are: refused at once, and kept once."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import pytest

import oauth_widgets as ow
from oauth_widgets import errors
from oauth_widgets.frames import so_far
from tests.helpers.mint import Mint
from tests.helpers.rigged import Answer, Sent, as_json, rigged
from tests.helpers.twins import blocking, both

ROWS = [{"id": n, "name": f"n{n}"} for n in range(20)]
Respond = Callable[[Sent], Answer]


def fetched(
    mint: Mint, respond: Respond, call: Any = blocking, path: str = "/x", **options: Any
) -> tuple[Any, int]:
    """Return the frame, or the error, and how often the API was asked."""
    with rigged(respond) as api:
        try:
            made = call(mint.session(api=api.origin), "frame", path, **options)
        except errors.UnexpectedAnswer as refused:
            made = refused
        return made, len(api.sent)


def stamped(rows: list[Any], **around: Any) -> Respond:
    """Give `rows` whatever is asked for, with something that changes around them."""
    stamps = itertools.count()
    return lambda _: as_json({"took_ms": next(stamps), "total": None, **around, "items": rows})


IGNORED = {
    "page": (lambda _: as_json(ROWS), "page", "page=2"),
    "offset": (lambda _: as_json(ROWS), "offset", "offset=20"),
    "page by name": (lambda _: as_json(ROWS), {"page": "p"}, "p=2"),
    "offset by name": (lambda _: as_json(ROWS), {"offset": "start"}, "start=20"),
    "offset of a total": (lambda _: as_json({"total": 240, "items": ROWS}), "offset", "offset=20"),
    "page of a total": (lambda _: as_json({"total": 240, "items": ROWS}), "page", "page=2"),
    "one row": (lambda _: as_json(ROWS[:1]), "page", "page=2"),
    "something changes": (stamped(ROWS), "page", "page=2"),
    "found in the body": (
        lambda _: as_json({"total": 240, "has_more": True, "next_page": 2, "items": ROWS}),
        None,
        "page",
    ),
    "found as pages": (
        lambda sent: as_json(
            {"page": int(sent.query.get("page", 1)), "total_pages": 12, "items": ROWS}
        ),
        None,
        "page=2",
    ),
    "cursor": (
        lambda _: as_json({"more": "abc", "items": ROWS}),
        {"cursor": "more", "parameter": "after"},
        "after",
    ),
    "last record": (lambda _: as_json(ROWS), {"last": "id", "parameter": "after"}, "after"),
    "links that count": (
        lambda sent: as_json(
            ROWS, link=f"</x?page={int(sent.query.get('page', 1)) + 1}>; rel=next"
        ),
        None,
        "page",
    ),
}


@both
@pytest.mark.parametrize("limit", [None, 30, 40])
@pytest.mark.parametrize("name", IGNORED)
def test_a_parameter_that_is_ignored_is_named_at_once_and_its_page_kept_once(
    call: Any, name: str, limit: int | None, mint: Mint
) -> None:
    respond, paging, sent = IGNORED[name]
    limit = 2 if limit and name == "one row" else limit
    refused, asked = fetched(mint, respond, call, paging=paging, limit=limit, records=None)
    assert isinstance(refused, errors.UnexpectedAnswer)
    assert refused.message.startswith("Page 2 ")
    assert f"ignores {sent}" in refused.message
    assert "paging=" in refused.next_step
    rows = ROWS[:1] if name == "one row" else ROWS
    assert refused.partial["id"].tolist() == [row["id"] for row in rows]
    # those that were foreseen may be under way
    assert asked <= 22


def signed(rows: list[Any]) -> list[Any]:
    """Return rows whose links are signed anew in each answer."""
    return [{**row, "unit": "C", "link": f"/f?sig={next(SIGNATURES)}"} for row in rows]


def turned(rows: list[Any]) -> list[Any]:
    """Return rows in another order in each answer."""
    at = next(SIGNATURES) % len(rows) if rows else 0
    return rows[at:] + rows[:at]


SIGNATURES = itertools.count()
VARIED = pytest.mark.parametrize("varied", [signed, turned])


@VARIED
@pytest.mark.parametrize("paging", ["page", "offset"])
@pytest.mark.parametrize("limit", [None, 90])
def test_a_parameter_is_ignored_although_each_answer_differs(
    varied: Any, paging: str, limit: int | None, mint: Mint
) -> None:
    refused, asked = fetched(mint, lambda _: as_json(varied(ROWS)), paging=paging, limit=limit)
    assert isinstance(refused, errors.UnexpectedAnswer)
    assert f"the API ignores {paging}" in refused.message
    assert asked < 8


@VARIED
@pytest.mark.parametrize("base", [0, 1])
def test_the_first_page_is_read_once_although_each_answer_differs(
    varied: Any, base: int, mint: Mint
) -> None:
    def respond(sent: Sent) -> Answer:
        page = int(sent.query.get("page", base)) - base
        return as_json(varied(ROWS[5 * page : 5 * page + 5]))

    frame, _ = fetched(mint, respond, paging="page")
    assert sorted(frame["id"]) == list(range(20))


def test_an_offset_that_counts_from_1_is_found_out_although_each_answer_differs(mint: Mint) -> None:
    def respond(sent: Sent) -> Answer:
        start = int(sent.query.get("offset", 1)) - 1
        return as_json(signed(ROWS[start : start + 5]))

    assert fetched(mint, respond, paging="offset")[0]["id"].tolist() == list(range(20))


def test_a_cursor_is_ignored_although_each_answer_differs(
    mint: Mint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(so_far, "_NOTHING_NEW", 5)
    refused, asked = fetched(
        mint, lambda _: as_json({"next": f"/x?c={next(SIGNATURES)}", "items": signed(ROWS)})
    )
    assert "the API ignores c" in str(refused)
    assert asked < 12


def test_rows_without_an_id_may_have_gaps_and_another_order(mint: Mint) -> None:
    rows = [{"note": None if n % 3 == 0 else f"n{n % 5}", "value": n} for n in range(12)]
    refused, _ = fetched(mint, lambda _: as_json(turned(rows)), paging="page", path="/x?page=1")
    assert "the API ignores page" in str(refused)


@pytest.mark.parametrize("each", [1, 5])
@pytest.mark.parametrize("paging", ["page", "offset"])
def test_an_api_that_starts_again_is_noticed(paging: str, each: int, mint: Mint) -> None:
    def respond(sent: Sent) -> Answer:
        start = int(sent.query.get(paging, 0)) * (each if paging == "page" else 1)
        return as_json((ROWS * 9)[start % 20 :][:each])

    refused, _ = fetched(mint, respond, paging=paging)
    assert "starts over after its last page" in str(refused)
    assert "pass limit=20" in refused.next_step


def test_an_api_that_leads_to_its_next_page_may_have_the_same_rows_again(mint: Mint) -> None:
    def respond(sent: Sent) -> Answer:
        page = int(sent.query.get("cursor", "c0")[1:])
        following = f"c{page + 1}" if page < 11 else None
        return as_json({"items": ROWS[5 * (page % 4) :][:5], "next_cursor": following})

    frame, asked = fetched(mint, respond)
    assert (len(frame), asked) == (60, 12)


def test_values_that_only_happen_to_come_again_are_no_new_start(mint: Mint) -> None:
    values = [3, 7, 3, 7, 1, 3, 7]

    def respond(sent: Sent) -> Answer:
        return as_json([{"v": v} for v in values[int(sent.query.get("offset", 0)) :][:1]])

    assert fetched(mint, respond, paging="offset")[0]["v"].tolist() == values


def test_a_total_may_be_written_with_a_point(mint: Mint) -> None:
    def respond(sent: Sent) -> Answer:
        page = int(sent.query.get("page", 1))
        return as_json({"page": float(page), "total": 20.0, "items": ROWS[5 * page - 5 :][:5]})

    assert len(fetched(mint, respond)[0]) == 20


def test_a_page_that_was_refused_as_repeated_is_asked_for_again(mint: Mint) -> None:
    mint.pages["/api/x"] = as_json(ROWS)
    mint.pages["/api/x?page=1"] = mint.pages["/api/x?page=2"] = as_json(ROWS)
    with pytest.raises(errors.UnexpectedAnswer, match="same rows as page 1") as refused:
        mint.session().frame("/x", paging="page")
    mint.pages["/api/x?page=2"] = as_json([{"id": 20, "name": "n20"}])
    mint.pages["/api/x?page=3"] = as_json([])
    assert refused.value.resume()["id"].tolist() == list(range(21))


ALIKE = [{"v": 0}] * 4


@pytest.mark.parametrize(
    ("paging", "pages", "rows"),
    [
        # rows that are all alike may well be many
        ("page", {1: ALIKE, 2: ALIKE, 3: []}, 8),
        ("offset", {0: ALIKE, 4: ALIKE, 8: ALIKE[:1], 9: []}, 9),
        # the same rows, and others between them
        ("page", {1: ROWS, 2: ROWS[:3], 3: ROWS, 4: []}, 43),
        ("page", {1: []}, 0),
    ],
)
def test_rows_that_are_alike_are_no_repeated_page(
    paging: str, pages: dict[int, Any], rows: int, mint: Mint
) -> None:
    first = min(pages)
    frame, asked = fetched(
        mint, lambda sent: as_json(pages[int(sent.query.get(paging, first))]), paging=paging
    )
    assert len(frame) == rows
    # the number of the first page is tried out, since nothing says whether it is 0 or 1
    assert asked == len(pages) + (paging == "page" and rows > 0)


def test_an_api_that_leads_on_may_end_with_the_same_rows(mint: Mint) -> None:
    pages = {"": ("a", ROWS), "a": ("b", []), "b": ("c", ROWS[:2]), "c": (None, ROWS[:2])}

    def respond(sent: Sent) -> Answer:
        cursor, rows = pages[sent.query.get("cursor", "")]
        return as_json({"next_cursor": cursor, "items": rows})

    assert len(fetched(mint, respond)[0]) == 24


def test_an_api_that_gives_its_last_page_again_ends_where_its_total_is_reached(mint: Mint) -> None:
    def respond(sent: Sent) -> Answer:
        number = min(int(sent.query.get("page", 1)), 2)
        return as_json({"total": 20, "items": ROWS[10 * number - 10 : 10 * number]})

    frame, asked = fetched(mint, respond, paging="page")
    assert (frame["id"].tolist(), asked) == (list(range(20)), 3)


@both
@pytest.mark.parametrize("limit", [None, 35])
@pytest.mark.parametrize("paging", ["page", None])
def test_more_rows_than_the_total_are_refused(
    call: Any, paging: str | None, limit: int | None, mint: Mint
) -> None:
    ids = itertools.count()

    def respond(sent: Sent) -> Answer:
        number = int(sent.query.get("page", 1))
        rows = [{"id": next(ids)} for _ in range(20)]
        return as_json({"total": 30, "next": f"/x?page={number + 1}", "items": rows})

    refused, _ = fetched(mint, respond, call, paging=paging, limit=limit)
    assert isinstance(refused, errors.UnexpectedAnswer)
    assert "there are only 30" in refused.message
    assert len(refused.partial) == 20


@pytest.mark.parametrize(
    "around",
    [
        {"count": 20},
        {"total": 20},
        {"total": 30, "total_is_estimated": True},
        {"total": {"value": 30, "relation": "gte"}},
        {},
    ],
)
def test_what_is_no_total_of_the_rows_stops_no_fetch(around: Any, mint: Mint) -> None:
    def respond(sent: Sent) -> Answer:
        number = int(sent.query.get("page", 0))
        rows = [{"id": 20 * number + n} for n in range(20)]
        following = f"/x?page={number + 1}" if number < 3 else None
        return as_json({**around, "next": following, "items": rows})

    frame, _ = fetched(mint, respond)
    assert frame["id"].tolist() == list(range(80))


FILTERED = [
    ("p=5", {"page": 1, "total_pages": 3}, "page"),
    ("start=7", {"offset": 0, "total": 60}, "offset"),
    ("from=2026", {"startAt": 0, "maxResults": 20, "total": 60}, "startAt"),
    ("number=5&p=9", {"page": 1, "per_page": 20, "total": 60}, "page"),
]


@both
@pytest.mark.parametrize(("own", "around", "counter"), FILTERED)
def test_a_filter_named_like_a_counter_stays_what_it_is(
    call: Any, own: str, around: dict[str, Any], counter: str, mint: Mint
) -> None:
    step = 1 if counter == "page" else 20

    def respond(sent: Sent) -> Answer:
        assert own in sent.target
        value = int(sent.query.get(counter, around[counter]))
        place = (value - around[counter]) // step
        rows = [{"id": 20 * place + n} for n in range(20)]
        return as_json({**around, counter: value, "items": rows})

    with rigged(respond) as api:
        frame = call(mint.session(api=api.origin), "frame", f"/x?{own}")
    assert frame["id"].tolist() == list(range(60))


@pytest.mark.parametrize("own", ["p=5", "start=5", "from=5"])
def test_a_filter_does_not_make_one_page_of_many_the_whole(own: str, mint: Mint) -> None:
    mint.pages[f"/api/x?{own}"] = as_json(ROWS, x_total_count="99")
    with pytest.raises(errors.UnexpectedAnswer, match="gives 20 of 99 records"):
        mint.session().frame(f"/x?{own}")


@pytest.mark.parametrize(
    ("own", "header", "target"),
    [("p=5", "2", "p=5&page=2"), ("p=1", "2", "p=2"), ("page=4", "5", "page=5")],
)
def test_a_header_with_a_number_counts_by_what_it_confirms(
    own: str, header: str, target: str, mint: Mint
) -> None:
    mint.pages[f"/api/x?{own}"] = as_json(ROWS, x_next_page=header)
    mint.pages[f"/api/x?{target}"] = as_json([{"id": 99, "name": "last"}], x_next_page="")
    assert mint.session().frame(f"/x?{own}")["id"].tolist() == [*range(20), 99]


@pytest.mark.parametrize("own", ["page=home", "page=7"])
def test_a_filter_that_an_answer_counts_by_is_not_written_over(own: str, mint: Mint) -> None:
    mint.pages[f"/api/x?{own}"] = as_json({"page": 1, "total_pages": 3, "items": ROWS})
    with pytest.raises(errors.UnexpectedAnswer, match="came back as page 1"):
        mint.session().frame(f"/x?{own}")
    assert len(mint.asked("/api")) == 1


def test_a_redirect_that_drops_the_counter_is_counted_on_all_the_same(mint: Mint) -> None:
    def respond(sent: Sent) -> Answer:
        number = sent.query.get("page")
        if number is not None:
            return as_json({}, status=307, location=f"/y/{number}")
        number = sent.target.rpartition("/")[2].replace("x", "1")
        return as_json([{"id": int(number)}] if int(number) < 4 else [])

    frame, _ = fetched(mint, respond, paging="page")
    assert frame["id"].tolist() == [1, 2, 3]


def test_a_problem_of_the_way_on_is_said_again_by_resume(mint: Mint) -> None:
    mint.pages["/api/x"] = as_json(ROWS, x_total_count="99")
    with pytest.raises(errors.UnexpectedAnswer, match="gives 20 of 99 records") as stuck:
        mint.session().frame("/x")
    with pytest.raises(errors.UnexpectedAnswer, match="gives 20 of 99 records") as again:
        stuck.value.resume()
    assert len(again.value.partial) == 20
    assert str(again.value).count("are safe") == 1
    assert isinstance(mint.session(), ow.Session)
