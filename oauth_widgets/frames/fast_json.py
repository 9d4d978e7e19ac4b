"""JSON through Arrow's own reader: no Python object for a value, and other threads can run.

Arrow reads some values as something else than they are. What it would change is seen here and
left to `slow_json`, which gives the same columns; None stands for that.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.json as paj

from oauth_widgets.frames.columns import EXACT, Page, Path, all_whole, elements, members, numbers
from oauth_widgets.frames.envelope import Answer, Rows
from oauth_widgets.frames.plan import MAX_BYTES
from oauth_widgets.frames.shape import is_one_object, too_many_cells
from oauth_widgets.frames.size import CELL
from oauth_widgets.frames.vocabulary import LINKS, plain

_DEEPEST = 60
_SPACE = b" \t\r\n"
_LIST = "list"
_PIECE = 2**20


class FastJson:
    """Reads the answers of one fetch; remembers which members look like times and are text."""

    def __init__(self, max_bytes: int = MAX_BYTES) -> None:
        self._texts = pa.schema([])
        self._timeless = pa.schema([])
        self._most = max_bytes // CELL

    def answer(self, body: bytes) -> Answer | None:
        """Return what an answer of JSON holds; None for the slow way."""
        body = body.strip()
        listed = body[:1] == b"["
        if listed:
            body = b'{"%s":%s}' % (_LIST.encode(), body)
        # It fails on a bare null, and recurs.
        table = self._table(body) if is_one_object(body, _DEEPEST) else None
        if table is None or table.num_rows != 1:
            return None
        whole = _struct(table)
        outline = _outline(whole)
        if listed:
            # None but the list, or it was no proper JSON.
            return Answer(outline[_LIST]) if list(outline) == [_LIST] else None
        return Answer(outline, Rows(whole, 1))

    def lines(self, body: bytes) -> Rows | None:
        """Return the records of lines of JSON; None for the slow way."""
        # Arrow's reader falls over a null among the records
        close = body.translate(None, _SPACE)
        bare = close.startswith(b"null") or b"}null" in close
        safe = not bare and is_one_object(b"{%s}" % body, _DEEPEST)
        table = self._table(body) if safe else None
        return None if table is None else Rows(_struct(table), table.num_rows)

    def _table(self, body: bytes) -> pa.Table | None:
        if too_many_cells(body, self._most):
            return None
        try:
            for _ in codecs.iterdecode(_pieces(body), "utf-8"):
                pass
            table = _read(body, self._texts)
            known = table.schema.equals(self._timeless)
            if not known and (plainly := _without_times(table.schema)):
                # Both tables together would take the most memory.
                del table
                # In the order of the first reading: named members come first otherwise.
                table = _read(body, plainly)
                self._texts = _merged(self._texts, _texts(plainly))
            self._timeless = table.schema
            # Of lists of nulls it makes what no list can be.
            table.validate()
        except (pa.ArrowException, UnicodeDecodeError):
            return None
        return None if any(map(_changed, all_whole(table))) else table


def _pieces(body: bytes) -> Iterator[bytes]:
    return (body[start : start + _PIECE] for start in range(0, len(body), _PIECE))


def page_of(records: pa.StructArray | None, rows: int) -> Page:
    """Return records as columns, nested objects taken apart."""
    found = () if records is None else list(_members(records, ()))
    objects = frozenset(path for path, array in found if pa.types.is_struct(array.type))
    return Page(rows, {path: array for path, array in found if path not in objects}, objects)


def _members(records: pa.StructArray, above: Path) -> Iterator[tuple[Path, pa.Array]]:
    for at, array in enumerate(members(records)):
        path = (*above, records.type.field(at).name)
        yield path, array
        if pa.types.is_struct(array.type):
            yield from _members(array, path)


def _struct(table: pa.Table) -> pa.StructArray:
    arrays = all_whole(table)
    if not arrays:
        return pa.array([{}] * table.num_rows, pa.struct([]))
    return pa.StructArray.from_arrays(arrays, fields=list(table.schema))


def _outline(struct: pa.StructArray) -> dict[str, Any]:
    """Return the one object of `struct` with Rows in the place of lists of objects."""
    found: dict[str, Any] = {}
    for at, array in enumerate(members(struct)):
        name = struct.type.field(at).name
        if pa.types.is_struct(array.type) and not array.null_count:
            found[name] = _outline(array)
        elif pa.types.is_list(array.type) and pa.types.is_struct(array.type.value_type):
            found[name] = _rows(name, array)
        else:
            found[name] = array[0].as_py()
    return found


def _rows(name: str, array: pa.ListArray) -> Any:  # noqa: ANN401 - any JSON
    records = elements(array)
    if len(records) == 0 or records.null_count:
        return array[0].as_py()
    return Rows(records, len(records), tuple(records.to_pylist()) if plain(name) in LINKS else ())


def _read(body: bytes, schema: pa.Schema) -> pa.Table:
    return paj.read_json(
        pa.BufferReader(body),
        read_options=paj.ReadOptions(use_threads=False, block_size=len(body) + 1),
        parse_options=paj.ParseOptions(
            explicit_schema=schema, newlines_in_values=b"\n" in body.rstrip()
        ),
    )


def _changed(array: pa.Array) -> bool:
    """Whether there are numbers that are no longer what was written, or that JSON does not know."""
    if pa.types.is_list(array.type):
        return _changed(elements(array))
    if pa.types.is_struct(array.type):
        return any(_changed(member) for member in members(array))
    if not pa.types.is_floating(array.type):
        return False
    # NaN is less than nothing
    if len(array) == 0 or np.abs(numbers(array)).max() < EXACT:
        return False
    return pc.all(pc.less(pc.abs(array), float(EXACT))).as_py() is False


def _without_times(schema: pa.Schema) -> pa.Schema | None:
    """Return `schema` with text in the place of times; None if it has none."""
    plainly = pa.schema([(one.name, _as_text(one.type)) for one in schema])
    return None if plainly.equals(schema) else plainly


def _as_text(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_timestamp(kind):
        return pa.string()
    if pa.types.is_list(kind):
        return pa.list_(_as_text(kind.value_type))
    if pa.types.is_struct(kind):
        return pa.struct([(one.name, _as_text(one.type)) for one in kind])
    return kind


def _texts(kind: pa.DataType | pa.Schema) -> Any:  # noqa: ANN401 - what it was given, or None
    """Return the part of a type that is text."""
    if isinstance(kind, pa.Schema) or pa.types.is_struct(kind):
        found = [(one.name, _texts(one.type)) for one in kind]
        make = pa.schema if isinstance(kind, pa.Schema) else pa.struct
        return make([one for one in found if one[1] is not None])
    if pa.types.is_list(kind):
        inner = _texts(kind.value_type)
        return None if inner is None else pa.list_(inner)
    return kind if pa.types.is_string(kind) else None


def _merged(one: Any, other: Any) -> Any:  # noqa: ANN401 - types of the same kind, or schemas
    """Return a type with the members of both; if they disagree the first counts."""
    if type(one) is type(other) and isinstance(one, pa.Schema | pa.StructType):
        members = {member.name: member.type for member in one}
        for member in other:
            known = members.get(member.name, member.type)
            members[member.name] = _merged(known, member.type)
        return (pa.schema if isinstance(one, pa.Schema) else pa.struct)(list(members.items()))
    if isinstance(one, pa.ListType) and isinstance(other, pa.ListType):
        return pa.list_(_merged(one.value_type, other.value_type))
    return one
