"""A lazy DataFrame of Dask, whose parts the workers read."""

from __future__ import annotations

import asyncio
import importlib
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.frames import Reading
from oauth_widgets.frames.each import rows_of
from oauth_widgets.frames.plan import Params, ReadOptions, checked
from oauth_widgets.resource.resource import Resource
from oauth_widgets.session.shared.parts import cut, joined, samples, schema_of
from oauth_widgets.session.shared.sharing import Sharing
from oauth_widgets.session.shared.turns import on_loop

if TYPE_CHECKING:
    import dask.dataframe as dd

_LOOKED_AT = 1000
"""Rows of an address that are read to learn its columns, at most."""


async def lazy_frame(
    part: Callable[[object, dict[str, Any]], pd.DataFrame],
    sharing: Sharing,
    place: tuple[str, Params | None],
    meta: pd.DataFrame | None,
    options: ReadOptions,
) -> dd.DataFrame:
    """Return the lazy frame, each of whose parts `part` reads. Raises what `frame` raises."""
    given = checked(options, "dask_frame")
    if given["limit"] is not None:
        raise ConfigurationError(
            "limit= applies to one read, but a lazy frame is made of many reads.",
            next_step="Leave out limit=, and call head(…) on the result.",
        )
    address, params = place
    columns = None if given["each"] is None else rows_of(given["each"], address).columns
    kept: dict[str, Any] = {
        name: value for name, value in options.items() if name not in ("each", "progress")
    }
    schema = await _schema(sharing, place, columns, kept) if meta is None else schema_of(meta)
    threads = await on_loop(sharing.client.loop, sharing.client.nthreads)
    frames: Any = await asyncio.to_thread(importlib.import_module, "dask.dataframe")
    how = {
        "address": address,
        "params": params,
        "options": kept,
        "schema": schema,
        # What an API returns changes, so no two frames are the same to Dask.
        "made": secrets.token_hex(8),
    }
    made: dd.DataFrame = frames.from_map(
        part,
        _parts(columns, sum(threads.values())),
        how=how,
        meta=schema.empty_table().to_pandas(types_mapper=pd.ArrowDtype),
        label="oauth-widgets",
    )
    return made


def _parts(columns: dict[str, list[Any]] | None, threads: int) -> list[Any]:
    """Return the `each` of every part; None stands for the address as it is."""
    if columns is None:
        return [None]
    count = len(next(iter(columns.values())))
    return [
        {name: values[rows] for name, values in columns.items()} for rows in cut(count, threads)
    ]


async def _schema(
    sharing: Sharing,
    place: tuple[str, Params | None],
    columns: dict[str, list[Any]] | None,
    options: dict[str, Any],
) -> pa.Schema:
    """Return the columns that the first pages of some addresses have."""
    eaches: list[Any] = [None]
    if columns is not None:
        count = len(next(iter(columns.values())))
        eaches = [
            {name: [values[at]] for name, values in columns.items()} for at in samples(count)
        ] or [{name: [] for name in columns}]
    tables = [
        await _Looking(sharing.session._resource).aarrow(  # noqa: SLF001 - a session's inner side is ours
            *place, **options, each=each, limit=_LOOKED_AT, progress=False
        )
        for each in eaches
    ]
    return joined([table.schema for table in tables])


class _Looking(Reading):
    """Reads in this process."""

    def __init__(self, resource: Resource) -> None:
        self._resource = resource
