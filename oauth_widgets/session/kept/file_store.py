"""Saved sign-ins as files that only their owner can read."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from oauth_widgets.errors import (
    StoreDamaged,
    StoreExposed,
    StoreProblem,
    StoreReadOnly,
    StoreUnavailable,
)

_OTHERS = 0o077
_FULL = {errno.ENOSPC, errno.EDQUOT}
_READ_ONLY = {errno.EROFS, errno.EACCES, errno.EPERM}


class FileStore:
    """One file for each sign-in, of mode 0600 in a folder of mode 0700."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.place = f"a file in {folder}"

    def probe(self) -> None:
        """Create the folder and write a file in it, then remove that."""
        # Two processes may probe at once.
        name = f"probe-{secrets.token_hex(4)}"
        self.write(name, "probe")
        self.erase(name)

    def read(self, name: str) -> str | None:
        """Return the text, or None. Raises StoreExposed if others could read it."""
        path = self._path(name)
        try:
            with path.open(encoding="utf-8") as file:
                check_private(path, os.fstat(file.fileno()))
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except UnicodeDecodeError as problem:
            raise StoreDamaged(f"The saved sign-in in {path} is not text.") from problem
        except OSError as problem:
            raise StoreUnavailable(f"{path} can't be read: {problem.strerror}.") from problem

    def write(self, name: str, text: str) -> None:
        """Write a new file next to the old one, flush it, and rename it over the old one."""
        path = self._path(name)
        aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}.new")
        with _in_our_words(path):
            make_private(self._folder)
            try:
                # Created with its mode: one that is narrowed later could be opened before that.
                with os.fdopen(_created(aside), "w", encoding="utf-8") as file:
                    file.write(text)
                    file.flush()
                    os.fsync(file.fileno())
                aside.replace(path)
            except BaseException:
                with suppress(OSError):
                    aside.unlink(missing_ok=True)
                raise
            _flush(self._folder)

    def erase(self, name: str) -> None:
        """Remove the file, and what a killed process left next to it."""
        path = self._path(name)
        with _in_our_words(path):
            path.unlink(missing_ok=True)
            for unfinished in self._folder.glob(f"{path.name}.*.new"):
                unfinished.unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.json"


def make_private(folder: Path) -> None:
    """Create `folder` for its owner alone. Raises StoreExposed if others can get into it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        folder.mkdir(mode=0o700)
    check_private(folder, folder.stat())


def check_private(path: Path, status: os.stat_result) -> None:
    """Raise StoreExposed if someone else owns `path` or may open it. Windows has no such modes."""
    if os.name == "nt":
        return
    if status.st_uid != os.geteuid():
        raise StoreExposed(
            f"{path} belongs to another user.", next_step="Remove it, then sign in again."
        )
    # check: kept/private
    if status.st_mode & _OTHERS:
        raise StoreExposed(
            f"Other users of this computer can open {path}.",
            next_step=f"Restrict it: chmod go= '{path}'. If others may have read it, sign out.",
        )


def _created(path: Path) -> int:
    # check: kept/private
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)


def _flush(folder: Path) -> None:
    """Have the rename itself survive a power failure, on systems that can flush a folder."""
    if os.name == "nt":
        return
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    except OSError:
        # Some network file systems can't, and the file itself is flushed already.
        pass
    finally:
        os.close(opened)


@contextmanager
def _in_our_words(path: Path) -> Iterator[None]:
    """Say in our own words why `path` can't be written."""
    try:
        yield
    except StoreProblem:
        raise
    except OSError as problem:
        raise _unwritable(path, problem) from problem


def _unwritable(path: Path, problem: OSError) -> StoreProblem:
    if problem.errno in _FULL:
        step = "Free some space, then try again."
        return StoreReadOnly(f"The disk is full, so {path} can't be written.", next_step=step)
    if problem.errno in _READ_ONLY:
        return StoreReadOnly(f"{path} can't be written: {problem.strerror}.")
    return StoreUnavailable(f"{path} can't be written: {problem.strerror}.")
