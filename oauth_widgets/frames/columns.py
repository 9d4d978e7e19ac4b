"""Columns of several pages: which there are, in which order, and the one type that fits each."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from oauth_widgets.errors import UnexpectedAnswer
from oauth_widgets.frames.calendar import is_beyond_python, time_traits
from oauth_widgets.frames.plan import MAX_BYTES
from oauth_widgets.frames.size import CELL, beyond_cells, boxed_size, cells_size, check_size
from oauth_widgets.frames.widening import MIXED, Mixed, Type, wider
from oauth_widgets.secret.quoting import Secrets, quoted

EXACT = 2**53
"""Whole numbers up to here are exact as doubles."""

Path = tuple[str, ...]

_RELEASED = 2**20


@dataclass(frozen=True)
class Meant:
    """The type that text stands for, and what matters if other numbers turn up later."""

    kind: pa.DataType
    traits: frozenset[str]


@dataclass(frozen=True)
class Page:
    """The records of one page: an array for each path of members that leads to a value.

    `objects` are the paths at which some record has an object, `mixed` those whose array is JSON
    text. If values are written as text, as in CSV, `meant` has the types
    that they stand for.
    """

    rows: int
    arrays: dict[Path, pa.Array] = field(default_factory=dict)
    objects: frozenset[Path] = frozenset()
    mixed: frozenset[Path] = frozenset()
    meant: Mapping[Path, Meant] | None = None

    def first(self, rows: int) -> Page:
        """Return the page with its first `rows` alone."""
        arrays = {path: array.slice(0, rows) for path, array in self.arrays.items()}
        return replace(self, rows=min(rows, self.rows), arrays=arrays)

    def from_end(self, rows: int) -> Page:
        """Return the page with its last `rows` alone."""
        start = max(self.rows - rows, 0)
        arrays = {path: array.slice(start) for path, array in self.arrays.items()}
        return replace(self, rows=self.rows - start, arrays=arrays)

    def last(self, name: str) -> Any:  # noqa: ANN401 - any JSON
        """Return what the last record has under a dotted name, None if it has nothing."""
        path = tuple(name.split("."))
        value = self.arrays[path][-1].as_py() if self.rows and path in self.arrays else None
        return json.loads(value) if value is not None and path in self.mixed else value


@dataclass(frozen=True)
class Columns:
    """The columns of all pages so far, in the order of their first appearance.

    The records take at most `max_bytes` in memory: those of all pages, if they are held
    `together`, else those of each. If `boxed`, values in lists will become Python objects and count
    as such. The paths in `front` are the caller's own columns: each gives up the part before its
    dot, unless the API has a column of that name.
    """

    max_bytes: int = MAX_BYTES
    together: bool = True
    boxed: bool = False
    pages: int = 0
    rows: int = 0
    front: tuple[Path, ...] = ()
    _beyond: int = 0
    _types: dict[Path, Type] = field(default_factory=dict)
    _names: dict[str, Path] = field(default_factory=dict)
    _objects: frozenset[Path] = frozenset()
    _traits: dict[Path, frozenset[str]] = field(default_factory=dict)

    def grown(self, page: Page, secrets: Secrets = ()) -> Columns:
        """Return the columns with those of a further page, whose request had those `secrets`.

        Raises UnexpectedAnswer if two members would share a column, or if values to be `boxed`
        include a time that Python can't represent; AnswerTooLarge if the records take too much
        memory.
        """
        names, types, traits = dict(self._names), dict(self._types), dict(self._traits)
        new = [path for path in page.arrays if path not in types]
        # A short answer may have a long name above very many members, which repeat it each
        written = sum(len(part) for path in new for part in path)
        check_size(written, self.max_bytes, page=self.pages + 1)
        for path in new:
            name = ".".join(path)
            if names.setdefault(name, path) != path:
                raise shared_column(name, secrets)
        if page.meant is not None and page.arrays and types and len(new) == len(page.arrays):
            raise _without_names(self.pages + 1)
        if self.boxed:
            _check_times(page, self.pages + 1, secrets)
        rows, beyond = self.rows + page.rows, self._beyond + beyond_cells(page.arrays.values())
        beyond += written + (boxed_size(page.arrays.values()) if self.boxed else 0)
        held = (rows, beyond) if self.together else (page.rows, beyond - self._beyond)
        size = cells_size(held[0], len(names)) + held[1]
        check_size(size, self.max_bytes, page=self.pages + 1)
        # Whatever order a reader finds new ones in.
        for path in sorted(page.arrays) if types else page.arrays:
            kind, said = _kind(page, path)
            if path in types:
                said |= traits[path]
                kind = wider(types[path], kind, said)
            types[path], traits[path] = kind, said
        objects = self._objects | page.objects
        return replace(
            self,
            pages=self.pages + 1,
            rows=rows,
            _beyond=beyond,
            _types=types,
            _names=names,
            _objects=objects,
            _traits=traits,
        )

    @property
    def learnt(self) -> tuple[dict[Path, Type], frozenset[Path], dict[Path, frozenset[str]]]:
        """What the pages said: the types, where objects are, and what matters for wider types."""
        return self._types, self._objects, self._traits

    def having(
        self,
        types: dict[Path, Type],
        objects: frozenset[Path],
        traits: dict[Path, frozenset[str]],
    ) -> Columns:
        """Return the columns with what `learnt` was."""
        names = {".".join(path): path for path in types}
        return replace(self, _types=types, _names=names, _objects=objects, _traits=traits)

    @property
    def types(self) -> dict[Path, Type]:
        """The type of each column. What is an object or null is no column, its members are."""
        return {
            path: kind
            for path, kind in self._types.items()
            if path not in self._objects or kind != pa.null()
        }

    @property
    def cells(self) -> int:
        """How many values there are."""
        return self.rows * len(self._types)

    @property
    def names(self) -> dict[Path, str]:
        """The name of each column."""
        found = {path: ".".join(path) for path in self.types}
        taken = set(found.values())
        for path in self.front:
            short = found[path].partition(".")[2]
            found[path] = found[path] if short in taken else short
        return found

    def table(
        self,
        pages: list[Page],
        done: dict[str, pa.ChunkedArray] | None = None,
        *,
        consumed: bool = False,
    ) -> pa.Table:
        """Return all records of `pages` as one table whose columns lie in one piece.

        With `consumed` each page gives up its columns on the way, so that few are there twice. They
        move to `done`: if this is stopped, the next call continues with them.
        """
        done, freed = {} if done is None else done, 0
        for path, kind in self.types.items():
            name = ".".join(path)
            if name not in done:
                pieces = [self._piece(page, path, kind) for page in pages]
                done[name] = _joined(pieces, _arrow(kind))
                del pieces
            if consumed:
                for page in pages:
                    page.arrays.pop(path, None)
                freed += self.rows * CELL
            if freed > _RELEASED:
                # Else the allocator keeps it for arrays of the size that is gone.
                pa.default_memory_pool().release_unused()
                freed = 0
        names = self.names
        return pa.Table.from_arrays([done[".".join(path)] for path in names], list(names.values()))

    def _piece(self, page: Page, path: Path, kind: Type) -> pa.Array:
        if path not in page.arrays:
            return pa.nulls(page.rows, _arrow(kind))
        return fitted(page.arrays[path], kind, written=path in page.mixed)


def check_names(names: Sequence[Any], secrets: Secrets = ()) -> None:
    """Raise UnexpectedAnswer if two columns have the same name, since one would be lost."""
    if len(set(names)) < len(names):
        ((name, _),) = Counter(names).most_common(1)
        raise shared_column(str(name), secrets)


def shared_column(name: str, secrets: Secrets = ()) -> UnexpectedAnswer:
    """Return the error for two members that would be one column, of which one would be lost."""
    return UnexpectedAnswer(f"Two members would share the column {quoted(name, secrets)!r}.")


def _without_names(page: int) -> UnexpectedAnswer:
    """Return the error for CSV whose first line is most likely a row."""
    return UnexpectedAnswer(
        f"Page {page} has none of the columns of the pages before it. Its first line may be a row.",
        next_step="Fetch the pages with session.http(), and read each with "
        "pd.read_csv(…, header=None, names=…).",
    )


def _check_times(page: Page, number: int, secrets: Secrets) -> None:
    for path, array in page.arrays.items():
        if is_beyond_python(array):
            raise UnexpectedAnswer(
                f"Page {number} has a time in the column {quoted('.'.join(path), secrets)!r} that "
                "Python can't represent.",
                next_step="Read it with session.arrow(), or write a file with to_parquet().",
            )


def all_whole(table: pa.Table) -> list[pa.Array]:
    """Return the columns of a table, each in one piece."""
    batches = table.to_batches()
    if len(batches) == 1:
        return list(batches[0].columns)
    return [
        pa.concat_arrays(column.chunks) if column.num_chunks else pa.nulls(0, column.type)
        for column in table.columns
    ]


def members(struct: pa.StructArray) -> list[pa.Array]:
    """Return what each member of objects holds; null if the object is null."""
    # Each call into Arrow's own code gives way to other threads, and waits for its turn after it.
    if struct.null_count:
        return list(struct.flatten())
    return [struct.field(at) for at in range(struct.type.num_fields)]


def elements(lists: pa.ListArray) -> pa.Array:
    """Return the elements of all lists."""
    return lists.flatten() if lists.null_count or lists.offset else lists.values


def numbers(array: pa.Array) -> np.ndarray[Any, Any]:
    """Return the numbers of an array, of 8 bytes each; zero, most likely, for null."""
    kind = array.type.to_pandas_dtype()
    return np.frombuffer(array.buffers()[1], kind, len(array), array.offset * 8)


def extremes(array: pa.Array) -> tuple[int, int]:
    """Return the least and the greatest of whole numbers of 8 bytes each; zeros without any."""
    values = numbers(array)
    return (int(values.min()), int(values.max())) if len(values) else (0, 0)


def inexact(least: int, most: int) -> bool:
    """Whether one of the two is a whole number that no double may be."""
    return least < -EXACT or most > EXACT


def json_texts(values: Iterable[object]) -> pa.Array:
    """Return the JSON of each value of a mixed column."""
    dump = partial(json.dumps, ensure_ascii=False, default=_text)
    return pa.array([None if value is None else dump(value) for value in values], pa.string())


def _text(value: object) -> str:
    """Return the text of a value that JSON can't represent."""
    if isinstance(value, bytes):
        # A file may contain text without marking it as text.
        with suppress(UnicodeDecodeError):
            return value.decode()
        return value.hex()
    return str(value)


def _kind(page: Page, path: Path) -> tuple[Type, frozenset[str]]:
    """Return the type of a page's column, and what matters if other numbers turn up later."""
    if page.meant is not None:
        return page.meant[path].kind, page.meant[path].traits
    array = page.arrays[path]
    return MIXED if path in page.mixed else array.type, frozenset(_traits(array))


def _traits(array: pa.Array) -> Iterable[str]:
    """Yield what matters where numbers of another kind turn up later."""
    if pa.types.is_list(array.type):
        yield from _traits(elements(array))
    elif pa.types.is_struct(array.type):
        for member in members(array):
            yield from _traits(member)
    elif array.type in (pa.int64(), pa.uint64()):
        least, most = extremes(array)
        if inexact(least, most):
            yield "inexact"
        if least < 0:
            yield "negative"
    elif pa.types.is_signed_integer(array.type):
        if pc.any(pc.less(array, 0)).as_py():
            yield "negative"
    elif pa.types.is_timestamp(array.type):
        yield from time_traits(array)


def _joined(pieces: list[pa.Array], kind: pa.DataType) -> pa.Array:
    if len(pieces) == 1:
        return pieces[0]
    return pa.concat_arrays(pieces) if pieces else pa.nulls(0, kind)


def _arrow(kind: Type) -> pa.DataType:
    return pa.string() if isinstance(kind, Mixed) else kind


def _values(array: pa.Array) -> list[Any]:
    """Return the values as Python objects; text for times that Python can't represent."""
    found: list[Any] = (array.cast(pa.string()) if is_beyond_python(array) else array).to_pylist()
    return found


def fitted(array: pa.Array, kind: Type, *, written: bool) -> pa.Array:
    """Return an array as values of `kind`; those of a mixed column may be `written` already."""
    if isinstance(kind, Mixed):
        return array if written else json_texts(_values(array))
    if array.type == kind:
        return array
    if pa.types.is_nested(array.type):
        # Arrow would also convert rows that a limit has cut off, and they may not fit.
        array = array.take(np.arange(len(array)))
    try:
        return array.cast(kind)
    except (pa.ArrowNotImplementedError, pa.ArrowTypeError):
        # Lists of objects with other members than before.
        return pa.array(array.to_pylist(), kind)
