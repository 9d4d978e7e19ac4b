"""The end of a fetch: one schema for all parts, the last state of each key, no small parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pyarrow as pa

from oauth_widgets.frames.columns import Columns
from oauth_widgets.frames.dataset.folder import Folder
from oauth_widgets.frames.dataset.latest import staying
from oauth_widgets.frames.dataset.manifest import Manifest, Part, Start, now
from oauth_widgets.frames.dataset.schema import fits, fitting, no_such_column, noted, schema_of
from oauth_widgets.frames.times import Times

_BEGINNING = Start(0, None)


class Finishing:
    """Makes one dataset of all parts: new ones are whole before old ones go."""

    def __init__(
        self, folder: Folder, manifest: Manifest, columns: Columns, times: Times, most: int
    ) -> None:
        self._folder = folder
        self._manifest = manifest
        self._columns = columns
        self._target = schema_of(columns, times)
        self._most = most
        self._moves: dict[str, str] = {}
        self._drops: list[str] = []

    def done(self) -> Manifest:
        """Write and commit what is complete. Raises ConfigurationError or OSError."""
        manifest = self._manifest
        parts = manifest.parts or (self._empty(),)
        stays = self._staying(parts)
        made = [
            part for group in self._groups(parts, stays) for part in self._anew(group, parts, stays)
        ]
        complete = replace(
            manifest,
            parts=tuple(made),
            settled=len(made),
            completed=now(),
            numbered=max(manifest.numbered, 1),
            moves=self._moves,
            drops=tuple(self._drops),
        )
        self._folder.commit(complete)
        self._folder.finish(complete)
        self._folder.pages(complete.journal).unlink(missing_ok=True)
        return complete

    def _empty(self) -> Part:
        """Write a part without rows, so that readers find the columns."""
        table = noted(self._target.empty_table(), self._columns, self._manifest.query.address)
        return self._folder.write(table, 0, _BEGINNING, None)

    def _staying(self, parts: tuple[Part, ...]) -> dict[int, pa.Array]:
        names = list(self._manifest.key)
        if not names or not any(part.rows for part in parts):
            return {}
        for name in names:
            if name not in self._target.names:
                raise no_such_column("key", name, set(self._target.names))
        kinds = pa.schema([self._target.field(name) for name in names])

        def keys(at: int) -> pa.Table:
            return self._rows(parts[at]).select(names).cast(kinds)

        rows = [part.rows for part in parts]
        return staying(keys, rows, self._manifest.settled, names)

    def _groups(self, parts: tuple[Part, ...], stays: dict[int, pa.Array]) -> Iterator[list[int]]:
        """Yield the numbers of parts that become one.

        Neighbours do that fit into one part, if the dataset is brought up to date again and again,
        each time with a few rows.
        """
        group: list[int] = []
        rows = 0
        for at, part in enumerate(parts):
            left = len(stays[at]) if at in stays else part.rows
            if group and (self._manifest.since is None or rows + left > self._most):
                yield group
                group, rows = [], 0
            group.append(at)
            rows += left
        yield group

    def _anew(
        self, group: list[int], parts: tuple[Part, ...], stays: dict[int, pa.Array]
    ) -> Iterator[Part]:
        first = parts[group[0]]
        changed = len(group) > 1 or group[0] in stays
        if not changed and fits(self._folder.schema(first), self._target, self._columns):
            yield first
            return
        tables = []
        for at in group:
            table = self._rows(parts[at])
            tables.append(table.take(stays[at]) if at in stays else table)
        table = noted(pa.concat_tables(tables), self._columns, self._manifest.query.address)
        aside = f"new-{len(self._moves) + 1}"
        since = [parts[at].since for at in group]
        part = replace(
            first,
            fetched=sum(parts[at].fetched for at in group),
            since=None if None in since else since[0],
        )
        part = self._folder.write_aside(table, aside, part)
        self._moves[aside] = part.name
        self._drops += [parts[at].name for at in group[1:]]
        yield part

    def _rows(self, part: Part) -> pa.Table:
        return fitting(self._folder.table(part), self._target, self._columns)
