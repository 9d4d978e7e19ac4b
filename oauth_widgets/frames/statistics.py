"""Cubes of statistics as records, one a cell: JSON-stat 2.0 and SDMX-JSON 1.0."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from oauth_widgets.frames.columns import check_names
from oauth_widgets.frames.signs import whole

Record = dict[str, Any]


@dataclass(frozen=True)
class Cube:
    """The `records` of a cube, made one by one: a few axes make very many `cells`."""

    records: Iterable[Record]
    cells: int
    axes: int


def json_stat(outline: Mapping[str, Any]) -> Cube | None:
    """Return the cells of a dataset of JSON-stat, with each category's code and label."""
    inner = outline.get("dataset")
    cube = inner if isinstance(inner, Mapping) and "dimension" in inner else outline
    dimensions, values = cube.get("dimension"), cube.get("value")
    if not isinstance(dimensions, Mapping) or not isinstance(values, list | Mapping):
        return None
    # Version 1 has both inside of `dimension`.
    names, sizes = (cube.get(key) or dimensions.get(key) for key in ("id", "size"))
    if not isinstance(names, list) or not isinstance(sizes, list) or len(names) != len(sizes):
        return None
    if not all(isinstance(name, str) for name in names):
        return None
    check_names([*names, "value"])
    axes = [_categories(dimensions.get(name), name) for name in names]
    if [len(axis) for axis in axes] != sizes:
        return None
    count = math.prod(sizes)
    if isinstance(values, list) and len(values) != count:
        return None
    sparse = values if isinstance(values, Mapping) else {}
    cells = values if isinstance(values, list) else (sparse.get(str(at)) for at in range(count))
    places = zip(itertools.product(*axes), cells, strict=True)
    return Cube(({**_merged(place), "value": cell} for place, cell in places), count, len(axes))


def sdmx(outline: Mapping[str, Any]) -> Cube | None:
    """Return the observations of a message in SDMX-JSON, with each value's code and name."""
    message = outline.get("data") if isinstance(outline.get("data"), Mapping) else outline
    sets = message.get("dataSets") if isinstance(message, Mapping) else None
    if not isinstance(message, Mapping) or not isinstance(sets, list):
        return None
    structures = message.get("structures")
    structure = message.get("structure") or outline.get("structure")
    if structure is None and isinstance(structures, list) and structures:
        structure = structures[0]
    dimensions = structure.get("dimensions") if isinstance(structure, Mapping) else None
    if not isinstance(dimensions, Mapping):
        return None
    of_series, of_each = (dimensions.get(key) or [] for key in ("series", "observation"))
    check_names([*(str(one.get("id")) for one in (*of_series, *of_each)), "value"])
    cells = sum(len(seen) for one in sets for _, seen in _observed(one))
    records = (
        {
            **around,
            **_named(of_each, place),
            "value": cell[0] if isinstance(cell, list) and cell else None,
        }
        for one in sets
        for key, seen in _observed(one)
        for around in (_named(of_series, key),)
        for place, cell in seen.items()
        if cell is not None
    )
    return Cube(records, cells, len(of_series) + len(of_each))


def _observed(one: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the observations of each series by its key."""
    flat = {"": {"observations": one.get("observations")}}
    for key, series in (one.get("series") or flat).items():
        yield key, (series or {}).get("observations") or {}


def _categories(dimension: Any, name: str) -> list[Record]:  # noqa: ANN401 - any JSON
    category = dimension.get("category") if isinstance(dimension, Mapping) else None
    if not isinstance(category, Mapping):
        return []
    index, labels = category.get("index"), category.get("label")
    if isinstance(index, Mapping):
        index = sorted(index, key=index.__getitem__)
    codes = index or list(labels or ())
    if not isinstance(labels, Mapping):
        return [{name: code} for code in codes]
    return [{name: code, f"{name}.label": labels.get(code)} for code in codes]


def _named(dimensions: list[Any], key: str) -> Record:
    """Return the codes and names of a place such as "0:3:1"."""
    found: Record = {}
    for dimension, at in zip(dimensions, key.split(":") if key else (), strict=False):
        values = dimension.get("values") or []
        number = whole(at)
        value = values[number] if number is not None and number < len(values) else {}
        name = str(dimension.get("id"))
        found[name] = value.get("id") or value.get("name")
        if value.get("name") not in (None, found[name]):
            found[f"{name}.label"] = value["name"]
    return found


def _merged(parts: tuple[Record, ...]) -> Record:
    return {name: value for part in parts for name, value in part.items()}
