"""What text stands for: the type of a column whose values came as text, as in CSV.

It is a type where each value is written as one of its values is. Many short columns are looked at
together, since a call for each is what takes time, and the first row alone tells most types apart.
"""

from __future__ import annotations

from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from oauth_widgets.frames.columns import EXACT, Meant

# such as are written back as they were; a leading zero or plus is part of a code or a phone number
TEXT_TYPES = (
    (r"^(?:0|-?[1-9][0-9]{0,17})$", pa.int64()),
    (r"^-?(?:0|[1-9][0-9]{0,14})(?:\.[0-9]+)?(?:[eE][+-]?[0-9]{1,2})?$", pa.float64()),
    (r"^(?:true|false|True|False|TRUE|FALSE)$", pa.bool_()),
)
_WHOLE = pa.int64()
_TEXT = frozenset({"text"})
_CELLS_AT_ONCE = 2**16
_NUMBERS = {
    (inexact, negative): Meant(
        _WHOLE, _TEXT | {name for name in ("inexact" * inexact, "negative" * negative) if name}
    )
    for inexact in (False, True)
    for negative in (False, True)
}


def meant(arrays: list[pa.Array]) -> list[tuple[pa.Array, Meant]]:
    """Return `arrays`, all of one length, with what they stand for; whole numbers as such.

    They are written back as they were, where a later page has other text.
    """
    found: list[tuple[pa.Array, Meant]] = []
    together = max(_CELLS_AT_ONCE // max(len(arrays[0]) if arrays else 0, 1), 1)
    for start in range(0, len(arrays), together):
        found += _some(arrays[start : start + together])
    return found


def _some(arrays: list[pa.Array]) -> list[tuple[pa.Array, Meant]]:
    nothing = Meant(pa.null(), _TEXT)
    found = [(array, nothing) for array in arrays]
    filled = [at for at, array in enumerate(arrays) if array.null_count < len(array)]
    if not filled:
        return found
    left, rows = set(filled), len(arrays[0])
    first = _joined(arrays, filled).take(pa.array(range(0, len(filled) * rows, rows)))
    for pattern, kind in TEXT_TYPES:
        begun = zip(filled, _fit(first, pattern), strict=True)
        likely = [at for at, fits in begun if fits and at in left]
        if not likely:
            continue
        fit = _fit(_joined(arrays, likely), pattern).reshape(len(likely), -1).min(axis=1)
        those = [at for at, fits in zip(likely, fit, strict=True) if fits]
        if kind == _WHOLE and those:
            for at, number in zip(
                those, _whole_numbers(_joined(arrays, those), len(those)), strict=True
            ):
                found[at] = number
        else:
            this = Meant(kind, _TEXT)
            for at in those:
                found[at] = (arrays[at], this)
        left.difference_update(those)
    text = Meant(pa.string(), _TEXT)
    for at in left:
        found[at] = (arrays[at], text)
    return found


def _fit(values: pa.Array, pattern: str) -> np.ndarray[Any, Any]:
    """Return for each value whether it is written in that way, or null."""
    fits = pc.match_substring_regex(values, pattern).fill_null(True)
    return cast("np.ndarray[Any, Any]", fits.to_numpy(zero_copy_only=False))


def _joined(arrays: list[pa.Array], those: list[int]) -> pa.Array:
    return pa.concat_arrays([arrays[at] for at in those])


def _whole_numbers(joined: pa.Array, count: int) -> list[tuple[pa.Array, Meant]]:
    """Return the numbers of `count` columns that lie one behind the other in `joined`."""
    numbers = joined.cast(_WHOLE)
    values = numbers.fill_null(0).to_numpy(zero_copy_only=False).reshape(count, -1)
    least, most = values.min(axis=1), values.max(axis=1)
    beyond, rows = (most > EXACT) | (least < -EXACT), values.shape[1]
    return [
        (numbers.slice(at * rows, rows), _NUMBERS[inexact, negative])
        for at, (inexact, negative) in enumerate(
            zip(beyond.tolist(), (least < 0).tolist(), strict=True)
        )
    ]
