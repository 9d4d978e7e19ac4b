"""Columns of CSV are looked at together, and each gets the type of its own values."""

from __future__ import annotations

import pytest

from oauth_widgets.frames import meaning
from oauth_widgets.frames.tabular import csv_page

COLUMNS = {
    "whole": (["1", "-2", "0"], "int64"),
    "none first": (["", "2", "3"], "int64"),
    "double": (["1", "2.5", "-3"], "double"),
    "double first": (["1.5", "2", "3"], "double"),
    "number, then text": (["1", "a", "3"], "string"),
    "text, then number": (["a", "1", "2"], "string"),
    "none, then text": (["", "x", "1"], "string"),
    "leading zero later": (["1", "02", "3"], "string"),
    "truth": (["true", "False", "TRUE"], "bool"),
    "truth, then text": (["true", "yes", "no"], "string"),
    "nothing": (["", "", ""], "null"),
    "large": (["9007199254740993", "1", "2"], "int64"),
}


@pytest.mark.parametrize("together", [1, 7, 2**16])
def test_the_first_row_alone_does_not_decide(
    together: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meaning, "_CELLS_AT_ONCE", together)
    rows = [list(COLUMNS), *zip(*(values for values, _ in COLUMNS.values()), strict=True)]
    body = "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode()
    page = csv_page(body, "text/csv", page=1, rows=None, max_bytes=2**20)
    assert page.meant is not None
    assert {name: str(page.meant[name,].kind) for name in COLUMNS} == {
        name: kind for name, (_, kind) in COLUMNS.items()
    }
