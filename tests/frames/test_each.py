"""Many addresses in one call: in order, side by side, and what becomes of those that fail."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as paq
import pytest

from oauth_widgets import errors
from oauth_widgets.frames.many import FetchOfEach
from oauth_widgets.frames.progress import Progress
from tests.helpers.rigged import Answer, Sent, answer, api, as_json

ORDERS = "/customers/{id}/orders"


def customer(sent: Sent) -> int:
    found = re.search(r"/customers/(\d+)/", sent.target)
    assert found
    return int(found[1])


def orders(sent: Sent) -> Answer:
    """Two pages for each customer, the earlier ones slower than those after them."""
    number = customer(sent)
    if "page=2" in sent.target:
        return as_json({"items": [{"order": number * 10 + 1}], "next": None})
    time.sleep(0.05 if number % 2 else 0)
    return as_json({"items": [{"order": number * 10}], "next": f"{sent.target}?page=2"})


def without(*numbers: int, status: int = 404) -> Callable[[Sent], Answer]:
    return lambda sent: answer(status=status) if customer(sent) in numbers else orders(sent)


def as_frame(made: Any) -> pd.DataFrame:
    """Return what was read as a DataFrame, whatever the way."""
    if isinstance(made, pd.DataFrame):
        return made
    table = paq.read_table(made) if isinstance(made, Path) else made
    frame: pd.DataFrame = table.to_pandas()
    return frame


@pytest.mark.parametrize("way", ["frame", "arrow", "to_parquet"])
def test_rows_come_in_order_with_the_values_of_their_address_in_front(
    way: str, tmp_path: Path
) -> None:
    with api(orders) as (session, rigged):
        path = [tmp_path / "rows.parquet"] if way == "to_parquet" else []
        made = getattr(session, way)(ORDERS, *path, each={"id": range(1, 41)}, progress=False)
    if way == "frame":
        assert made.attrs["source"] == f"{rigged.origin}/api{ORDERS}"
        assert made.attrs["pages"] == 80
    table = as_frame(made)
    assert list(table.columns) == ["id", "order"]
    assert list(table["id"]) == [n for n in range(1, 41) for _ in range(2)]
    assert list(table["order"]) == [n * 10 + k for n in range(1, 41) for k in range(2)]


def test_addresses_are_asked_for_side_by_side_and_no_more_than_the_gate_lets_through() -> None:
    inside, most, lock = 0, 0, threading.Lock()

    def reply(sent: Sent) -> Answer:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        time.sleep(0.03)
        with lock:
            inside -= 1
        return as_json([{"n": customer(sent)}])

    with api(reply) as (session, _):
        session.frame(ORDERS, each={"id": range(60)})
    assert 4 <= most <= 16


def test_a_column_of_the_api_keeps_its_name() -> None:
    with api(lambda _: as_json([{"id": "own"}])) as (session, _):
        frame = session.frame(ORDERS, each={"id": [1, 2]})
    assert list(frame.columns) == ["each.id", "id"]
    assert frame.to_dict("list") == {"each.id": [1, 2], "id": ["own", "own"]}


def test_values_are_percent_encoded_into_path_and_query() -> None:
    with api(lambda _: as_json([{"n": 1}])) as (session, rigged):
        each = {"a": ["x/y ?#ø"], "since": [datetime(2026, 1, 1, tzinfo=UTC)], "open": [True]}
        session.frame("/c/{a}?since={since}&open={open}", {"size": 5}, each=each)
    assert [sent.target for sent in rigged.sent] == [
        "/api/c/x%2Fy%20%3F%23%C3%B8?since=2026-01-01T00%3A00%3A00Z&open=true&size=5"
    ]


def test_a_dataframe_gives_its_columns() -> None:
    each = pd.DataFrame({"id": [3, 4], "year": ["2025", "2026"]}, index=[7, 9])
    with api(lambda sent: as_json([{"at": sent.target}])) as (session, _):
        frame = session.frame("/c/{id}/{year}", each=each)
    assert list(frame["id"]) == [3, 4]
    assert list(frame["at"]) == ["/api/c/3/2025", "/api/c/4/2026"]


@pytest.mark.parametrize("way", ["frame", "arrow", "to_parquet"])
def test_an_each_of_nothing_is_empty_and_asks_for_nothing(way: str, tmp_path: Path) -> None:
    with api(orders) as (session, rigged):
        path = [tmp_path / "rows.parquet"] if way == "to_parquet" else []
        made = getattr(session, way)(ORDERS, *path, each={"id": []})
        assert rigged.sent == []
    if way == "frame":
        assert (len(made), list(made.columns), made.attrs["pages"]) == (0, ["id"], 0)


def test_what_the_api_does_not_have_is_skipped_if_told_so() -> None:
    with api(without(2, 3)) as (session, _):
        frame = session.frame(ORDERS, each={"id": [1, 2, 3, 4]}, missing="skip")
    assert list(frame["id"]) == [1, 1, 4, 4]


@pytest.mark.parametrize("way", ["frame", "arrow", "to_parquet"])
def test_failures_are_gathered_and_resume_reads_them_alone(way: str, tmp_path: Path) -> None:
    down = {2, 5}

    def reply(sent: Sent) -> Answer:
        return without(*down)(sent)

    with api(reply) as (session, rigged):
        path = [tmp_path / "rows.parquet"] if way == "to_parquet" else []
        with pytest.raises(errors.ResourceError, match="2 of 6 addresses failed") as caught:
            getattr(session, way)(ORDERS, *path, each={"id": range(1, 7)}, progress=False)
        assert "/customers/2/orders" in str(caught.value)
        assert 'missing="skip"' in caught.value.next_step
        if way == "frame":
            assert sorted(set(caught.value.partial["id"])) == [1, 3, 4, 6]
            assert sorted(set(session.unfinished.partial["id"])) == [1, 3, 4, 6]
        down.clear()
        before = len(rigged.sent)
        made = caught.value.resume()
        assert {customer(sent) for sent in rigged.sent[before:]} == {2, 5}
    assert list(as_frame(made)["id"]) == [n for n in range(1, 7) for _ in range(2)]


def test_a_refused_token_ends_the_whole_at_once() -> None:
    with api(without(*range(100), status=401)) as (session, rigged):
        with pytest.raises(errors.InvalidToken):
            session.frame(ORDERS, each={"id": range(100)})
        assert len(rigged.sent) <= 16


def test_a_limit_is_one_of_all_rows_together() -> None:
    with api(orders) as (session, rigged):
        frame = session.frame(ORDERS, each={"id": range(1, 101)}, limit=5)
    assert list(frame["order"]) == [10, 11, 20, 21, 30]
    assert len(rigged.sent) < 120


def test_progress_counts_addresses() -> None:
    said: list[Progress] = []
    with api(orders) as (session, _):
        session.frame(ORDERS, each={"id": range(1, 9)}, progress=said.append)
    assert (said[-1].addresses, said[-1].total_addresses, said[-1].rows) == (8, 8, 16)


def test_pages_with_other_columns_and_types_become_one_table() -> None:
    pages = {1: [{"a": 1}], 2: [], 3: [{"a": 1.5, "b": {"c": "x"}}], 4: [{"a": "text"}]}
    with api(lambda sent: as_json(pages[customer(sent)])) as (session, _):
        frame = session.frame(ORDERS, each={"id": list(pages)})
    assert list(frame.columns) == ["id", "a", "b.c"]
    assert list(frame["a"]) == [1, 1.5, "text"]


def test_pages_of_csv_have_the_values_in_front_too() -> None:
    with api(lambda sent: answer(f"n\n{customer(sent)}\n".encode(), kind="text/csv")) as (
        session,
        _,
    ):
        frame = session.frame(ORDERS, each={"id": ["5", "6"]})
    assert frame.to_dict("list") == {"id": ["5", "6"], "n": [5, 6]}


@pytest.mark.parametrize(
    ("address", "each", "words"),
    [
        ("/c", {"id": [1]}, "no names in braces"),
        ("/c/{id}/{x}", {"id": [1]}, "no column for 'x'"),
        ("/c/{id}", {"id": [1], "x": [1]}, "no name in braces for 'x'"),
        ("/c/{id}/{x}", {"id": [1, 2], "x": [1]}, "differ in length"),
        ("/c/{id}", {"id": ["a", ".."]}, "another address"),
        ("/c/{id}", {"id": [""]}, "another address"),
        ("/c/{id}", {"id": [None]}, "no value"),
        ("/c/{id}", {"id": [float("nan")]}, "nan"),
        ("/c/{id}", {"id": [object()]}, "object"),
        ("/c/{id}", {"id": "abc"}, "needs a list"),
        ("/c/{id}", {"id": 3}, "needs a list"),
        ("/c/{id}", {"id": bytearray(b"ab")}, "needs a list"),
        ("/c/{id}", {"id": np.array(["2026-01-01"], "datetime64[ns]")}, "datetime64"),
        ("/c/{id}", {"id": np.array([1], "timedelta64[ns]")}, "timedelta64"),
        ("/c/{id}", [1, 2], "columns"),
        ("/c/{id}", {3: [1]}, "3"),
        ("/c/{id}", {}, "no column for 'id'"),
    ],
)
def test_what_does_not_fit_is_refused_before_anything_is_sent(
    address: str, each: Any, words: str
) -> None:
    with api(orders) as (session, rigged):
        with pytest.raises(errors.ConfigurationError, match=re.escape(words)):
            session.frame(address, each=each)
        assert rigged.sent == []


def test_a_time_next_to_a_date_keeps_its_time_of_day() -> None:
    days = [date(2026, 1, 1), datetime(2026, 1, 2, 3, tzinfo=UTC)]
    with api(lambda _: as_json([{"n": 1}])) as (session, _):
        frame = session.frame("/c/{day}", each={"day": days}, progress=False)
    assert frame["day"].tolist() == ["2026-01-01", "2026-01-02 03:00:00+00:00"]


def test_the_warnings_of_many_addresses_are_one_that_counts_them() -> None:
    def full(sent: Sent) -> Answer:
        rows = 1 if customer(sent) == 1 else 2
        return as_json([{"order": n} for n in range(rows)])

    with (
        api(full) as (session, _),
        pytest.warns(errors.MaybeIncompleteWarning, match="2 of 3 addresses may have") as caught,
    ):
        session.frame(f"{ORDERS}?per_page=2", each={"id": [1, 2, 3]}, progress=False)
    assert len(caught) == 1
    assert "customers/2/orders: The API returned 2 rows" in str(caught[0].message)


class Counted(list[Any]):
    """A list that counts how often it is gone through."""

    times = 0

    def __iter__(self) -> Iterator[Any]:
        self.times += 1
        return super().__iter__()


def test_very_many_addresses_are_not_gone_through_for_each_of_them() -> None:
    with api(without(7)) as (session, _):
        with pytest.raises(errors.ResourceError):
            session.arrow(ORDERS, each={"id": range(1, 41)}, progress=False)
        fetch = session.unfinished
        assert isinstance(fetch, FetchOfEach)
        walks = fetch._walks = Counted(fetch._walks)  # noqa: SLF001
        for walk in walks:
            walk.done, walk.so_far = False, replace(walk.so_far, next=walk.plan.url)
        walks.times = 0
        with pytest.raises(errors.ResourceError):
            fetch.resume()
    assert walks.times < 10
