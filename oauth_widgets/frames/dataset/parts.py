"""Pages become parts: kept one by one until they fill a part, which is written whole."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import FileIO
from typing import Any

from oauth_widgets.errors import UnexpectedAnswer
from oauth_widgets.frames.columns import Columns, Page
from oauth_widgets.frames.dataset.finishing import Finishing
from oauth_widgets.frames.dataset.folder import Folder, cleared
from oauth_widgets.frames.dataset.manifest import Manifest, Start
from oauth_widgets.frames.dataset.page_log import Entry
from oauth_widgets.frames.dataset.schema import no_such_column, noted
from oauth_widgets.frames.provenance import Provenance
from oauth_widgets.frames.results import GROUP_BYTES, storable
from oauth_widgets.frames.saved import Saved, saved, saved_columns
from oauth_widgets.frames.size import CELL, beyond_cells
from oauth_widgets.frames.so_far import SoFar
from oauth_widgets.frames.times import Times
from oauth_widgets.secret.quoting import Secrets, quoted


class AsParts:
    """The parts of a dataset; each page is in the folder before it counts.

    `firsts` are the addresses that the fetch begins at. `needed` are columns that have to be there,
    with the argument that names each.
    """

    together = False
    boxed = False

    def __init__(
        self,
        folder: Folder,
        manifest: Manifest,
        times: Times,
        *,
        firsts: Sequence[str],
        needed: Mapping[str, str],
        partition_rows: int,
    ) -> None:
        self.manifest = manifest
        self._columns = Columns(together=False)
        self._folder = folder
        self._times = times
        self._firsts = firsts
        self._needed = needed
        self._most = partition_rows
        self._file: FileIO | None = None
        self._states: dict[int, Saved] = dict(manifest.states)
        self._pending: dict[int, deque[tuple[Page, Saved]]] = {}
        self._last: dict[int, Page] = {}
        self._waiting: list[Page] = []
        self._rows = 0
        self._size = 0
        self._start = self._handed = manifest.handed

    @property
    def place(self) -> str:
        """The folder, for people."""
        return str(self._folder)

    def begin(self, columns: Columns, kept: list[Entry], end: int) -> None:
        """Continue after `kept`, the entries of the file with pages; they end at byte `end`.

        `columns` are those of the rows before them.
        """
        self._columns = columns
        for entry in kept:
            self._remember(entry)
        path = self._folder.pages(self.manifest.journal)
        self._file = FileIO(path, "a", opener=_open_unlinked)
        self._file.truncate(end)

    def close(self) -> None:
        """Close the file with pages."""
        if self._file is not None:
            self._file.close()

    def note(self, at: int, after: SoFar, page: Page | None, secrets: Secrets) -> None:
        """Keep a page before it counts.

        Raises UnexpectedAnswer for a way on that may not be written down, ConfigurationError if
        a column that is needed isn't there, or the folder can't be written.
        """
        if after.problem is not None:
            # Without this page, the repeated call meets the same problem and says so.
            raise after.problem
        if page is not None and page.rows and self._needed:
            self._check_needed(after.columns)
        state = saved(after, self._firsts[at])
        # check: dataset/no-token
        if any(quoted(one, secrets) != quoted(one) for one in _texts(state)):
            raise UnexpectedAnswer(
                f"Page {after.pages} leads to an address that contains the token, which must not "
                "be stored.",
                next_step="Use session.to_parquet(…), which writes no addresses.",
            )
        entry = Entry(at, state, page)
        with self._folder.named_problems():
            if self._rows >= self._most or self._size >= GROUP_BYTES:
                self._flush()
            assert self._file is not None  # noqa: S101 - begin() opened it
            _write_all(self._file, entry.bytes())
        self._remember(entry)

    def add(self, page: Page) -> None:
        """Take in a page that was kept."""
        at = min(self._pending)
        _, state = self._pending[at].popleft()
        if not self._pending[at]:
            del self._pending[at]
        self._handed = Start(at, state)
        self._columns = self._columns.grown(page)
        self._waiting.append(page)
        self._rows += page.rows
        self._size += page.rows * len(page.arrays) * CELL + beyond_cells(page.arrays.values())

    def keep(self, pages: int) -> None:
        """Do nothing: what was kept counts."""

    def made(self, columns: Columns, provenance: Provenance) -> Manifest:  # noqa: ARG002 - as all do
        """Write what is left, and make one dataset of all parts."""
        self._columns = columns
        with self._folder.named_problems():
            self._flush()
            finishing = Finishing(self._folder, self.manifest, columns, self._times, self._most)
            return finishing.done()

    def partial(
        self, columns: Columns, provenance: Provenance, further: Sequence[Page] = ()
    ) -> None:
        """Return nothing: it is in the folder."""

    def _remember(self, entry: Entry) -> None:
        if entry.state is not None:
            self._states[entry.at] = entry.state
        if entry.page is None:
            return
        self._last[entry.at] = entry.page
        if entry.counts:
            queue = self._pending.setdefault(entry.at, deque())
            queue.append((entry.page, self._states[entry.at]))

    def _check_needed(self, columns: Columns) -> None:
        names = {*columns.names.values(), *self._columns.names.values()}
        for name, argument in self._needed.items():
            if name not in names:
                raise no_such_column(argument, name, names)
        self._needed = {}

    def _flush(self) -> None:
        """Write the waiting pages as parts; from then on they begin the next ones."""
        parts = list(self.manifest.parts)
        number = self.manifest.numbered
        if self._waiting:
            table = storable(self._columns.table(self._waiting))
            self._times.learn(table)
            table = noted(self._times.read(table), self._columns, self.manifest.query.address)
            several = max(table.num_rows // self._most, 1)
            for at in range(several):
                begins, ends = (table.num_rows * one // several for one in (at, at + 1))
                part = self._folder.write(
                    table.slice(begins, ends - begins),
                    number,
                    replace(self._start, skip=begins),
                    None if self.manifest.since is None else self.manifest.since.value,
                )
                parts.append(part)
                number += 1
        front = self._front
        manifest = replace(
            self.manifest,
            parts=tuple(parts),
            columns=saved_columns(self._columns),
            times=self._times.learnt,
            front=front,
            states={at: one for at, one in self._states.items() if at >= front - 1},
            handed=self._handed,
            journal=self.manifest.journal + 1,
            numbered=number,
        )
        self._rotate(manifest)
        self._waiting, self._rows, self._size = [], 0, 0
        self._start = self._handed

    def _rotate(self, manifest: Manifest) -> None:
        """Begin a file for further pages with those that are in no part, and commit."""
        file = FileIO(cleared(self._folder.pages(manifest.journal)), "x")
        try:
            for at, state in manifest.states.items():
                if at in self._last and at not in self._pending and "next" in state:
                    _write_all(file, Entry(at, None, self._last[at], counts=False).bytes())
            for at, queue in self._pending.items():
                for page, state in queue:
                    _write_all(file, Entry(at, state, page).bytes())
                _write_all(file, Entry(at, self._states[at], None).bytes())
            os.fsync(file.fileno())
            self._folder.commit(manifest)
        except BaseException:
            file.close()
            raise
        self.close()
        self._folder.pages(self.manifest.journal).unlink(missing_ok=True)
        self._file, self.manifest = file, manifest
        self._states = dict(manifest.states)
        self._last = {at: page for at, page in self._last.items() if at in self._states}

    @property
    def _front(self) -> int:
        """The number of the first address that isn't done, or whose pages still wait."""
        front = self.manifest.front
        while front in self._states and "next" not in self._states[front]:
            if front in self._pending:
                break
            front += 1
        return front


def _open_unlinked(path: str, flags: int) -> int:
    """Open a file, but not through a link that someone put there."""
    return os.open(path, flags | getattr(os, "O_NOFOLLOW", 0), 0o666)


def _texts(found: Any) -> list[str]:  # noqa: ANN401 - any JSON
    """Return all text in a state."""
    if isinstance(found, str):
        return [found]
    inner = found.values() if isinstance(found, dict) else found
    return [text for one in inner for text in _texts(one)] if isinstance(found, dict | list) else []


def _write_all(file: FileIO, body: bytes) -> None:
    left = memoryview(body)
    while left:
        # A disk that fills up takes a part of it before it says so.
        left = left[file.write(left) or 0 :]
