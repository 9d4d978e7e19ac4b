"""What whoever holds a token for an API can read from it: a DataFrame, a table, a file."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn, Unpack

from oauth_widgets._net.loop import arun, run
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.frames.body import with_body
from oauth_widgets.frames.each import Rows, rows_of, with_braces, without_braces
from oauth_widgets.frames.plan import (
    PARTITION_ROWS,
    Kind,
    Params,
    Plan,
    ReadOptions,
    checked,
    own_headers,
    units,
)
from oauth_widgets.frames.progress import report_to
from oauth_widgets.frames.rules import first_address, paging_rule
from oauth_widgets.frames.signature import takes_options
from oauth_widgets.resource.resource import Resource

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from oauth_widgets.frames.dataset.fetch import DatasetFetch
    from oauth_widgets.frames.dataset.info import DatasetInfo
    from oauth_widgets.frames.fetch import Fetch
    from oauth_widgets.frames.preview import Preview

Backend = Literal["numpy_nullable", "pyarrow"]

_Fetching = Callable[..., "Fetch[Any]"]
_fetch: _Fetching | None = None


class Reading:
    """Reads every page of what an API has at an address, with the token in the header.

    `frame` describes the options that all share. Pages whose addresses can be foreseen are fetched
    side by side, 16 at most, and fewer if the API asks for patience (429, 503), which it gets. A
    token that expires meanwhile is refreshed, and no page is lost.
    """

    _resource: Resource
    _begun: Fetch[Any] | DatasetFetch | None = None

    @property
    def unfinished(self) -> Fetch[Any] | DatasetFetch | None:
        """The last fetch, if it was stopped or failed: it has `partial` and `resume()`."""
        return None if self._begun is None or self._begun.finished else self._begun

    def __reduce__(self) -> NoReturn:
        raise ConfigurationError(
            f"A {type(self).__name__} cannot be pickled: it contains tokens.",
            next_step="Sign in again in the other process.",
        )

    @takes_options
    def frame(
        self,
        url_or_path: str,
        params: Params | None = None,
        *,
        dtype_backend: Backend | None = None,
        **options: Unpack[ReadOptions],
    ) -> pd.DataFrame:
        """Return every page of the API at `url_or_path` as one DataFrame.

        An address that is not absolute is under the API's own; `params` are added to its query.
        JSON, lines of JSON, CSV and Parquet are read, told apart by the content type or the ending
        of the address; a gzip file of one of them is unpacked. Nested objects become dotted
        columns. Values stay what they are: if those of a column have no type in common, it holds
        Python's own (in a table or a file, their JSON).

        Raises ForeignOrigin, InvalidToken, InsufficientScope, ResourceBusy, UnexpectedAnswer or
        another ResourceError, a TransportError, or ConfigurationError for what cannot be asked.
        What was read before is kept: the error's `partial` has it, and its `resume()` continues
        from there. So does `unfinished`, after an interrupt too. `attrs` names its source
        and how it was read.

        `dtype_backend`: "numpy_nullable" or "pyarrow" as in pandas; without it the dtypes are those
        of pandas' own readers.

            frame = session.frame("/events", {"type": "call"}, limit=1000)
        """
        fetch = run(self._begin("frame", dtype_backend, (url_or_path, params), options))
        made: pd.DataFrame = fetch.run()
        return made

    @takes_options
    async def aframe(
        self,
        url_or_path: str,
        params: Params | None = None,
        *,
        dtype_backend: Backend | None = None,
        **options: Unpack[ReadOptions],
    ) -> pd.DataFrame:
        """Await `frame`."""
        begun = self._begin("frame", dtype_backend, (url_or_path, params), options)
        made: pd.DataFrame = await (await arun(begun)).arun()
        return made

    @takes_options
    def arrow(
        self, url_or_path: str, params: Params | None = None, **options: Unpack[ReadOptions]
    ) -> pa.Table:
        """Return the same as `frame` as a pyarrow.Table, which polars and duckdb take as it is.

        A column whose values have no type in common is JSON text.

            table = session.arrow("/events")
        """
        return run(self._begin("arrow", None, (url_or_path, params), options)).run()

    @takes_options
    async def aarrow(
        self, url_or_path: str, params: Params | None = None, **options: Unpack[ReadOptions]
    ) -> pa.Table:
        """Await `arrow`."""
        begun = self._begin("arrow", None, (url_or_path, params), options)
        return await (await arun(begun)).arun()

    @takes_options
    def to_parquet(
        self,
        url_or_path: str,
        path: str | PathLike[str],
        params: Params | None = None,
        **options: Unpack[ReadOptions],
    ) -> Path:
        """Write the same as `frame` to a Parquet file at `path`, and return that.

        Memory stays bounded: `max_bytes` is for one page at a time. A column whose values have no
        type in common is JSON text. The file appears once it is whole, and replaces one that was
        there. After a failure what was read waits for `resume()` in a temporary file without a
        name.

            file = session.to_parquet("/events", "events.parquet")
        """
        begun = self._begin("parquet", path, (url_or_path, params), options)
        made: Path = run(begun).run()
        return made

    @takes_options
    async def ato_parquet(
        self,
        url_or_path: str,
        path: str | PathLike[str],
        params: Params | None = None,
        **options: Unpack[ReadOptions],
    ) -> Path:
        """Await `to_parquet`."""
        begun = self._begin("parquet", path, (url_or_path, params), options)
        made: Path = await (await arun(begun)).arun()
        return made

    @takes_options
    def to_dataset(
        self,
        url_or_path: str,
        folder: str | PathLike[str],
        params: Params | None = None,
        *,
        since: Mapping[str, str] | None = None,
        key: str | Sequence[str] | None = None,
        partition_rows: int = PARTITION_ROWS,
        **options: Unpack[ReadOptions],
    ) -> DatasetInfo:
        """Fetch the same as `frame` into Parquet files in `folder`, and return what is there.

        Repeat the call to continue after anything that stopped it, a killed kernel too: each page
        is in the folder before the next one counts. If the dataset is complete, nothing is sent.
        Memory stays bounded as in `to_parquet`. All files have one schema once it is complete.

        `since`: how to ask a complete dataset's API for changes, {"parameter": "updated_since",
        "column": "updated_at"}: the parameter is sent with the latest value of the column.
        `key`: the columns that tell records apart, of which the last state is kept.
        `partition_rows`: about how many rows a file has.

        Raises what `frame` raises, ConfigurationError for a folder that holds something else or
        another query's dataset, DatasetInUse, DatasetDamaged or DatasetTooNew.

            dataset = session.to_dataset("/events", "events")
        """
        wish = (folder, since, key, partition_rows)
        return run(self._begin_dataset((url_or_path, params), wish, options)).run()

    @takes_options
    async def ato_dataset(
        self,
        url_or_path: str,
        folder: str | PathLike[str],
        params: Params | None = None,
        *,
        since: Mapping[str, str] | None = None,
        key: str | Sequence[str] | None = None,
        partition_rows: int = PARTITION_ROWS,
        **options: Unpack[ReadOptions],
    ) -> DatasetInfo:
        """Await `to_dataset`."""
        wish = (folder, since, key, partition_rows)
        begun = self._begin_dataset((url_or_path, params), wish, options)
        return await (await arun(begun)).arun()

    @takes_options
    def preview(
        self, url_or_path: str, params: Params | None = None, **options: Unpack[ReadOptions]
    ) -> Preview:
        """Return one page, and how `frame` would read all of them: columns, paging, the call.

        With `each` it is the first page of its first address.

            session.preview("/events")
        """
        return run(self._previewed((url_or_path, params), options))

    @takes_options
    async def apreview(
        self, url_or_path: str, params: Params | None = None, **options: Unpack[ReadOptions]
    ) -> Preview:
        """Await `preview`."""
        return await arun(self._previewed((url_or_path, params), options))

    async def _previewed(self, place: tuple[str, Params | None], options: ReadOptions) -> Preview:
        given = checked(options, "preview")
        plans, rows = self._plans(place, given)
        if rows is not None and not rows.addresses:
            raise ConfigurationError(
                "each= has no rows, so there is no page to look at.",
                next_step="Pass at least one value for each name.",
            )
        room = await asyncio.to_thread(importlib.import_module, "oauth_widgets.frames.preview")
        shown: Preview = await room.preview_of(self._resource, plans[0], place, given)
        return shown

    async def _begin(
        self,
        kind: Kind,
        how: Any,  # noqa: ANN401
        place: tuple[str, Params | None],
        options: ReadOptions,
    ) -> Fetch[Any]:
        given = checked(options, "to_parquet" if kind == "parquet" else kind)
        plans, rows = self._plans(place, given)
        # Heavy, and not needed to sign in; apart from the loop that all share.
        begin = await asyncio.to_thread(_fetch_loaded) if _fetch is None else _fetch
        report = report_to(given["progress"])
        skips = given["missing"] == "skip"
        fetch = begin(self._resource, plans, kind, how, report, rows, skips=skips)
        self._begun = fetch
        return fetch

    async def _begin_dataset(
        self, place: tuple[str, Params | None], wish: tuple[Any, ...], options: ReadOptions
    ) -> DatasetFetch:
        given = checked(options, "to_dataset")
        plans, rows = self._plans(place, given)
        # As heavy as the other way of fetching.
        room = await asyncio.to_thread(
            importlib.import_module, "oauth_widgets.frames.dataset.fetch"
        )
        wished = room.Wish(*wish, self._who, lambda: self._ends)
        begun: DatasetFetch = room.DatasetFetch(self._resource, plans, rows, given, wished)
        self._begun = begun
        return begun

    @property
    def _who(self) -> Mapping[str, str]:
        """Who reads: only the same may continue what is begun."""
        return {}

    @property
    def _ends(self) -> datetime | None:
        """When reading ends unless a person signs in again, if ever."""
        return None

    def _plans(
        self, place: tuple[str, Params | None], options: ReadOptions
    ) -> tuple[list[Plan], Rows | None]:
        """Return what to fetch: one plan, or one for each address if there is an `each`."""
        address, params = place
        if options["each"] is None:
            return [self._plan(place, options)], None
        rows = rows_of(options["each"], address)
        common = self._resource.address(without_braces(address)).partition("?")[0]
        rows = replace(rows, template=with_braces(common))
        # If there is no row at all, the address is judged as it was written.
        addresses = rows.addresses or (without_braces(address),)
        return [self._plan((one, params), options) for one in addresses], rows

    def _plan(self, place: tuple[str, Params | None], options: ReadOptions) -> Plan:
        way = paging_rule(options["paging"])
        url = first_address(self._resource.address(*place), way)
        posts = options["method"] == "POST"
        return Plan(
            with_body(url, options["json"]) if posts else url,
            options["records"],
            way,
            options["limit"],
            units(options["timestamps"]),
            options["max_bytes"],
            own_headers(options["headers"]),
            posts,
        )


def _fetch_loaded() -> _Fetching:
    global _fetch  # noqa: PLW0603 - loaded once
    loaded: _Fetching = importlib.import_module("oauth_widgets.frames.many").fetch
    _fetch = loaded
    return loaded
