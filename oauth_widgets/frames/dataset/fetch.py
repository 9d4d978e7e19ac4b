"""A fetch into a folder: begun, continued, or brought up to date, whatever the folder needs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from oauth_widgets.errors import (
    ConfigurationError,
    DatasetRepairedWarning,
    OAuthError,
)
from oauth_widgets.errors.kinds import kind_of
from oauth_widgets.frames.address import with_parameter
from oauth_widgets.frames.dataset.folder import folder_of
from oauth_widgets.frames.dataset.info import DatasetInfo, info_of
from oauth_widgets.frames.dataset.lock import locked
from oauth_widgets.frames.dataset.manifest import Manifest, Part, Since, Start, now
from oauth_widgets.frames.dataset.outlasting import outlasting
from oauth_widgets.frames.dataset.parts import AsParts
from oauth_widgets.frames.dataset.query import asked, check_person, check_same, query_of, who_of
from oauth_widgets.frames.dataset.repairing import repaired
from oauth_widgets.frames.dataset.restoring import continue_from
from oauth_widgets.frames.dataset.schema import no_such_column
from oauth_widgets.frames.dataset.since import key_of, latest, since_of
from oauth_widgets.frames.each import Rows
from oauth_widgets.frames.fetch import Fetch
from oauth_widgets.frames.many import FetchOfEach
from oauth_widgets.frames.plan import PARTITION_ROWS, Plan, ReadOptions
from oauth_widgets.frames.progress import report_to
from oauth_widgets.frames.results import Result
from oauth_widgets.frames.resumable import Resumable
from oauth_widgets.frames.times import Times
from oauth_widgets.frames.understood import warn_about
from oauth_widgets.resource.resource import Resource


@dataclass(frozen=True)
class Wish:
    """What a caller wants a dataset to be.

    `who` is signed in, and `ends` says when that ends, None if it can be refreshed.
    """

    folder: Any
    since: Any
    key: Any
    partition_rows: Any
    who: Mapping[str, str]
    ends: Callable[[], datetime | None]


class DatasetFetch(Resumable[DatasetInfo]):
    """A fetch into a folder, under way, ended, or stopped before its end."""

    partial = None

    def __init__(
        self,
        resource: Resource,
        plans: list[Plan],
        rows: Rows | None,
        options: ReadOptions,
        wish: Wish,
    ) -> None:
        self._resource = resource
        self._plans = plans
        self._rows = rows
        self._skips = options["missing"] == "skip"
        self._asked = asked(plans, rows, options)
        self._folder = folder_of(wish.folder)
        self._since = since_of(wish.since)
        self._key = key_of(wish.key, self._since)
        self._most = _partition_rows(wish.partition_rows)
        self._who = wish.who
        report = report_to(options["progress"])
        self._report = outlasting(report, wish.ends, str(self._folder))
        self._fetch: Fetch[Manifest] | None = None
        self._repaired: list[str] = []

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why there may be more rows than were read."""
        return () if self._fetch is None else self._fetch.doubts

    def tell(self, *, ended: bool = False) -> None:
        """Report how far this is; `ended` says that it goes no further."""
        if self._fetch is not None:
            self._fetch.tell(ended=ended)
        if ended:
            lost, self._repaired = self._repaired, []
            again = [f"{name} was deleted or damaged, so it is fetched again." for name in lost]
            warn_about(again, DatasetRepairedWarning)

    async def whole(self) -> DatasetInfo:
        """Do what the folder needs, and return what is in it (I/O loop only)."""
        self._fetch = None
        with self._folder.named_problems():
            await asyncio.to_thread(self._folder.prepare)
            async with locked(self._folder.lock, str(self._folder)):
                try:
                    return await self._up_to_date()
                except OAuthError as problem:
                    problem.unfinished = self
                    raise

    async def _up_to_date(self) -> DatasetInfo:
        manifest = await asyncio.to_thread(self._opened)
        lost = await asyncio.to_thread(self._lost, manifest)
        if lost:
            self._repaired = [part.name for part in lost]
            manifest = await self._without(manifest, lost)
        elif manifest.completed and self._since is not None:
            manifest = await asyncio.to_thread(self._begun_again, manifest)
        if manifest.completed is None:
            manifest = await self._fetched(manifest)
        return await asyncio.to_thread(info_of, self._folder, manifest)

    def _opened(self) -> Manifest:
        """Return the manifest, after all that an earlier call left to be done."""
        folder = self._folder
        manifest = folder.read()
        if manifest is None:
            query = query_of(self._plans, self._asked)
            who = who_of(self._who, query.salt)
            manifest = Manifest(query, who, now(), since=self._since, key=self._key)
            folder.commit(manifest)
            return manifest
        check_same(manifest.query, self._asked, str(folder))
        check_person(manifest.who, self._who, manifest.query.salt, str(folder))
        folder.finish(manifest)
        folder.clean(manifest)
        return replace(manifest, moves={}, drops=(), key=self._key or manifest.key)

    def _lost(self, manifest: Manifest) -> list[Part]:
        return [part for part in manifest.parts if not self._folder.is_whole(part)]

    async def _without(self, manifest: Manifest, lost: list[Part]) -> Manifest:
        """Return a manifest that leads to the rows of parts that were deleted or damaged."""
        if manifest.since is None or not manifest.key:
            begin = (self._plans, self._rows, self._inner)
            for part in lost:
                times = Times(self._units, manifest.times)
                manifest = await repaired(self._folder, manifest, part, begin, times)
            return manifest
        # Records may have changed, so everything since that part began is asked for anew.
        since = replace(manifest.since, value=lost[0].since)
        kept = tuple(part for part in manifest.parts if part not in lost)
        return self._anew(replace(manifest, parts=kept, since=since))

    def _begun_again(self, manifest: Manifest) -> Manifest:
        """Return a manifest that asks for what changed since the dataset was complete."""
        since = self._since
        assert since is not None  # noqa: S101 - that is why this is called
        parts = [part for part in manifest.parts if part.rows]
        for name, argument in ((since.column, "since"), *((key, "key") for key in self._key)):
            names = set(self._folder.schema(parts[0]).names) if parts else {name}
            if name not in names:
                raise no_such_column(argument, name, names)
        columns = (self._folder.table(part, [since.column])[0] for part in parts)
        unit = self._units.get(since.column)
        value = latest(columns, since.column, unit, manifest.began)
        return self._anew(replace(manifest, since=replace(since, value=value)))

    def _anew(self, manifest: Manifest) -> Manifest:
        """Commit the beginning of another fetch, whose rows follow those that are there."""
        begun = replace(
            manifest,
            began=now(),
            completed=None,
            settled=min(manifest.settled, len(manifest.parts)),
            columns=manifest.columns and {**manifest.columns, "rows": 0, "pages": 0},
            front=0,
            states={},
            handed=Start(0, None),
            journal=manifest.journal + 1,
        )
        self._folder.commit(begun)
        self._folder.clean(begun)
        return begun

    async def _fetched(self, manifest: Manifest) -> Manifest:
        since = manifest.since
        plans = [_changed(plan, since) for plan in self._plans]
        firsts = [plan.url for plan in plans]
        needed = dict.fromkeys(manifest.key, "key")
        if since is not None:
            needed[since.column] = "since"
        times = Times(self._units, manifest.times)
        result = AsParts(
            self._folder,
            manifest,
            times,
            firsts=firsts,
            needed=needed,
            partition_rows=self._most,
        )
        fetch = self._inner(plans, self._rows, result, journal=result)
        try:
            await asyncio.to_thread(continue_from, fetch, result, self._folder, firsts)
            self._fetch = fetch
            complete: Manifest = await fetch.whole()
        finally:
            result.close()
        return complete

    def _inner(
        self,
        plans: list[Plan],
        rows: Rows | None,
        result: Result[Any],
        *,
        journal: AsParts | None = None,
    ) -> Fetch[Any]:
        report = None if journal is None else self._report
        if rows is None:
            return Fetch(self._resource, plans[0], result, report, journal=journal)
        return FetchOfEach(
            self._resource, plans, rows, result, report, skips=self._skips, journal=journal
        )

    @property
    def _units(self) -> Mapping[str, str | None]:
        return self._plans[0].timestamps


def _changed(plan: Plan, since: Since | None) -> Plan:
    if since is None or since.value is None:
        return plan
    return replace(plan, url=with_parameter(plan.url, since.parameter, since.value))


def _partition_rows(given: object) -> int:
    if type(given) is not int or given < 1:
        raise ConfigurationError(
            f"partition_rows= must be a number of rows, 1 or more, not {kind_of(given)}.",
            next_step=f"Leave it out to use {PARTITION_ROWS}.",
        )
    return given
