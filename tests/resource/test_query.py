from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntFlag, StrEnum
from types import MappingProxyType
from typing import Any
from uuid import UUID

import httpx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.resource.query import encoded

MOMENT = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
EAST = timezone(timedelta(hours=2))


class Sort(StrEnum):
    NEWEST = "newest"


class Level(int, Enum):
    HIGH = 3


class Access(IntFlag):
    READ = 1
    WRITE = 2


@pytest.mark.parametrize(
    ("value", "query"),
    [
        *((None, ""), ([], ""), ([None], ""), ("", "p="), ("a b&c", "p=a+b%26c"), (7, "p=7")),
        *((True, "p=true"), (False, "p=false"), ([1, None, True], "p=1&p=true"), (2.5, "p=2.5")),
        *((Decimal("1.50"), "p=1.50"), (Sort.NEWEST, "p=newest"), (("a", "b"), "p=a&p=b")),
        (MOMENT, "p=2026-11-28T09%3A30%3A00Z"),
        (MOMENT.astimezone(EAST), "p=2026-11-28T11%3A30%3A00%2B02%3A00"),
        (date(2026, 11, 28), "p=2026-11-28"),
        (pd.Timestamp(MOMENT), "p=2026-11-28T09%3A30%3A00Z"),
        (UUID(int=1), "p=00000000-0000-0000-0000-000000000001"),
        *((np.int64(3), "p=3"), (np.bool_(True), "p=true"), (np.array([1, 2]), "p=1&p=2")),
        (pd.Series(["x", "y"]), "p=x&p=y"),
        *((Level.HIGH, "p=3"), (Access.READ | Access.WRITE, "p=3"), (np.array(5), "p=5")),
        (Decimal("1e400"), "p=1E%2B400"),
    ],
)
def test_a_value_is_spelled_as_apis_read_it(value: Any, query: str) -> None:
    assert encoded({"p": value}) == query


@pytest.mark.parametrize(
    "value",
    [
        *(float("nan"), float("inf"), Decimal("NaN"), np.float64("nan"), pd.NaT, pd.NA),
        *({"a": 1}, [{"a": 1}], [[1]], b"bytes", object(), 1j, MOMENT.replace(tzinfo=None)),
        *(np.datetime64("2026-11-28", "ns"), np.timedelta64(1, "D"), pd.Timedelta(1)),
        *("\ud800", ["fine", "\udfff"], [float("nan")]),
        *(
            Decimal("sNaN"),
            pytest.param(10**5000, id="long"),
            np.array([[1, 2]]),
            pd.DataFrame({"a": [1]}),
        ),
        *(bytearray(b"a"), memoryview(b"a"), np.float64("inf"), np.bytes_(b"a")),
    ],
)
def test_a_value_that_no_address_can_hold_is_refused_by_name(value: Any) -> None:
    with pytest.raises(ConfigurationError, match="The parameter 'since'") as refused:
        encoded({"fine": 1, "since": value})
    assert refused.value.next_step


@pytest.mark.parametrize("params", ["a=b", [("a", 1)], 7, {"a"}])
def test_parameters_are_a_mapping(params: Any) -> None:
    with pytest.raises(ConfigurationError, match="params= must be a mapping"):
        encoded(params)
    assert encoded(MappingProxyType({"a": 1})) == "a=1"


@pytest.mark.parametrize("name", [None, b"a", ("a",), 1.5])
def test_a_parameter_is_named_by_text(name: Any) -> None:
    with pytest.raises(ConfigurationError, match=r"A name in params= must be text"):
        encoded({name: 1})
    assert encoded({Sort.NEWEST: 1}) == "newest=1"


ALIKE = st.text(st.characters(exclude_categories=["Cs"])) | st.booleans() | st.integers()


@given(st.dictionaries(st.text("abcé_[]", min_size=1), ALIKE | st.lists(ALIKE, max_size=3)))
def test_parameters_arrive_as_those_that_httpx_sends(params: dict[str, Any]) -> None:
    ours = httpx.QueryParams(encoded(params))
    assert ours.multi_items() == httpx.QueryParams(params).multi_items()
