"""What is made of the pages: a DataFrame, a table, or a file larger than memory."""

from __future__ import annotations

import errno
import os
import secrets
import stat
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import pyarrow as pa

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import check_path, is_one_of
from oauth_widgets.frames.columns import Columns, Page, json_texts
from oauth_widgets.frames.for_pandas import for_pandas
from oauth_widgets.frames.packed import packed, unpacked
from oauth_widgets.frames.plan import Kind
from oauth_widgets.frames.provenance import Provenance
from oauth_widgets.frames.size import CELL, beyond_cells
from oauth_widgets.frames.times import Times
from oauth_widgets.frames.widening import Mixed
from oauth_widgets.secret.names import shown_path

if TYPE_CHECKING:
    import pandas as pd

T_co = TypeVar("T_co", covariant=True)

ROW_GROUP = 2**17
GROUP_BYTES = 64 * 2**20
_BACKENDS = ("numpy_nullable", "pyarrow")


class Result(Protocol[T_co]):
    """Takes in pages, in order, and makes something of all so far.

    It is asked in one thread, except for what the pages so far make.
    """

    @property
    def together(self) -> bool:
        """Whether all pages are held in memory at once."""

    @property
    def boxed(self) -> bool:
        """Whether values in lists become Python objects."""

    def add(self, page: Page) -> None:
        """Take in a page."""

    def keep(self, pages: int) -> None:
        """Drop all but the first `pages`, which are those that a fetch counts; 0 drops all."""

    def made(self, columns: Columns, provenance: Provenance) -> T_co:
        """Return what all pages make."""

    def partial(
        self, columns: Columns, provenance: Provenance, further: Sequence[Page] = ()
    ) -> T_co | None:
        """Return what the pages in `columns` make, None if it is too much to hold.

        The last of them are `further` ones, which weren't taken in. In any thread, at any time.
        """


class AsTable:
    """A pyarrow.Table; columns of mixed types are JSON text in it."""

    together = True
    boxed = False

    def __init__(self, timestamps: Mapping[str, str | None]) -> None:
        self._timestamps = timestamps
        self._pages: list[Page] = []
        self._done: dict[str, pa.ChunkedArray] = {}
        self._whole: pa.Table | None = None

    def add(self, page: Page) -> None:
        """Take in a page."""
        self._pages.append(page)

    def keep(self, pages: int) -> None:
        """Drop all but the first `pages`."""
        # A new list, since the old one may be part of the result.
        self._pages = self._pages[:pages]
        if not pages:
            self._done, self._whole = {}, None
            # Arrow's allocator would keep their memory for later arrays.
            pa.default_memory_pool().release_unused()

    def made(self, columns: Columns, provenance: Provenance) -> pa.Table:
        """Return all records as one table."""
        if self._whole is None:
            self._whole = columns.table(self._pages, self._done, consumed=True)
            self._done = {}
        times = Times(self._timestamps)
        times.learn(self._whole)
        return times.read(self._whole).replace_schema_metadata(provenance.metadata(columns))

    def partial(
        self, columns: Columns, provenance: Provenance, further: Sequence[Page] = ()
    ) -> pa.Table:
        """Return the records so far, with times as text."""
        # In this order: if `made` is at work, what a page has given up is in `done` already.
        count = columns.pages - len(further)
        pages = [replace(page, arrays=page.arrays.copy()) for page in self._pages[:count]]
        done, table = self._done.copy(), self._whole
        if table is None:
            done = {name: array[: columns.rows] for name, array in done.items()}
            table = columns.table([*pages, *further], done)
        # What is made may have had a further page already.
        return table[: columns.rows].replace_schema_metadata(provenance.metadata(columns))


class AsFrame(AsTable):
    """A pandas DataFrame."""

    def __init__(self, timestamps: Mapping[str, str | None], dtype_backend: str | None) -> None:
        if dtype_backend is not None and not is_one_of(dtype_backend, _BACKENDS):
            raise ConfigurationError(
                "pandas has no such dtype_backend.",
                next_step='Pass "numpy_nullable" or "pyarrow", or leave it out.',
            )
        super().__init__(timestamps)
        self._backend = dtype_backend
        self.boxed = dtype_backend != "pyarrow"

    def made(self, columns: Columns, provenance: Provenance) -> pd.DataFrame:
        """Return all records as a DataFrame."""
        return self._framed(super().made(columns, provenance), columns, provenance)

    def partial(
        self, columns: Columns, provenance: Provenance, further: Sequence[Page] = ()
    ) -> pd.DataFrame:
        """Return the records so far as a DataFrame."""
        table = super().partial(columns, provenance, further)
        return self._framed(table, columns, provenance)

    def _framed(self, table: pa.Table, columns: Columns, provenance: Provenance) -> pd.DataFrame:
        from oauth_widgets.frames.dataframe import dataframe  # noqa: PLC0415 - loads pandas

        types = columns.types
        mixed = {
            name
            for path, name in columns.names.items()
            # A mixed column may have become times.
            if isinstance(types[path], Mixed) and pa.types.is_string(table.schema.field(name).type)
        }
        frame = dataframe(table, columns.rows, mixed, self._backend)
        frame.attrs.update(provenance.attrs(columns))
        return frame


class AsParquet:
    """A Parquet file at `path`, made in bounded memory.

    Pages wait in a temporary file in the same folder until the types of all are known. The file
    appears whole or not at all. Raises ConfigurationError if it cannot be written.
    """

    together = False
    boxed = False

    def __init__(self, timestamps: Mapping[str, str | None], path: str | os.PathLike[str]) -> None:
        self._times = Times(timestamps)
        self._path = _place(path)
        self._waiting: list[_Waiting] = []
        self._end = 0
        try:
            # Without a buffer, which would keep what found no room and write it later.
            self._file = tempfile.TemporaryFile(dir=self._path.parent, buffering=0)  # noqa: SIM115 - lives as long
        except OSError as problem:
            raise _unwritable(self._path, problem) from None
        # It has no name, and is gone with this.
        weakref.finalize(self, self._file.close)

    def add(self, page: Page) -> None:
        """Put a page into the temporary file. Raises ConfigurationError, and keeps nothing of it.

        So the page can be taken in once more.
        """
        written = packed(page)
        try:
            self._file.seek(self._end)
            left = written
            while left:
                left = left[self._file.write(left) :]
        except OSError as problem:
            raise _unwritable(self._path, problem) from None
        beyond = beyond_cells(page.arrays.values())
        self._waiting.append(_Waiting(self._end, len(written), page.rows, beyond))
        self._end += len(written)

    def keep(self, pages: int) -> None:
        """Drop all but the first `pages`."""
        del self._waiting[pages:]
        if not pages:
            self._end = 0
            with suppress(OSError):
                self._file.truncate(0)

    def made(self, columns: Columns, provenance: Provenance) -> FilePath:
        """Write the file and return its path."""
        # A name that no one can foresee, and put something else there.
        partly = self._path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            self._write(partly, columns, provenance)
            partly.replace(self._path)
        except OSError as problem:
            raise _unwritable(self._path, problem) from None
        finally:
            with suppress(OSError):
                partly.unlink(missing_ok=True)
        return self._path

    def partial(
        self, columns: Columns, provenance: Provenance, further: Sequence[Page] = ()
    ) -> None:
        """Return nothing: it may be larger than memory. The pages wait for `resume`."""

    def _write(self, path: FilePath, columns: Columns, provenance: Provenance) -> None:
        import pyarrow.parquet as paq  # noqa: PLC0415 - heavy, and rarely needed

        for table in self._tables(columns):
            self._times.learn(table)
        schema = self._times.read(storable(columns.table([]))).schema
        notes = for_pandas(schema, provenance.attrs(columns))
        with (
            path.open("xb") as file,
            paq.ParquetWriter(file, schema.with_metadata(notes)) as writer,
        ):
            for table in self._tables(columns):
                writer.write_table(self._times.read(storable(table)), row_group_size=ROW_GROUP)

    def _tables(self, columns: Columns) -> Iterator[pa.Table]:
        """Yield all records, so many at a time as make a row group."""
        pages: list[Page] = []
        rows = size = 0
        for waiting in self._waiting:
            adds = waiting.rows * len(columns.types) * CELL + waiting.beyond
            if pages and (rows >= ROW_GROUP or size + adds > GROUP_BYTES):
                yield columns.table(pages)
                pages, rows, size = [], 0, 0
            pages.append(self._read(waiting))
            rows += waiting.rows
            size += adds
        if pages:
            yield columns.table(pages)

    def _read(self, waiting: _Waiting) -> Page:
        self._file.seek(waiting.place)
        body = bytearray(waiting.length)
        left = memoryview(body)
        while left:
            read = self._file.readinto(left)
            if not read:
                raise OSError(errno.EIO, "the temporary file was cut short")
            left = left[read:]
        return unpacked(body)


@dataclass(frozen=True)
class _Waiting:
    """A page in the temporary file: where, how long, its rows, and its text's size."""

    place: int
    length: int
    rows: int
    beyond: int


def result_of(
    kind: Kind,
    how: Any,  # noqa: ANN401 - what belongs to the kind
    timestamps: Mapping[str, str | None],
) -> Result[Any]:
    """Return what pages are made into; `how` is a file's path or pandas' `dtype_backend`."""
    if kind == "parquet":
        return AsParquet(timestamps, how)
    return AsTable(timestamps) if kind == "arrow" else AsFrame(timestamps, how)


def _place(path: str | os.PathLike[str]) -> FilePath:
    """Return the place of a file that can be written. Raises ConfigurationError."""
    place = check_path(path, "path", "file")
    try:
        there = place.stat()
    except FileNotFoundError:
        return place
    except (OSError, ValueError) as problem:
        raise _unwritable(place, problem) from None
    if not stat.S_ISREG(there.st_mode):
        raise _unwritable(place, OSError(errno.EEXIST, "it exists and is not a file"))
    return place


def storable(table: pa.Table) -> pa.Table:
    """Return `table` with JSON text for lists of objects without members, which no file holds."""
    bare = [field.name for field in table.schema if _has_no_members(field.type)]
    if not bare:
        return table
    columns = dict(zip(table.column_names, table.columns, strict=True))
    for name in bare:
        columns[name] = pa.chunked_array([json_texts(columns[name].to_pylist())])
    return pa.table(columns)


def _has_no_members(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return kind.num_fields == 0 or any(_has_no_members(member.type) for member in kind)
    return pa.types.is_list(kind) and _has_no_members(kind.value_type)


def _unwritable(path: FilePath, problem: OSError | ValueError) -> ConfigurationError:
    reason = getattr(problem, "strerror", None) or "unknown reason"
    return ConfigurationError(
        f"Can't write a file at {shown_path(path)}: {reason}.",
        next_step="Free some space there or choose another place, then try again.",
    )
