"""What is made of the pages: a DataFrame, a table, or a file larger than memory."""

from __future__ import annotations

import os
import tempfile
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Protocol, TypeVar

import pyarrow as pa

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.frames.columns import Columns, Mixed, Page, Path, as_json
from oauth_widgets.frames.provenance import Provenance
from oauth_widgets.frames.times import Times

if TYPE_CHECKING:
    import pandas as pd

T_co = TypeVar("T_co", covariant=True)

_ROW_GROUP = 2**17
_BACKENDS = (None, "numpy_nullable", "pyarrow")


class Result(Protocol[T_co]):
    """Takes in pages, in order, and makes something of all so far. It is asked in one thread."""

    def add(self, page: Page) -> None:
        """Take in a page."""

    def made(self, columns: Columns, provenance: Provenance) -> T_co:
        """Return what all pages make."""

    def partial(self, columns: Columns, provenance: Provenance) -> T_co | None:
        """Return what the pages so far make, None where it is too much to hold."""


class AsTable:
    """A pyarrow.Table; columns of mixed types are JSON text in it."""

    def __init__(self, timestamps: tuple[str, ...]) -> None:
        self._timestamps = timestamps
        self._pages: list[Page] = []
        self._whole: pa.Table | None = None

    def add(self, page: Page) -> None:
        """Take in a page."""
        self._pages.append(page)

    def made(self, columns: Columns, provenance: Provenance) -> pa.Table:
        """Return all records as one table."""
        if self._whole is None:
            self._whole = columns.table(self._pages, consumed=True)
        times = Times(self._timestamps)
        times.learn(self._whole)
        return times.read(self._whole).replace_schema_metadata(provenance.metadata)

    def partial(self, columns: Columns, provenance: Provenance) -> pa.Table:
        """Return the records so far, with times as text."""
        table = columns.table(self._pages) if self._whole is None else self._whole
        return table.replace_schema_metadata(provenance.metadata)


class AsFrame:
    """A pandas DataFrame."""

    def __init__(self, timestamps: tuple[str, ...], dtype_backend: str | None) -> None:
        if dtype_backend not in _BACKENDS:
            raise ConfigurationError(
                f"{dtype_backend!r} is no dtype_backend of pandas.",
                next_step='Use "numpy_nullable" or "pyarrow", or leave it out.',
            )
        self._table = AsTable(timestamps)
        self._backend = dtype_backend

    def add(self, page: Page) -> None:
        """Take in a page."""
        self._table.add(page)

    def made(self, columns: Columns, provenance: Provenance) -> pd.DataFrame:
        """Return all records as a DataFrame."""
        return self._framed(self._table.made(columns, provenance), columns, provenance)

    def partial(self, columns: Columns, provenance: Provenance) -> pd.DataFrame:
        """Return the records so far as a DataFrame."""
        return self._framed(self._table.partial(columns, provenance), columns, provenance)

    def _framed(self, table: pa.Table, columns: Columns, provenance: Provenance) -> pd.DataFrame:
        from oauth_widgets.frames.dataframe import dataframe  # noqa: PLC0415 - loads pandas

        mixed = {".".join(p) for p, kind in columns.types.items() if isinstance(kind, Mixed)}
        frame = dataframe(table, columns.rows, mixed, self._backend)
        frame.attrs.update(provenance.attrs)
        return frame


class AsParquet:
    """A Parquet file at `path`, made in bounded memory.

    Pages wait in a temporary file beside it until the types of all are known. The file appears
    whole or not at all.
    """

    def __init__(self, timestamps: tuple[str, ...], path: FilePath) -> None:
        self._times = Times(timestamps)
        self._path = path
        self._waiting: list[tuple[int, tuple[Path, ...], Page]] = []
        try:
            self._file = tempfile.TemporaryFile(dir=path.parent)  # noqa: SIM115 - lives as long
        except OSError as problem:
            raise _unwritable(path, problem) from None
        # it has no name, and is gone with this
        weakref.finalize(self, self._file.close)

    def add(self, page: Page) -> None:
        """Put a page into the temporary file."""
        arrays = list(page.arrays.values())
        names = [str(at) for at in range(len(arrays))]
        batch = pa.RecordBatch.from_arrays(arrays, names=names)
        place = self._file.seek(0, os.SEEK_END)
        with pa.ipc.new_stream(self._file, batch.schema) as stream:
            stream.write_batch(batch)
        self._waiting.append((place, tuple(page.arrays), replace(page, arrays={})))

    def made(self, columns: Columns, provenance: Provenance) -> FilePath:
        """Write the file and return its path."""
        partly = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            self._write(partly, columns, provenance)
            partly.replace(self._path)
        except OSError as problem:
            raise _unwritable(self._path, problem) from None
        finally:
            partly.unlink(missing_ok=True)
        return self._path

    def partial(self, columns: Columns, provenance: Provenance) -> None:
        """Return nothing: what came may be larger than memory. It waits for `resume`."""

    def _write(self, path: FilePath, columns: Columns, provenance: Provenance) -> None:
        import pyarrow.parquet as paq  # noqa: PLC0415 - heavy, and rarely needed

        for table in self._tables(columns):
            self._times.learn(table)
        schema = self._times.read(_storable(columns.table([]))).schema
        with paq.ParquetWriter(path, schema.with_metadata(provenance.metadata)) as writer:
            for table in self._tables(columns):
                writer.write_table(self._times.read(_storable(table)), row_group_size=_ROW_GROUP)

    def _tables(self, columns: Columns) -> Iterator[pa.Table]:
        """Yield all records, so many at a time as make a row group."""
        pages: list[Page] = []
        for place, paths, page in self._waiting:
            self._file.seek(place)
            batch = pa.ipc.open_stream(self._file).read_next_batch()
            pages.append(replace(page, arrays=dict(zip(paths, batch.columns, strict=True))))
            if sum(page.rows for page in pages) >= _ROW_GROUP:
                yield columns.table(pages)
                pages.clear()
        if pages:
            yield columns.table(pages)


def _storable(table: pa.Table) -> pa.Table:
    """Return `table` with JSON text for lists of objects without members, which no file holds."""
    for at, field in enumerate(table.schema):
        if _has_no_members(field.type):
            text = [None if v is None else as_json(v) for v in table.column(at).to_pylist()]
            table = table.set_column(at, field.name, pa.array(text, pa.string()))
    return table


def _has_no_members(kind: pa.DataType) -> bool:
    if pa.types.is_struct(kind):
        return kind.num_fields == 0 or any(_has_no_members(member.type) for member in kind)
    return pa.types.is_list(kind) and _has_no_members(kind.value_type)


def _unwritable(path: FilePath, problem: OSError) -> ConfigurationError:
    return ConfigurationError(
        f"No file can be written at {path}: {problem.strerror or 'unknown reason'}.",
        next_step="Choose another place, or make room there.",
    )
