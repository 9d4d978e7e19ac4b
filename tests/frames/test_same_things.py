"""Pages of the same things with other values, which are rows like any others."""

from __future__ import annotations

import pytest

from tests.helpers.mint import Mint
from tests.helpers.rigged import Answer, Sent, as_json

from .test_repeats import fetched


def test_the_same_things_at_other_times_are_no_repeated_page(mint: Mint) -> None:
    def respond(sent: Sent) -> Answer:
        day = int(sent.query.get("page", 1))
        rows = [{"id": n, "unit": "C", "lat": 1, "value": day * n} for n in range(6)]
        return as_json(rows if day < 9 else [])

    frame, _ = fetched(mint, respond, path="/x?page=1", paging="page")
    assert len(frame) == 48


@pytest.mark.parametrize("size", [5, 6, 9])
def test_rows_of_one_sensor_on_two_pages_are_no_overlap(size: int, mint: Mint) -> None:
    rows = [{"id": n // 4, "unit": "C", "lat": 1, "lon": 2, "value": n} for n in range(30)]

    def respond(sent: Sent) -> Answer:
        start = int(sent.query.get("offset", 0))
        return as_json(rows[start : start + size])

    assert fetched(mint, respond, paging="offset")[0]["value"].tolist() == list(range(30))


def test_the_second_page_of_the_same_things_is_not_passed_over(mint: Mint) -> None:
    def respond(sent: Sent) -> Answer:
        day = int(sent.query.get("page", 0))
        rows = [{"id": n, "unit": "C", "lat": 1, "value": n * (day + 1)} for n in range(6)]
        return as_json(rows if day < 9 else [])

    refused, _ = fetched(mint, respond, paging="page")
    assert 'params={"page": 0}' in str(refused)
    frame, _ = fetched(mint, respond, paging="page", params={"page": 0})
    assert len(frame) == 54


@pytest.mark.parametrize(("paging", "first", "step"), [("page", 1, 1), ("offset", 0, 20)])
def test_pages_that_differ_in_one_column_are_all_read(
    paging: str, first: int, step: int, mint: Mint
) -> None:
    def respond(sent: Sent) -> Answer:
        day = (int(sent.query.get(paging, first)) - first) // step
        rows = [{"id": n, "name": "x", "unit": "C", "value": 100 * day + n} for n in range(20)]
        return as_json(rows if day < 5 else [])

    frame, _ = fetched(mint, respond, paging=paging)
    assert frame["value"].tolist() == [100 * day + n for day in range(5) for n in range(20)]
