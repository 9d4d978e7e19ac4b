"""Whether a page repeats the rows of another one, in any order."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from oauth_widgets.frames.columns import Page, Path
from oauth_widgets.frames.size import CELL, beyond_cells
from oauth_widgets.frames.vocabulary import OWN, plain

_DISTINCTIVE = 10
"""From this many rows on, a repeat is no coincidence, even if they have no id."""

_LARGEST = 4 * 2**20


def same_rows(page: Page, other: Page | None) -> bool:
    """Whether a page has the rows of another one, each with the same values."""
    if other is None or not page.rows or page.rows != other.rows:
        return False
    if page.arrays == other.arrays:
        return True
    if page.arrays.keys() != other.arrays.keys():
        return _same_values(page, other)
    key = _shared_key(page, other)
    return key is not None and all(_in_common(page, other, key))


def same_records(page: Page, other: Page | None) -> bool:
    """Whether a page has the records of another one, with some values that differ.

    An API may sign the links in its answers anew, or say how old they are.
    """
    if other is None or not page.rows or page.rows != other.rows:
        return False
    key = next(iter(_id_columns(page)), None)
    if key is None or not _is_shared_key(page, other, key):
        return False
    alike = list(_in_common(page, other, key))
    return 2 * sum(alike) > len(alike)


def overlaps(page: Page, before: Page) -> bool:
    """Whether a page begins with the last row of the one before it, which others differ from."""
    if not (page.rows and before.rows) or all_alike(before):
        return False
    first, last = page.first(1), before.from_end(1)
    if _same_values(first, last):
        return True
    # An id that several rows have is that of a thing, such as a sensor, and not of a row.
    alike = same_records(first, last)
    return alike and all(_tells_apart(one.arrays[_id_columns(page)[0]]) for one in (page, before))


def may_repeat(page: Page, other: Page) -> bool:
    """Whether a page that was cut off may repeat another one, which has at least as many rows."""
    if _same_values(page, other.first(page.rows)):
        return True
    key = next(iter(_id_columns(page)), None)
    return key in other.arrays and _has_first_of(other.arrays[key], page.arrays[key])


def is_distinctive(page: Page) -> bool:
    """Whether another page with the same rows can be no coincidence."""
    return bool(_id_columns(page)) or (page.rows >= _DISTINCTIVE and not all_alike(page))


def is_small(page: Page) -> bool:
    """Whether a page takes so little memory that it may be held while others are read."""
    arrays = page.arrays.values()
    return page.rows * len(page.arrays) * CELL + beyond_cells(arrays) <= _LARGEST


def _same_values(page: Page, other: Page) -> bool:
    """Whether the values are the same, whatever rows that are cut off made of their types."""
    one, two = _filled(page), _filled(other)
    return one.keys() == two.keys() and all(
        array.to_pylist() == two[path].to_pylist() for path, array in one.items()
    )


def _filled(page: Page) -> dict[Path, pa.Array]:
    arrays = page.arrays.items()
    return {path: array for path, array in arrays if array.null_count < len(array)}


def all_alike(page: Page) -> bool:
    """Whether all rows of a page are the same."""
    return all(array[1:].equals(array[:-1]) for array in page.arrays.values())


def _shared_key(page: Page, other: Page) -> Path | None:
    """Return a column that tells the rows of both pages apart and has the same values in both."""
    own = _id_columns(page)
    # Most pages differ in their first id, which costs nearly nothing.
    for path in (*own, *page.arrays):
        one, two = page.arrays[path], other.arrays[path]
        differs = _is_plain(one) and one[0].is_valid and not _has_first_of(two, one)
        if one.type != two.type or differs:
            return None
    paths = [*own, *(page.arrays if page.rows >= _DISTINCTIVE else ())]
    return next((path for path in paths if _is_shared_key(page, other, path)), None)


def _is_shared_key(page: Page, other: Page, key: Path) -> bool:
    one, two = page.arrays[key], other.arrays.get(key)
    if two is None or one.type != two.type or not _is_plain(one) or not _has_first_of(two, one):
        return False
    return _tells_apart(one) and _sorted(one).equals(_sorted(two))


def _tells_apart(array: pa.Array) -> bool:
    return not array.null_count and pc.count_distinct(array).as_py() == len(array)


def _in_common(page: Page, other: Page, key: Path) -> Iterator[bool]:
    """Yield for each column whether it is the same in both pages, ordered by `key`."""
    order, others = (pc.sort_indices(one.arrays[key]) for one in (page, other))
    for path, array in page.arrays.items():
        theirs = other.arrays.get(path)
        if path != key or len(page.arrays) == 1:
            yield theirs is not None and array.take(order).equals(theirs.take(others))


def _sorted(array: pa.Array) -> pa.Array:
    return array.take(pc.sort_indices(array))


def _has_first_of(array: pa.Array, other: pa.Array) -> bool:
    """Whether the first value of the `other` array is in this one."""
    if array.type != other.type or not _is_plain(array) or not len(other):
        return False
    place: int = pc.index(array, other[0]).as_py()
    return place >= 0


def _id_columns(page: Page) -> list[Path]:
    """Return the columns that identify a record, those that aren't nested first."""
    return sorted((path for path in page.arrays if plain(path[-1]) in OWN), key=len)


def _is_plain(array: pa.Array) -> bool:
    return bool(pa.types.is_integer(array.type) or pa.types.is_string(array.type))
