"""What a fetch knows after a page, as JSON that may be written down, and back."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import replace
from itertools import takewhile
from typing import Any, cast
from urllib.parse import unquote_plus

import pyarrow as pa

from oauth_widgets.frames.columns import Columns, Path
from oauth_widgets.frames.so_far import SoFar
from oauth_widgets.frames.widening import MIXED, Mixed, Type

_FLAGS = ("_counted", "stays", "led_by_header")
_PLAIN = ("pages", "total", "most_rows", "_at_most", "_idle", *_FLAGS)
_ADDRESSES = ("next", "at")
_LISTS = ("_otherwise", "_tried")
_MEANINGLESS: tuple[Any, ...] = (None, 0, [], "")

Saved = dict[str, Any]


def saved(so_far: SoFar, first: str) -> Saved:
    """Return what is known, with addresses as far as they differ from the `first` one.

    So what the caller put into that, which may be a secret, isn't written down.
    """
    made: Saved = {name: getattr(so_far, name) for name in _PLAIN}
    for name in _ADDRESSES:
        address = getattr(so_far, name)
        made[name] = None if address is None else shortened(address, first)
    for name in _LISTS:
        made[name] = [shortened(address, first) for address in getattr(so_far, name)]
    made["rows"] = so_far.rows
    made["doubts"] = list(so_far.doubts)
    made["learnt"] = list(so_far.decoder.learnt)
    # The defaults say the same, and there is one of these for each page.
    return {name: value for name, value in made.items() if value not in _MEANINGLESS}


def restored(found: Mapping[str, Any], prototype: SoFar, first: str) -> SoFar:
    """Return what `saved` was given, but for its columns, as far as they matter.

    `prototype` is the beginning of a fetch. Raises ValueError for what `saved` didn't write.
    """
    decoder = prototype.decoder.copy()
    decoder.learn(*_learnt(found.get("learnt", [None, False, False])))
    values: dict[str, Any] = {name: found[name] for name in _PLAIN if name in found}
    for name, value in (*values.items(), ("rows", found.get("rows", 0))):
        kind = bool if name in _FLAGS else int
        _check(type(value) is kind and (kind is bool or value >= 0), name)
    for name in _ADDRESSES:
        values[name] = whole(found[name], first) if name in found else None
    values["at"] = values["at"] or ""
    for name in _LISTS:
        values[name] = tuple(whole(one, first) for one in _listed(found.get(name, [])))
    doubts = _listed(found.get("doubts", []))
    _check(all(isinstance(doubt, str) for doubt in doubts), "doubts")
    pages = values.get("pages", 0)
    columns = replace(prototype.columns, rows=found.get("rows", 0), pages=pages)
    return replace(prototype, decoder=decoder, columns=columns, doubts=tuple(doubts), **values)


def saved_columns(columns: Columns) -> Saved:
    """Return the columns as JSON can hold them; types are an Arrow schema in base64."""
    types, objects, traits = columns.learnt
    paths = list(types)
    kinds = [types[path] for path in paths]
    fields = [
        pa.field(".".join(path), pa.null() if isinstance(kind, Mixed) else kind)
        for path, kind in zip(paths, kinds, strict=True)
    ]
    return {
        "rows": columns.rows,
        "pages": columns.pages,
        "paths": [list(path) for path in paths],
        "mixed": [at for at, kind in enumerate(kinds) if isinstance(kind, Mixed)],
        "objects": sorted(list(path) for path in objects),
        "traits": [sorted(traits.get(path, ())) for path in paths],
        "types": b64encode(pa.schema(fields).serialize().to_pybytes()).decode(),
    }


def restored_columns(found: Saved, prototype: Columns) -> Columns:
    """Return the columns that `saved_columns` was given.

    `prototype` has what isn't saved. Raises ValueError, LookupError, TypeError, OSError or
    ArrowException for what it didn't write.
    """
    schema = pa.ipc.read_schema(pa.py_buffer(b64decode(found["types"], validate=True)))
    paths = [_path(one) for one in _listed(found["paths"])]
    mixed = set(_listed(found["mixed"]))
    types: dict[Path, Type] = {
        path: MIXED if at in mixed else field.type
        for at, (path, field) in enumerate(zip(paths, schema, strict=True))
    }
    said = [frozenset(_listed(one)) for one in _listed(found["traits"])]
    _check(all(isinstance(trait, str) for one in said for trait in one), "traits")
    traits = dict(zip(paths, said, strict=True))
    objects = frozenset(_path(one) for one in _listed(found["objects"]))
    rows, pages = found["rows"], found["pages"]
    _check(type(rows) is int and type(pages) is int and min(rows, pages) >= 0, "rows")
    return replace(prototype.having(types, objects, traits), rows=rows, pages=pages)


def _path(found: object) -> Path:
    path = tuple(_listed(found))
    _check(bool(path) and all(isinstance(step, str) for step in path), "path")
    return path


def shortened(address: str, first: str) -> Saved:
    """Return an address as far as it differs from `first`: its place, its query, its body."""
    head, _, body = address.partition("#")
    place, _, query = head.partition("?")
    first_head, _, first_body = first.partition("#")
    first_place, _, first_query = first_head.partition("?")
    own: dict[tuple[str, ...], int] = {}
    for at, one in enumerate(_parts(first_query)):
        own.setdefault(_decoded(one), at)
    made: Saved = {} if place == first_place else {"place": place}
    made["query"] = [own.get(_decoded(one), one) for one in _parts(query)]
    if body != first_body:
        made["body"] = _difference(body, first_body)
    return made


def whole(found: object, first: str) -> str:
    """Return the address that `shortened` was given. Raises ValueError for anything else."""
    _check(isinstance(found, dict), "address")
    found = cast("Saved", found)
    first_head, _, body = first.partition("#")
    first_place, _, first_query = first_head.partition("?")
    own = _parts(first_query)
    query = [_part(one, own) for one in _listed(found.get("query", []))]
    place = found.get("place", first_place)
    _check(isinstance(place, str), "place")
    if "body" in found:
        start, middle, end = _three(found["body"])
        body = body[:start] + middle + (body[-end:] if end else "")
    return str(place) + ("?" + "&".join(query) if query else "") + ("#" + body if body else "")


def _part(one: object, own: list[str]) -> str:
    if type(one) is int:
        _check(0 <= one < len(own), "query")
        return own[one]
    _check(isinstance(one, str), "query")
    return str(one)


def _three(found: object) -> tuple[int, str, int]:
    start, middle, end = _listed(found)
    numbers = type(start) is int and type(end) is int and start >= 0 and end >= 0
    _check(numbers and isinstance(middle, str), "body")
    return start, middle, end


def _parts(query: str) -> list[str]:
    return [one for one in query.split("&") if one]


def _decoded(part: str) -> tuple[str, ...]:
    return tuple(unquote_plus(one) for one in part.partition("="))


def _difference(text: str, other: str) -> list[Any]:
    """Return how much `text` has in common with `other` at both ends, and what is between."""
    pairs = zip(text, other, strict=False)
    start = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    most = min(len(text), len(other)) - start
    ends = zip(reversed(text), reversed(other), strict=False)
    end = min(sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], ends)), most)
    return [start, text[start : len(text) - end], end]


def _learnt(found: object) -> tuple[str | None, bool, bool]:
    path, table, objects = _listed(found)
    _check(path is None or isinstance(path, str), "learnt")
    return path, table is True, objects is True


def _listed(found: object) -> list[Any]:
    _check(isinstance(found, list), "list")
    return cast("list[Any]", found)


def _check(sound: bool, what: str) -> None:
    if not sound:
        raise ValueError(what)
