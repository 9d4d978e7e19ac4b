"""A fetch that continues an earlier one, whose process may be gone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa

from oauth_widgets.errors import DatasetDamaged
from oauth_widgets.frames.columns import Columns, Page
from oauth_widgets.frames.dataset.folder import Folder
from oauth_widgets.frames.dataset.manifest import Manifest, damaged
from oauth_widgets.frames.dataset.page_log import Entry, entries
from oauth_widgets.frames.dataset.parts import AsParts
from oauth_widgets.frames.fetch import Fetch
from oauth_widgets.frames.many import FetchOfEach
from oauth_widgets.frames.saved import Saved, restored, restored_columns
from oauth_widgets.frames.so_far import SoFar

NOT_OURS = (pa.ArrowException, OSError, ValueError, LookupError, TypeError, RecursionError)
"""What reading something else than what was written may raise."""


def continue_from(
    fetch: Fetch[Manifest], result: AsParts, folder: Folder, firsts: Sequence[str]
) -> None:
    """Have a fetch that hasn't begun continue after all that is in the folder.

    Raises DatasetDamaged if its manifest says what can't be, or OSError.
    """
    manifest = result.manifest
    kept, end = entries(folder.pages(manifest.journal))
    try:
        columns = columns_of(manifest, fetch.columns)
        so_fars = _so_fars(fetch, manifest, kept, firsts)
        result.begin(columns, kept, end)
        if isinstance(fetch, FetchOfEach):
            walks = {at: (one, _pages(kept, at)) for at, one in so_fars.items()}
            fetch.restore_each(manifest.front, walks, columns)
        else:
            fetch.restore(so_fars.get(0, fetch.so_far), columns, _pages(kept, 0))
    except DatasetDamaged:
        raise
    except NOT_OURS:
        raise damaged(str(folder), "its manifest contradicts itself") from None


def columns_of(manifest: Manifest, prototype: Columns) -> Columns:
    """Return the columns of all parts. Raises one of NOT_OURS."""
    if manifest.columns is None:
        return prototype
    return restored_columns(manifest.columns, prototype)


def so_far_of(fetch: Fetch[Manifest], at: int, state: Saved, first: str) -> SoFar:
    """Return what was known of the address number `at`. Raises one of NOT_OURS."""
    beginning = fetch.beginning(at) if isinstance(fetch, FetchOfEach) else fetch.so_far
    return restored(state, beginning, first)


def _so_fars(
    fetch: Fetch[Manifest], manifest: Manifest, kept: list[Entry], firsts: Sequence[str]
) -> dict[int, SoFar]:
    states = dict(manifest.states)
    last: dict[int, Page] = {}
    for entry in kept:
        if entry.state is not None:
            states[entry.at] = entry.state
        if entry.page is not None:
            last[entry.at] = entry.page
    return {
        at: replace(so_far_of(fetch, at, state, firsts[at]), _last=last.get(at))
        for at, state in states.items()
    }


def _pages(kept: list[Entry], at: int) -> list[Page]:
    return [one.page for one in kept if one.at == at and one.counts and one.page is not None]
