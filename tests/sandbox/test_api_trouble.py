"""Trouble on request, which begins, ends and repeats as documented."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from oauth_widgets.sandbox.server.state import trouble

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def get(browser: Any) -> Callable[..., Any]:
    token = browser.alone(scope="cells.read").json()["access_token"]

    def get(token: str = token, **params: Any) -> Any:
        return browser.get("/api/cells", token, **params)

    return get


@pytest.mark.parametrize("status", ["429", "503"])
def test_a_page_is_refused_so_often_and_then_given(get: Any, status: str) -> None:
    answers = [get(fail=status, times=2, retry_after=7) for _ in range(6)]
    number = int(status)
    # Asking again meets the same trouble again.
    assert [one.status_code for one in answers] == [number, number, 200] * 2
    assert {one.headers.get("retry-after") for one in answers} == {"7", None}
    assert answers[0].json()["error"] == "temporarily_unavailable"


@pytest.mark.parametrize("status", ["429", "503"])
def test_retry_after_may_be_a_date_or_missing(get: Any, status: str) -> None:
    dated = get(fail=status, retry_after=30, retry_as="date").headers["retry-after"]
    wait = parsedate_to_datetime(dated).timestamp() - time.time()
    assert dated.endswith(" GMT")
    assert 28 < wait <= 31
    assert "retry-after" not in get(fail=status, retry_as="none").headers


def test_a_broken_page_says_nothing_of_coming_back(get: Any) -> None:
    broken = get(fail="500")
    assert (broken.status_code, broken.json()["error"]) == (500, "server_error")
    assert "retry-after" not in broken.headers


def test_one_page_alone_may_fail_in_any_style(get: Any) -> None:
    for page in (1, 3):
        assert get(fail="503", fail_at=2, per_page=100, page=page).status_code == 200
    assert get(fail="503", fail_at=2, per_page=100, page=2).status_code == 503
    where = {"paging": "offset", "limit": 100, "offset": 100}
    assert get(fail="503", fail_at=2, **where).status_code == 503


def test_a_page_may_fail_for_ever(get: Any) -> None:
    assert {get(fail="503", times=1_000_000).status_code for _ in range(20)} == {503}


def test_a_token_runs_out_in_the_middle_and_a_renewed_one_is_taken(browser: Any, get: Any) -> None:
    scope = "phone offline_access events.read cells.read"
    tokens = browser.tokens(scope=scope)
    asked = {"fail": "401", "fail_at": 2, "per_page": 100}
    first = tokens["access_token"]
    assert get(first, **asked).status_code == 200
    for _ in range(3):
        refused = get(first, **asked, page=2)
        assert refused.status_code == 401
        assert 'error="invalid_token"' in refused.headers["www-authenticate"]
    second = browser.refresh(tokens["refresh_token"]).json()["access_token"]
    assert get(second, **asked, page=2).status_code == 200
    assert get(second, **asked, page=3).status_code == 200


def test_one_caller_does_not_meet_the_trouble_of_another(browser: Any, get: Any) -> None:
    other = browser.alone(scope="cells.read").json()["access_token"]
    assert get(fail="503").status_code == 503
    assert get(other, fail="503").status_code == 503
    assert get(fail="503").status_code == 200


def test_the_rate_is_limited_for_each_token(
    browser: Any, get: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(time=time.time, monotonic=lambda: 1000)
    monkeypatch.setattr(trouble, "time", clock)
    status = [get(rate=3, rows=1).status_code for _ in range(5)]
    assert status == [200, 200, 200, 429, 429]
    other = browser.alone(scope="cells.read").json()["access_token"]
    assert get(other, rate=3, rows=1).status_code == 200
    clock.monotonic = lambda: 1001
    assert get(rate=3, rows=1).status_code == 200


def test_an_answer_takes_as_long_as_asked(get: Any) -> None:
    begin = time.monotonic()
    assert get(delay="0.25", rows=1).status_code == 200
    assert time.monotonic() - begin >= 0.25


def test_without_a_token_there_is_no_waiting(browser: Any) -> None:
    begin = time.monotonic()
    assert browser.http.get("/api/cells?delay=30&fail=503").status_code == 401
    assert time.monotonic() - begin < 25


@pytest.mark.parametrize(
    "params",
    [
        {"delay": "31"},
        {"delay": "-1"},
        {"delay": "nan"},
        {"fail": "418"},
        {"times": "0"},
        {"retry_after": "61"},
        {"retry_as": "hours"},
        {"rate": "0"},
    ],
)
def test_trouble_has_bounds(get: Any, params: dict[str, str]) -> None:
    assert get(**params).status_code == 400


def test_callers_are_forgotten_in_the_end(monkeypatch: pytest.MonkeyPatch, get: Any) -> None:
    monkeypatch.setattr(trouble, "_KEPT", 3)
    for page in range(1, 6):
        assert get(fail="503", per_page=1, page=page).status_code == 503
    assert get(fail="503", per_page=1, page=5).status_code == 200
    assert get(fail="503", per_page=1, page=1).status_code == 503
