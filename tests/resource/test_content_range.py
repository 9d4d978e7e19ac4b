"""Which rows an answer holds, as its header says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.resource.content_range import ContentRange, content_range


def said(value: str) -> ContentRange | None:
    return content_range({"content-range": value})


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("items 0-24/163", ContentRange("items", 0, 163)),
        ("my-rows 25-49/*", ContentRange("my-rows", 25, None)),
        ("0-24/3573458", ContentRange("", 0, 3573458)),
        ("50-74/*", ContentRange("", 50, None)),
    ],
)
def test_a_range_of_rows_says_where_it_begins_and_how_many_there_are(
    value: str, found: ContentRange
) -> None:
    assert said(value) == found


@pytest.mark.parametrize(
    "value",
    [
        *("", "items", "*/*", "*/0", "items */99", "id a..z; max=10", "items 0-24", "0-24/x"),
        *("bytes 0-24/163", "Bytes 0-24/*", "items  0-24/163", "-1-24/163", "0-24/163 "),
        *("0-24/" + "9" * 13, "9" * 13 + "-1/9"),
    ],
)
def test_what_names_no_rows_is_none(value: str) -> None:
    assert said(value) is None
    assert content_range({}) is None


@given(st.text() | st.from_regex(r"([a-z]+ )?[0-9]+-[0-9]+/([0-9]+|\*)", fullmatch=True))
def test_any_header_is_rows_or_none(value: str) -> None:
    found = said(value)
    assert found is None or (found.first >= 0 and (found.total or 0) >= 0)
