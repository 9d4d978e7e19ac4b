"""Which link of a Link header leads to the next page."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.frames.link import links

BASE = "https://api.example/v1/events?page=1"


@pytest.mark.parametrize(
    "header",
    [
        '<https://api.example/2>; rel="next"',
        "<https://api.example/2>; rel=next",
        "<https://api.example/2>;rel=next",
        '<https://api.example/2> ; REL = "NEXT"',
        '<https://api.example/2>; rel="prev next"',
        '<https://api.example/2>; title="a, b; c"; rel="next"',
        '<https://api.example/2>; title="\\""; rel="next"',
        '<https://api.example/1>; rel="prev", <https://api.example/2>; rel="next"',
        '<https://api.example/1>; rel="prev",, , <https://api.example/2>; rel="next"',
        '<https://api.example/1,2>; rel="prev", <https://api.example/2>; rel="next"',
        '<https://api.example/1>; title="; rel=next", <https://api.example/2>; rel="next"',
        '<https://api.example/2>; rel="next"; rel="prev"',
        '<https://api.example/2>; anchor; rel="next"',
        "< https://api.example/2 >; rel=next",
        "<//api.example/2>; rel=next",
        "</2>; rel=next",
        "<../2>; rel=next",
    ],
)
def test_the_next_page_is_found(header: str) -> None:
    assert links(header, BASE).get("next") == "https://api.example/2"


@pytest.mark.parametrize(
    "header",
    [
        "",
        "https://api.example/2; rel=next",
        "<https://api.example/2>",
        "<https://api.example/2>; rel=nextish",
        '<https://api.example/2>; rel="prev"; rel="next"',
        '<https://api.example/2>; title="; rel=next"',
        '<https://api.example/2>; title="rel=next',
        "<https://api.example/2; rel=next",
        "<https://api.example/2>; norel=next",
    ],
)
def test_no_next_page_is_none(header: str) -> None:
    assert links(header, BASE).get("next") is None


@pytest.mark.check(id="bearer/links")
def test_a_link_is_resolved_against_the_page_it_stands_on() -> None:
    assert links("<?page=2>; rel=next", BASE)["next"] == "https://api.example/v1/events?page=2"


@pytest.mark.parametrize("piece", ["; ", ";\t", ';a="', "<a>;", '<a>; rel="', ", ", ";rel=", "\\"])
def test_a_header_made_to_take_long_does_not(piece: str) -> None:
    begun = time.monotonic()
    links("<a>" + piece * 30_000, BASE)
    # looked through anew from each place it would take minutes
    assert time.monotonic() - begun < 10


@given(st.text(alphabet='<>;,="\\ nextrl/?#', max_size=60))
def test_any_header_is_read_without_an_error(header: str) -> None:
    links(header, BASE).get("next")
