"""What whoever holds a token for an API can read from it: a DataFrame, a table, a file."""

from __future__ import annotations

import asyncio
import importlib
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NoReturn

from oauth_widgets._net.loop import arun, run
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.frames.asked import (
    MAX_BYTES,
    Asked,
    Kind,
    Paging,
    Params,
    Progressing,
    Timestamps,
    Wanted,
    units,
)
from oauth_widgets.frames.progress import report_to
from oauth_widgets.frames.rules import first_address, paging_rule
from oauth_widgets.resource.resource import Resource

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from oauth_widgets.frames.fetch import Fetch

Backend = Literal["numpy_nullable", "pyarrow"]


class Reading:
    """Reads every page of what an API has at an address, with the token in the header.

    `frame` describes the options that all share. Pages whose addresses can be foreseen are fetched
    side by side, 16 at most, fewer where the API asks for patience (429, 503), which is given. A
    token that ends meanwhile is renewed, and no page is lost.
    """

    _resource: Resource
    _begun: Fetch[Any] | None = None

    @property
    def unfinished(self) -> Fetch[Any] | None:
        """The last fetch, where it was stopped or failed: it has `partial` and `resume()`."""
        return None if self._begun is None or self._begun.finished else self._begun

    def __reduce__(self) -> NoReturn:
        raise ConfigurationError(
            f"A {type(self).__name__} cannot be pickled: it holds tokens.",
            next_step="Sign in anew there.",
        )

    def frame(
        self,
        url_or_path: str,
        params: Params | None = None,
        *,
        records: str | None = None,
        paging: Paging | None = None,
        limit: int | None = None,
        dtype_backend: Backend | None = None,
        timestamps: Timestamps = (),
        max_bytes: int = MAX_BYTES,
        progress: Progressing = True,
    ) -> pd.DataFrame:
        """Return every page of the API at `url_or_path` as one DataFrame.

        An address that is not absolute is under the API's own; `params` are added to its query.
        JSON, lines of JSON, CSV and Parquet are read, told apart by the content type or the ending
        of the address; a gzip file of one of them is unpacked. Nested objects become dotted
        columns. Values stay what they are: where those of a column have no type in common, it holds
        Python's own (in a table or a file, their JSON).

        `records`: dotted path of the list in each answer, such as "data.items"; found without it.
        If several lists of an answer could be meant, name one: otherwise it is one row.
        `paging`: how pages follow each other, if the answers do not say: "none" (this one is all),
        "page" or "offset" (that parameter is counted up to the end; {"page": "p"} if its name is
        p), {"next": "more.url"} (dotted path of the next page's address), {"cursor": "more.after",
        "parameter": "after"} (path of a word, and what takes it; "body" in the place of "parameter"
        if it belongs into json=), {"header": "X-Next", "parameter": "after"} (a header has the
        word), or {"last": "id", "parameter": "after"} (member of the page's last record, and what
        takes it).
        `limit`: how many rows at most.
        `dtype_backend`: "numpy_nullable" or "pyarrow" as in pandas; without it the dtypes are those
        of pandas' own readers.
        `timestamps`: columns to read as times: a list of names for text (RFC 3339), or the unit of
        numbers since 1970, as in {"created": "s"}; "ms", "us" and "ns" are the others.
        `max_bytes`: how many bytes the records may take in memory, 1 GiB unless you say more: 8 for
        each cell, and what text is longer. One page, unpacked, may be a quarter of that.
        `progress`: True shows a bar for what takes over a second, False none; or a function that is
        called with a Progress, here, ten times a second.

        Raises ForeignOrigin, InvalidToken, InsufficientScope, ResourceBusy, UnexpectedAnswer or
        another ResourceError, a TransportError, or ConfigurationError for what cannot be asked.
        What came before is kept: the error's `partial` has it, and its `resume()` goes on from
        there. So does `unfinished`, after an interrupt too. `attrs` says where the data came from.
        """
        wanted = Wanted(
            url_or_path, params, records, paging, limit, timestamps, max_bytes, progress
        )
        fetch: Fetch[pd.DataFrame] = run(self._begin("frame", dtype_backend, wanted))
        return fetch.run()

    async def aframe(
        self,
        url_or_path: str,
        params: Params | None = None,
        *,
        records: str | None = None,
        paging: Paging | None = None,
        limit: int | None = None,
        dtype_backend: Backend | None = None,
        timestamps: Timestamps = (),
        max_bytes: int = MAX_BYTES,
        progress: Progressing = True,
    ) -> pd.DataFrame:
        """Await `frame`."""
        wanted = Wanted(
            url_or_path, params, records, paging, limit, timestamps, max_bytes, progress
        )
        fetch: Fetch[pd.DataFrame] = await arun(self._begin("frame", dtype_backend, wanted))
        return await fetch.arun()

    def arrow(
        self,
        url_or_path: str,
        params: Params | None = None,
        *,
        records: str | None = None,
        paging: Paging | None = None,
        limit: int | None = None,
        timestamps: Timestamps = (),
        max_bytes: int = MAX_BYTES,
        progress: Progressing = True,
    ) -> pa.Table:
        """Return the same as `frame` as a pyarrow.Table, which polars and duckdb take as it is.

        A column whose values have no type in common is JSON text.
        """
        wanted = Wanted(
            url_or_path, params, records, paging, limit, timestamps, max_bytes, progress
        )
        return run(self._begin("arrow", None, wanted)).run()

    async def aarrow(
        self,
        url_or_path: str,
        params: Params | None = None,
        *,
        records: str | None = None,
        paging: Paging | None = None,
        limit: int | None = None,
        timestamps: Timestamps = (),
        max_bytes: int = MAX_BYTES,
        progress: Progressing = True,
    ) -> pa.Table:
        """Await `arrow`."""
        wanted = Wanted(
            url_or_path, params, records, paging, limit, timestamps, max_bytes, progress
        )
        return await (await arun(self._begin("arrow", None, wanted))).arun()

    def to_parquet(
        self,
        url_or_path: str,
        path: str | PathLike[str],
        params: Params | None = None,
        *,
        records: str | None = None,
        paging: Paging | None = None,
        limit: int | None = None,
        timestamps: Timestamps = (),
        max_bytes: int = MAX_BYTES,
        progress: Progressing = True,
    ) -> Path:
        """Write the same as `frame` to a Parquet file at `path`, and return that.

        Memory stays bounded: `max_bytes` is for one page at a time. A column whose values have no
        type in common is JSON text. The file appears once it is whole, in the place of one that was
        there. After a failure what came waits for `resume()` in a temporary file without a name.
        """
        wanted = Wanted(
            url_or_path, params, records, paging, limit, timestamps, max_bytes, progress
        )
        fetch: Fetch[Path] = run(self._begin("parquet", path, wanted))
        return fetch.run()

    async def ato_parquet(
        self,
        url_or_path: str,
        path: str | PathLike[str],
        params: Params | None = None,
        *,
        records: str | None = None,
        paging: Paging | None = None,
        limit: int | None = None,
        timestamps: Timestamps = (),
        max_bytes: int = MAX_BYTES,
        progress: Progressing = True,
    ) -> Path:
        """Await `to_parquet`."""
        wanted = Wanted(
            url_or_path, params, records, paging, limit, timestamps, max_bytes, progress
        )
        fetch: Fetch[Path] = await arun(self._begin("parquet", path, wanted))
        return await fetch.arun()

    async def _begin(self, kind: Kind, how: Any, wanted: Wanted) -> Fetch[Any]:  # noqa: ANN401
        way = paging_rule(wanted.paging)
        times = units(wanted.timestamps)
        url = first_address(self._resource.address(wanted.url_or_path, wanted.params), way)
        asked = Asked(url, wanted.records, way, wanted.limit, times, wanted.max_bytes)
        # heavy, and not needed to sign in; apart from the loop that all share
        room = await asyncio.to_thread(importlib.import_module, "oauth_widgets.frames.fetch")
        self._begun = room.fetch(self._resource, asked, kind, how, report_to(wanted.progress))
        return self._begun
