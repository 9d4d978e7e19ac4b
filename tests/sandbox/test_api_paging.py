"""Following the answers of each way of paging visits every row once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ..helpers.growth import is_within

if TYPE_CHECKING:
    from collections.abc import Callable

ROWS = 1203
SIZES = {"cursor": "limit", "offset": "limit", "jsonapi": "page[size]"}


@pytest.fixture
def get(browser: Any) -> Callable[..., Any]:
    token = browser.alone(scope="cells.read").json()["access_token"]

    def get(address: str = "/api/cells", **params: Any) -> Any:
        return browser.get(address, token, **params)

    return get


def by_address(rows: str, following: Callable[[Any], str | None]) -> Any:
    def walk(get: Callable[..., Any], first: Any) -> list[dict[str, Any]]:
        found, answer = [], first
        while True:
            body = answer.json()
            for name in rows.split():
                body = body[name]
            found += body
            address = following(answer)
            if address is None:
                return found
            answer = get(address)

    return walk


def by_cursor(get: Callable[..., Any], first: Any) -> list[dict[str, Any]]:
    found, body = [], first.json()
    while True:
        found += body["items"]
        assert body["has_more"] == (body["next_cursor"] is not None)
        if not body["has_more"]:
            return found
        body = get(paging="cursor", rows=ROWS, limit=100, cursor=body["next_cursor"]).json()


def by_page(get: Callable[..., Any], first: Any) -> list[dict[str, Any]]:
    told = first.json()
    assert told["total_pages"] == -(-told["total"] // told["per_page"])
    found = told["items"]
    for page in range(2, told["total_pages"] + 1):
        body = get(paging="page", rows=ROWS, per_page=100, page=page).json()
        assert body["page"] == page
        found += body["items"]
    return found


def by_offset(get: Callable[..., Any], first: Any) -> list[dict[str, Any]]:
    told = first.json()
    found = told["items"]
    while len(found) < told["total"]:
        told = get(paging="offset", rows=ROWS, limit=100, offset=len(found)).json()
        assert told["offset"] == len(found)
        found += told["items"]
    return found


def flat(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": row["id"], **row.get("attributes", {}), **row} for row in rows]


WALKS = {
    "link": by_address("", lambda answer: answer.links.get("next", {}).get("url")),
    "cursor": by_cursor,
    "page": by_page,
    "offset": by_offset,
    "next": by_address("results", lambda answer: answer.json()["next"]),
    "odata": by_address("value", lambda answer: answer.json().get("@odata.nextLink")),
    "hal": by_address(
        "_embedded cells", lambda answer: answer.json()["_links"].get("next", {}).get("href")
    ),
    "jsonapi": by_address("data", lambda answer: answer.json()["links"]["next"]),
}


@pytest.mark.parametrize("paging", WALKS)
def test_each_style_leads_through_every_row_once(get: Any, paging: str) -> None:
    size = SIZES.get(paging, "per_page")
    first = get(paging=paging, rows=ROWS, **{size: 100})
    rows = WALKS[paging](get, first)
    assert [row["id"] for row in flat(rows)] == [f"cell-{number:03d}" for number in range(ROWS)]
    plain = get(rows=ROWS, per_page=1, page=ROWS).json()
    assert plain[0].items() <= flat(rows)[-1].items()


@pytest.mark.parametrize("paging", WALKS)
@pytest.mark.parametrize(("rows", "expected"), [(0, 0), (1, 1), (500, 500)])
def test_a_list_of_one_page_has_no_next(get: Any, paging: str, rows: int, expected: int) -> None:
    found = WALKS[paging](
        lambda *_, **__: pytest.fail("asked again"), get(paging=paging, rows=rows)
    )
    assert len(found) == expected


@pytest.mark.parametrize("paging", [None, "next", "odata", "hal", "jsonapi"])
def test_an_address_carries_on_what_was_asked(get: Any, paging: str | None) -> None:
    asked = {"rows": 2000, "delay": "0.001", "fail_at": 9, "fail": "429"}
    answer = get(**asked, **({"paging": paging} if paging else {}))
    body = answer.json()
    address = {
        None: lambda: answer.links["next"]["url"],
        "next": lambda: body["next"],
        "odata": lambda: body["@odata.nextLink"],
        "hal": lambda: body["_links"]["next"]["href"],
        "jsonapi": lambda: body["links"]["next"],
    }[paging]()
    query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert {name: str(value) for name, value in asked.items()}.items() <= query.items()


def test_media_types_are_those_of_the_style(get: Any) -> None:
    for paging, media_type in [
        ("link", "application/json"),
        ("hal", "application/hal+json"),
        ("jsonapi", "application/vnd.api+json"),
    ]:
        assert get(paging=paging).headers["content-type"] == media_type


@pytest.mark.parametrize(
    "params",
    [
        {"paging": "scroll"},
        {"rows": 200_001},
        {"rows": -1},
        {"paging": "cursor", "cursor": "AAAA"},
        {"paging": "cursor", "cursor": "é"},
        {"paging": "odata", "$skiptoken": "cm93IC0x"},
        {"paging": "offset", "offset": "1e3"},
        {"paging": "offset", "limit": 1001},
        {"paging": "jsonapi", "page[number]": 0},
    ],
)
def test_what_is_off_the_bounds_is_refused(get: Any, params: dict[str, Any]) -> None:
    answer = get(**{name: str(value) for name, value in params.items()})
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


NAMES = (
    *("rows", "paging", "format", "fail", "fail_at", "times", "retry_after", "retry_as", "rate"),
    *("page", "per_page", "cursor", "limit", "offset", "$skiptoken", "page[number]", "page[size]"),
)
VALUES = (
    st.text(max_size=8)
    | st.integers(-2, 300_000).map(str)
    | st.sampled_from([*WALKS, "none", "csv", "ndjson", "429", "503", "401", "date"])
)


@settings(suppress_health_check=list(HealthCheck))
@given(query=st.lists(st.tuples(st.sampled_from(NAMES), VALUES | st.just("%FF")), max_size=4))
def test_whatever_is_asked_gets_rows_or_a_reason(get: Any, query: list[tuple[str, str]]) -> None:
    answer = get(
        "/api/cells?" + "&".join(f"{name}={quote(value, safe='%')}" for name, value in query)
    )
    assert answer.status_code in {200, 400, 401, 429, 503}
    assert answer.status_code == 200 or answer.json()["error_description"]


def test_beyond_the_end_there_is_an_empty_page_in_every_style(get: Any) -> None:
    for paging, where in [
        ("page", {"page": 9}),
        ("offset", {"offset": 5000}),
        ("next", {"page": 9}),
        ("jsonapi", {"page[number]": 9}),
    ]:
        body = get(paging=paging, **where).json()
        rows = body.get("items", body.get("results", body.get("data")))
        assert rows == []
        assert not body.get("next")


def test_a_page_far_down_costs_no_more_than_the_first(get: Any) -> None:
    def ask_for(page: int) -> Callable[[], object]:
        return lambda: get(rows=200_000, per_page=1000, page=page).json()

    assert is_within(4, ask_for(200), ask_for(1))
    assert len(get(rows=200_000, per_page=1000, page=200).json()) == 1000
