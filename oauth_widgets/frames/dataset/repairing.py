"""A part that was deleted or damaged is fetched again: just its pages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from oauth_widgets.errors import DatasetDamaged
from oauth_widgets.frames.columns import Columns, Page
from oauth_widgets.frames.dataset.folder import Folder
from oauth_widgets.frames.dataset.manifest import Manifest, Part, damaged
from oauth_widgets.frames.dataset.restoring import NOT_OURS, columns_of, so_far_of
from oauth_widgets.frames.dataset.schema import noted
from oauth_widgets.frames.each import Rows
from oauth_widgets.frames.fetch import Fetch
from oauth_widgets.frames.many import FetchOfEach
from oauth_widgets.frames.plan import Plan
from oauth_widgets.frames.provenance import Provenance
from oauth_widgets.frames.results import AsTable, storable
from oauth_widgets.frames.saved import saved_columns
from oauth_widgets.frames.so_far import SoFar
from oauth_widgets.frames.times import Times

Beginning = Callable[[list[Plan], "Rows | None", Any], Fetch[Any]]
"""Makes a fetch that hasn't begun."""


class _Pages(AsTable):
    """The pages themselves, of which there are as many as fill a part."""

    together = False

    def made(self, columns: Columns, provenance: Provenance) -> list[Page]:  # noqa: ARG002 - as all do
        return self._pages


async def repaired(
    folder: Folder,
    manifest: Manifest,
    part: Part,
    begin: tuple[list[Plan], Rows | None, Beginning],
    times: Times,
) -> Manifest:
    """Return the manifest with a part fetched again, which is no longer complete.

    Raises DatasetDamaged if the API has other rows there by now.
    """
    plans, rows, beginning = begin
    start = part.start
    many = start.skip + part.fetched
    if not start.at < len(plans):
        raise damaged(str(folder), "its manifest contradicts itself")
    left = plans[start.at :]
    if rows is not None:
        columns = {name: values[start.at :] for name, values in rows.columns.items()}
        rows = Rows(columns, rows.addresses[start.at :], rows.template)
    before = 0 if start.state is None else start.state.get("rows", 0)
    try:
        fetch = beginning([replace(one, limit=before + many) for one in left], rows, _Pages({}))
        if start.state is not None:
            _restore(fetch, so_far_of(fetch, 0, start.state, left[0].url))
        known = columns_of(manifest, fetch.columns)
    except NOT_OURS:
        raise damaged(str(folder), "its manifest contradicts itself") from None
    pages = await fetch.whole()
    return await asyncio.to_thread(_rewritten, folder, manifest, part, pages, known, times)


def _restore(fetch: Fetch[Any], so_far: SoFar) -> None:
    if isinstance(fetch, FetchOfEach):
        columns = replace(fetch.columns, rows=so_far.rows)
        fetch.restore_each(0, {0: (so_far, [])}, columns)
    else:
        fetch.restore(so_far, fetch.columns, [])


def _rewritten(  # noqa: PLR0917 - what was fetched, and what it belongs to
    folder: Folder,
    manifest: Manifest,
    part: Part,
    pages: list[Page],
    known: Columns,
    times: Times,
) -> Manifest:
    rows = sum(page.rows for page in pages)
    columns = known
    for page in pages:
        columns = columns.grown(page)
    if rows != part.start.skip + part.fetched:
        raise DatasetDamaged(
            f"{part.name} in {folder} was deleted or damaged, and the API now returns other rows "
            "in its place.",
            next_step="Delete the folder and repeat the call, or choose another folder.",
        )
    table = storable(columns.table(pages))
    times.learn(table)
    table = noted(times.read(table), columns, manifest.query.address).slice(part.start.skip)
    columns = replace(columns, rows=known.rows, pages=known.pages)
    new = folder.write(table, part.number, part.start, part.since)
    made = replace(
        manifest,
        parts=tuple(new if one.name == part.name else one for one in manifest.parts),
        completed=None,
        settled=0,
        columns=saved_columns(columns),
        times=times.learnt,
    )
    folder.commit(made)
    return made
