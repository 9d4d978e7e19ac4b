"""The number of cells in JSON is known before it is read, in little memory and never too low."""

from __future__ import annotations

import json
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oauth_widgets.frames import shape

NAMES = st.sampled_from(["a", "b", "c:{", "é", "long name" * 9, ""])
VALUES = st.recursive(
    st.none() | st.integers() | st.sampled_from(["", "{", '"', ":", "}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)


@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=4), max_size=6), st.integers(20, 90))
def test_the_quick_bound_is_never_below_the_number_of_cells(records: list[Any], piece: int) -> None:
    body = json.dumps({"list": records}, ensure_ascii=False).encode()
    body = body.replace(b"\\\\", b"\1\1").replace(b'\\"', b"\1\1")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shape, "_PIECE", piece)
        bound, cells = shape._bound(body), shape._cells(body)  # noqa: SLF001
    assert cells is not None
    assert bound is not None
    assert bound >= cells


def test_many_alike_records_are_counted_in_a_fraction_of_their_size() -> None:
    record = json.dumps({"id": 1, "user": {"name": "x" * 20}, "tags": ["a", "b"]})
    body = b'{"list": [' + b", ".join([record.encode()] * 300_000) + b"]}"
    tracemalloc.start()
    assert not shape.too_many_cells(body, 2**26)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < len(body)


@pytest.mark.parametrize("body", [b"{:}", b'}{"a":1'])
def test_what_is_no_json_has_no_bound(body: bytes) -> None:
    assert shape._bound(body) is None  # noqa: SLF001
