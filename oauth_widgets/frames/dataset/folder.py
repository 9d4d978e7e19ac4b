"""The folder of a dataset: what is in it, written so that an end at any moment costs nothing.

part-00000.parquet …       the rows, for any reader
.oauth-widgets/
manifest.json          all that is known of them
lock                   held by the call that writes
pages-3                pages that are in no part yet
new-0                  a file that is being written, renamed once it is whole
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as paq

from oauth_widgets.errors import ConfigurationError, DatasetDamaged, foreign_text
from oauth_widgets.errors.kinds import check_path
from oauth_widgets.frames.dataset.manifest import (
    Manifest,
    Part,
    Start,
    Value,
    damaged,
    is_part,
    manifest_of,
    part_name,
)
from oauth_widgets.frames.results import ROW_GROUP
from oauth_widgets.secret.names import shown_path

INNER = ".oauth-widgets"
_MANIFEST = "manifest.json"
_ANOTHER = "Choose a folder that is empty or doesn't exist yet."


class Folder:
    """The folder of a dataset, whose lock the caller holds when it writes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.inner = path / INNER

    def __str__(self) -> str:
        return shown_path(self.path)

    @property
    def lock(self) -> Path:
        """The file of the lock."""
        return self.inner / "lock"

    def prepare(self) -> None:
        """Make the folder if it isn't there yet.

        Raises ConfigurationError if it can't be a dataset's, OSError if it can't be made.
        """
        self.check()
        self.path.mkdir(exist_ok=True)
        self.inner.mkdir(exist_ok=True)

    def check(self) -> None:
        """Raise ConfigurationError if this can't be the folder of a dataset."""
        try:
            kind = self.path.lstat().st_mode
        except FileNotFoundError:
            return
        if stat.S_ISLNK(kind):
            raise ConfigurationError(
                f"folder is {self}, which is a link to another place.",
                next_step=f"Pass that place: folder={os.path.realpath(self.path)!r}.",
            )
        if not stat.S_ISDIR(kind):
            raise ConfigurationError(f"folder is {self}, which is a file.", next_step=_ANOTHER)
        if self.inner.is_symlink() or (self.inner.exists() and not self.inner.is_dir()):
            raise self._holds_another(INNER)
        strangers = sorted(one.name for one in self.path.iterdir() if one.name != INNER)
        if not (self.inner / _MANIFEST).exists() and strangers:
            raise self._holds_another(strangers[0])
        for name in strangers:
            if name.endswith(".parquet") and not is_part(name):
                raise self._holds_another(name)

    def _holds_another(self, name: str) -> ConfigurationError:
        return ConfigurationError(
            f"folder is {self}, which already contains something else: {foreign_text(name)}.",
            next_step=_ANOTHER,
        )

    def read(self) -> Manifest | None:
        """Return the manifest, None if there is none yet.

        Raises DatasetDamaged, DatasetTooNew, or OSError.
        """
        file = self.inner / _MANIFEST
        try:
            text = file.read_bytes()
        except FileNotFoundError:
            return None
        return manifest_of(text, str(file))

    def commit(self, manifest: Manifest) -> None:
        """Write the manifest, so that there is the old one or this one at any moment."""
        file = self.inner / _MANIFEST
        aside = file.with_suffix(".new")
        with cleared(aside).open("xb") as new:
            new.write(manifest.text().encode())
            new.flush()
            os.fsync(new.fileno())
        aside.replace(file)
        _settle(self.inner)

    def finish(self, manifest: Manifest) -> None:
        """Do what the manifest says is to be done, again if need be."""
        for aside, name in manifest.moves.items():
            with suppress(FileNotFoundError):
                (self.inner / aside).replace(self.path / name)
        for name in manifest.drops:
            (self.path / name).unlink(missing_ok=True)
        _settle(self.path)

    def clean(self, manifest: Manifest) -> None:
        """Remove what an earlier call left behind, which counts as not written."""
        kept = {part.name for part in manifest.parts}
        for file in self.path.iterdir():
            if is_part(file.name) and file.name not in kept:
                file.unlink()
        used = {"lock", _MANIFEST, f"pages-{manifest.journal}"}
        for file in self.inner.iterdir():
            if file.name not in used:
                file.unlink()

    def pages(self, number: int) -> Path:
        """Return the file of the pages that are in no part yet."""
        return self.inner / f"pages-{number}"

    def write(self, table: pa.Table, number: int, start: Start, since: Value | None) -> Part:
        """Write a part and return it."""
        part = self.write_aside(
            table, "new-0", Part(part_name(number), 0, 0, 0, 0, "", start, since)
        )
        (self.inner / "new-0").replace(self.path / part.name)
        _settle(self.path)
        return replace(part, fetched=part.rows)

    def write_aside(self, table: pa.Table, aside: str, part: Part) -> Part:
        """Write what shall take the place of a part, for `finish` to move; return that part."""
        new = self.inner / aside
        with cleared(new).open("xb") as file:
            paq.write_table(table, file, row_group_size=ROW_GROUP)
            file.flush()
            os.fsync(file.fileno())
        status = new.stat()
        return replace(
            part,
            rows=table.num_rows,
            size=status.st_size,
            modified=status.st_mtime_ns,
            sha256=_digest(new),
        )

    def table(self, part: Part, columns: list[str] | None = None) -> pa.Table:
        """Return the rows of a part. Raises DatasetDamaged."""
        file = self.path / part.name
        try:
            return paq.ParquetFile(file).read(columns)
        except (pa.ArrowException, OSError, ValueError):
            raise DatasetDamaged(
                f"{foreign_text(str(file))} can't be read.",
                next_step="Repeat the call to fetch it again.",
            ) from None

    def schema(self, part: Part) -> pa.Schema:
        """Return the columns of a part, with what is noted of them. Raises DatasetDamaged."""
        file = self.path / part.name
        try:
            return paq.read_schema(file)
        except (pa.ArrowException, OSError, ValueError):
            raise damaged(str(file), "it can't be read") from None

    def is_whole(self, part: Part) -> bool:
        """Whether a part is what was written. One that hasn't changed since isn't read."""
        file = self.path / part.name
        try:
            status = file.lstat()
            if not stat.S_ISREG(status.st_mode) or status.st_size != part.size:
                return False
            return status.st_mtime_ns == part.modified or _digest(file) == part.sha256
        except OSError:
            return False

    @contextmanager
    def named_problems(self) -> Iterator[None]:
        """Raise ConfigurationError for a disk that is full, or a folder that can't be written."""
        try:
            yield
        except OSError as problem:
            raise unusable(self.path, problem) from None


def cleared(path: Path) -> Path:
    """Return `path`, with whatever is there removed, so that a new file can be created.

    It may be a link: others may write to a shared folder, and the name is easy to guess.
    """
    path.unlink(missing_ok=True)
    return path


def folder_of(place: Any) -> Folder:  # noqa: ANN401 - whatever the caller gives
    """Return the folder that a caller names. Raises ConfigurationError."""
    return Folder(check_path(place, "folder", "folder"))


def unusable(path: Path, problem: OSError) -> ConfigurationError:
    """Return the error for a folder that can't be read or written."""
    reason = problem.strerror or "unknown reason"
    return ConfigurationError(
        f"folder is {shown_path(path)}, which can't be used: {reason}.",
        next_step="Free some space there, make it writable or choose another folder, then repeat "
        "the call. What was fetched so far is safe.",
    )


def _settle(folder: Path) -> None:
    """Have the names in a folder last, which some systems do without being asked."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
