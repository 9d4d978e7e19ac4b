from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets._net.message import Response
from oauth_widgets._net.retry_after import by_status, passes, patience
from oauth_widgets.errors import ResourceError
from tests.protocol.builders import NOW


def asked(value: str | None, status: int = 503) -> float | None:
    headers = {} if value is None else {"retry-after": value}
    return patience(Response(status, headers), now=NOW)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0),
        ("120", 120),
        (" 3 ", 3),
        ("Fri, 15 Jan 2027 08:01:00 GMT", 60),
        ("Fri, 15 Jan 2027 07:59:00 GMT", 0),
    ],
)
@pytest.mark.check(id="transport/retries")
def test_a_server_says_how_long_to_wait(status: int, value: str, seconds: float) -> None:
    assert asked(value, status) == seconds


@pytest.mark.parametrize("value", [None, "", "soon", "-1", "1.5", "1e3", "٣", "9" * 10, "Fri, 99"])
@pytest.mark.check(id="transport/retries")
def test_where_it_does_not_a_second_is_waited(value: str | None) -> None:
    assert asked(value) == 1


@pytest.mark.parametrize("status", [200, 302, 400, 401, 404, 500, 502, 504])
@pytest.mark.check(id="transport/retries")
def test_other_answers_are_final(status: int) -> None:
    assert asked("3", status) is None


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 507, 520, 522, 530, 599])
def test_a_status_that_may_pass_is_told_with_the_advice_to_try_again(status: int) -> None:
    problem = by_status(ResourceError("No."), status)
    assert passes(status)
    assert problem.retry_may_help
    assert problem.next_step == "Try again in a moment."


@pytest.mark.parametrize("status", [200, 304, 400, 401, 403, 404, 410, 418, 501, 505, 511])
def test_a_status_that_lasts_is_told_with_other_advice(status: int) -> None:
    problem = by_status(ResourceError("No."), status)
    assert not passes(status)
    assert not problem.retry_may_help
    assert "in a moment" not in problem.next_step


DATES = st.datetimes().map("{:%a, %d %b %Y %H:%M:%S} ".format)
ZONES = st.sampled_from(["GMT", "-0000", "+9999", "-9959", ""])


@given(st.text() | st.tuples(DATES, ZONES).map("".join))
@pytest.mark.check(id="transport/retries")
def test_any_header_makes_a_wait(value: str) -> None:
    seconds = asked(value)
    assert seconds is not None
    assert seconds >= 0
