"""The sales that the peer's API tells of."""

from __future__ import annotations

from typing import Any

import pandas as pd

TOTAL = 163
PER_PAGE = 25
PAGES = -(-TOTAL // PER_PAGE)

Row = dict[str, Any]


def sale(number: int) -> Row:
    """Return one record: nested, with an integer too big for a double, with gaps, with a list."""
    return {
        "id": number,
        "sold_at": f"2026-03-{number % 28 + 1:02}T10:00:00Z",
        "buyer": {"name": f"Søren № {number}", "address": {"city": ["Århus", "Łódź"][number % 2]}},
        "amount": number / 4,
        "discount": None if number % 3 else number,
        "paid": number % 2 == 0,
        "serial": 2**53 + 1 + number,
        "tags": ["new", "rare"][: number % 3],
    }


SALES = [sale(number) for number in range(TOTAL)]


def page(number: int) -> list[Row]:
    """Return the records of a page, counted from 1; none beyond the end."""
    return SALES[(number - 1) * PER_PAGE : number * PER_PAGE]


def flat(row: Row) -> Row:
    """Return a record without nesting: dotted names, in the order of the record."""
    found: Row = {}
    for name, value in row.items():
        if isinstance(value, dict):
            found |= {f"{name}.{inner}": of_it for inner, of_it in flat(value).items()}
        else:
            found[name] = value
    return found


def frame_of(rows: list[Row]) -> pd.DataFrame:
    """Return what pandas makes of the records, with its own dtypes."""
    return pd.DataFrame([flat(row) for row in rows])
