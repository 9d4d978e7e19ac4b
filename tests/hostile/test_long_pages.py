"""What is long in a page of an API takes time by its length alone: links, names, records, lists."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from oauth_widgets.frames.columns import Columns
from oauth_widgets.frames.decode import Decoder
from oauth_widgets.frames.plan import MAX_BYTES, Plan
from oauth_widgets.frames.preview import Preview
from oauth_widgets.frames.saved import shortened, whole
from oauth_widgets.frames.so_far import SoFar

from .test_linear import is_linear
from .test_loops import ORIGIN, Use, a_response, names


def read(
    document: Callable[[int], Any], headers: Callable[[int], str] = str
) -> Callable[[int], Use]:
    """Return the reading of a page of an API: its records, its columns and the way on."""

    def using(size: int) -> Use:
        answer = a_response(document(size))
        answer = replace(answer, headers={**answer.headers, "link": headers(size)})
        plan = Plan(f"{ORIGIN}/rows", None, None, None, {}, MAX_BYTES)

        def use() -> None:
            so_far = SoFar(plan.url, Decoder(None, ruled=False), Columns())
            so_far.after(so_far.read(answer, plan), plan, set())

        return use

    return using


def previewed(size: int) -> Use:
    frame = pd.DataFrame([range(size)], columns=names(size))
    preview = Preview(frame, "rows", "none", None, tuple(names(size)), "session.frame()")
    return lambda: (preview._repr_html_(), repr(preview))


def restarted(size: int) -> Use:
    first, following = (f"{ORIGIN}/rows?{'&'.join(names(size))}&p={at}" for at in range(2))
    return lambda: whole(shortened(following, first), first)


PAGES: dict[str, Callable[[int], Use]] = {
    "links of a page": read(
        lambda _: [{"a": 1}],
        lambda size: ", ".join(f'<{ORIGIN}/{name}>; rel="{name}"' for name in names(size // 4)),
    ),
    "relations of one link": read(
        lambda _: [{"a": 1}],
        lambda size: f'<{ORIGIN}/{"a/" * size}>; rel="{" ".join(names(size))}"',
    ),
    "parameters of one link": read(
        lambda _: [{"a": 1}],
        lambda size: f"<{ORIGIN}>" + "".join(f'; {name}="x"' for name in names(size)),
    ),
    "records of many members": read(lambda size: [dict.fromkeys(names(size // 4), 1)] * 2),
    "records in parts": read(lambda size: [{"a": dict.fromkeys(names(size // 4), 1)}] * 2),
    "records in parts with a long name": read(
        lambda size: [{"a" * size: dict.fromkeys(names(size // 20), 1)}]
    ),
    "records below a long name": read(
        lambda size: {"a" * size: {**dict.fromkeys(names(size // 20), 1), "items": [{"b": 1}]}}
    ),
    "signs below a long name": read(
        lambda size: {
            "a" * size: {**dict.fromkeys(names(size // 20), 1), "next_page": 2, "page": 1},
            "items": [{"b": 1}],
        }
    ),
    "lists below a long name": read(
        lambda size: {"a" * size: {name: [] for name in names(size // 20)}, "items": [{"b": 1}]}
    ),
    "lists": read(lambda size: {**{name: [{}] for name in names(size // 8)}, "items": [{"b": 1}]}),
    "rows of cells": read(lambda size: [["a", "b"], *([[1, 2]] * size)]),
    "a table of many columns": read(lambda size: [names(size // 4), [1] * (size // 4)]),
    "a preview's columns": previewed,
    "an address that a restart remembers": restarted,
}


@pytest.mark.parametrize("case", PAGES)
def test_a_page_takes_time_by_its_length_alone(case: str) -> None:
    assert is_linear(PAGES[case])
