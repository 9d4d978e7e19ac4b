"""The handle of a shared session, as the process that shares it has it."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any, Unpack

from distributed import Client

from oauth_widgets._net.loop import arun, run
from oauth_widgets.frames.plan import Params, ReadOptions
from oauth_widgets.frames.signature import takes_options
from oauth_widgets.session.shared.clusters import check_blocking
from oauth_widgets.session.shared.lazy import lazy_frame
from oauth_widgets.session.shared.sharing import Sharer, Sharing
from oauth_widgets.session.shared.ticket import Ticket, installed, with_code

if TYPE_CHECKING:
    import dask.dataframe as dd
    import pandas as pd
    import pyarrow as pa

_NO_MORE = "The session isn't shared anymore."


def share(session: Sharer, client: Client) -> Shared:
    """Return a handle for the tasks of the client's cluster. Raises what `begin` raises."""
    check_blocking(client, "await session.ashare(client)")
    return run(ashare(session, client))


async def ashare(session: Sharer, client: Client) -> Shared:
    """Await `share` (I/O loop only)."""
    sharing = Sharing(session, client)
    await sharing.begin()
    return Shared(sharing)


class Shared:
    """A session for the tasks of a Dask cluster: `shared = session.share(client)`.

    Pass it to tasks: they get its id, and a worker asks this process for an access token. Only
    this process refreshes tokens. All workers together send at most 16 requests at once to an API,
    and all wait if it asks one of them to.
    """

    def __init__(self, sharing: Sharing) -> None:
        self._sharing = sharing
        self._ticket = Ticket(sharing.identity, installed() or "")

    @takes_options
    def frame(
        self, url_or_path: str, params: Params | None = None, **options: Unpack[ReadOptions]
    ) -> pd.DataFrame:
        """Return in a task what `session.frame` returns. Pages that follow a cursor are one task.

        Raises what `session.frame` raises, and NotShared, ClientGone or WorkerUnprepared.
        """
        made: pd.DataFrame = self._ticket.frame(url_or_path, params, **options)
        return made

    @takes_options
    def arrow(
        self, url_or_path: str, params: Params | None = None, **options: Unpack[ReadOptions]
    ) -> pa.Table:
        """Return in a task what `session.arrow` returns. Raises what `frame` raises."""
        return self._ticket.arrow(url_or_path, params, **options)

    def open(
        self,
        url_or_path: str,
        params: Mapping[str, Any] | None = None,
        *,
        max_body: float | None = None,
        deadline: float | None = None,
    ) -> IO[bytes]:
        """Return in a task what `session.open` returns. Raises what `frame` raises."""
        limits = {"max_body": max_body, "deadline": deadline}
        file: IO[bytes] = self._ticket.open(url_or_path, params, **limits)
        return file

    @takes_options
    def dask_frame(
        self,
        url_or_path: str,
        params: Params | None = None,
        *,
        meta: pd.DataFrame | None = None,
        **options: Unpack[ReadOptions],
    ) -> dd.DataFrame:
        """Return a lazy DataFrame of Dask: its parts are read as they are needed, by the workers.

        With `each`, a part reads some of the addresses; otherwise there is one part. The columns
        are those of the first pages of three addresses, which are read at once; `meta`, a
        DataFrame without rows, names them instead. They have Arrow's dtypes. A part with other
        columns, or with values of another type, raises UnexpectedAnswer. `limit` can't be used.
        """
        check_blocking(self._sharing.client, "await shared.adask_frame(…)")
        return run(lazy_frame(self.part, self._sharing, (url_or_path, params), meta, options))

    @takes_options
    async def adask_frame(
        self,
        url_or_path: str,
        params: Params | None = None,
        *,
        meta: pd.DataFrame | None = None,
        **options: Unpack[ReadOptions],
    ) -> dd.DataFrame:
        """Await `dask_frame`."""
        place = (url_or_path, params)
        return await arun(lazy_frame(self.part, self._sharing, place, meta, options))

    def unshare(self) -> None:
        """Wipe the token from all workers; tasks that use the handle then raise NotShared.

        Raises ClusterProblem if the client is closed: the workers keep the token until it expires.
        """
        check_blocking(self._sharing.client, "await shared.aunshare()")
        run(self._sharing.end(_NO_MORE))

    async def aunshare(self) -> None:
        """Await `unshare`."""
        await arun(self._sharing.end(_NO_MORE))

    def part(self, each: object, how: dict[str, Any]) -> pd.DataFrame:
        """Return, in a task, one part of what `dask_frame` describes."""
        made: pd.DataFrame = self._ticket.part(each, how)
        return made

    def __reduce__(self) -> Any:  # noqa: ANN401 - as pickle takes it
        # check: shared/handle
        return pickle.loads, (with_code(self._ticket),)

    def __dask_tokenize__(self) -> tuple[str, str]:
        return self._ticket.__dask_tokenize__()

    def __repr__(self) -> str:
        known = self._sharing.session._resource.known  # noqa: SLF001 - a session's inner side is ours
        return f"<shared session {self._sharing.identity} for {known}: token hidden>"
