"""What a session lends to other tools: clients, headers and files, for the API's origins only."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import IO, TYPE_CHECKING, Any

from oauth_widgets._net import client
from oauth_widgets._net.client import AsyncClient, Client, Door
from oauth_widgets._net.loop import arun, run
from oauth_widgets.errors.imported import imported
from oauth_widgets.resource import bearer
from oauth_widgets.resource.download import download
from oauth_widgets.resource.resource import DEADLINE, MAX_PAGE, Resource, positive
from oauth_widgets.resource.rule import ApiRule
from oauth_widgets.secret import Lent

if TYPE_CHECKING:
    from oauth_widgets.session.shared.handle import Shared


class Lending:
    """The part of a Session that lets other tools use its token."""

    _resource: Resource

    def http(
        self, base_url: str = "", *, max_body: float = MAX_PAGE, deadline: float = DEADLINE
    ) -> Client:
        """Return a client with httpx's interface that sends the token to the API's origins only.

        Any other address raises ForeignOrigin, on a redirect too. An answer may have `max_body`
        bytes, compressed and decompressed (256 MiB), and take `deadline` seconds in all (120):
        beyond that it raises AnswerTooLarge or DeadlineExceeded. You get it decompressed, without
        the headers that describe the compressed body. Other failures are httpx's own. Close the
        client after use.

            with session.http("https://api.example") as http:
                http.get("/events").raise_for_status()
        """
        return client.client(self._door(max_body, deadline), self._base(base_url))

    def ahttp(
        self, base_url: str = "", *, max_body: float = MAX_PAGE, deadline: float = DEADLINE
    ) -> AsyncClient:
        """Return the awaitable twin of `http`.

            async with session.ahttp() as http:
                answer = await http.get("https://api.example/events")

        It has the same limits, and raises the same errors.
        """
        return client.aclient(self._door(max_body, deadline), self._base(base_url))

    @property
    def auth(self) -> bearer.Bearer:
        """An `auth` that signs the requests of another client: `httpx.get(url, auth=session.auth)`.

        httpx2 and requests accept it too. An address at another origin than the API's raises
        ForeignOrigin; the token does not follow a redirect to one.
        """
        return bearer.signer(self._resource)

    def headers(self, url_or_path: str) -> bearer.BearerHeaders:
        """Return headers with a fresh token for one address; another origin's raises ForeignOrigin.

        They are for readers that accept nothing else, such as `storage_options=` of pandas. We
        can't control what these do: `pd.read_csv(url, storage_options=…)` sends the header to
        another origin after a redirect. `open` does not.

            headers = session.headers("/events")
            frame = pd.read_json("https://api.example/events", storage_options=headers)
        """
        return run(bearer.headers(self._resource, url_or_path))

    async def aheaders(self, url_or_path: str) -> bearer.BearerHeaders:
        """Await `headers`."""
        return await arun(bearer.headers(self._resource, url_or_path))

    def token_provider(self) -> str:
        """Return a fresh access token, for clients that take a function: `token_provider=`.

        Pass the method itself: `Client(token_provider=session.token_provider)`. What you get is a
        string whose `repr` hides it. We can't control where such a client sends it.

            token = session.token_provider()
        """
        return Lent(run(self._resource.source.fresh_token()).reveal())

    def filesystem(self, **options: Any) -> Any:  # noqa: ANN401 - fsspec's type, if that is installed
        """Return the API's files as a read-only file system of fsspec.

        pandas, xarray, zarr, duckdb and Dask's threads read them by parts, with a fresh token, from
        the API's origins only. A path is an address, relative to the API or whole. Tools that want
        a protocol find it under `api://`. `options` are fsspec's, such as `asynchronous=True`.
        Reading raises FileNotFoundError if nothing is there, and otherwise what `frame` raises.
        Raises ConfigurationError if fsspec isn't installed.

            files = session.filesystem()
            files.cat("/events")
        """
        module = imported("oauth_widgets.session.filesystem", "A file system")
        return module.ApiFileSystem(self._resource, **options)

    def open(
        self,
        url_or_path: str,
        params: Mapping[str, Any] | None = None,
        *,
        max_body: float | None = None,
        deadline: float | None = None,
    ) -> IO[bytes]:
        """Return what is at `url_or_path` as a file, for any reader that accepts one.

        The whole file is fetched first. Beyond 8 MiB it is stored in an unnamed temporary file
        (in `tempfile.gettempdir()`, which the variable TMPDIR sets), which disappears when it is
        closed. `max_body` is how many bytes it may have decompressed, 8 GiB by default; `deadline`
        is how many seconds it may take in all, an hour by default.
        Raises what `frame` raises, AnswerTooLarge and DeadlineExceeded.

            with session.open("/events") as file:
                file.read()
        """
        return run(
            download(self._resource, url_or_path, params, max_body=max_body, deadline=deadline)
        )

    async def aopen(
        self,
        url_or_path: str,
        params: Mapping[str, Any] | None = None,
        *,
        max_body: float | None = None,
        deadline: float | None = None,
    ) -> IO[bytes]:
        """Await `open`."""
        return await arun(
            download(self._resource, url_or_path, params, max_body=max_body, deadline=deadline)
        )

    def share(self, client: Any) -> Shared:  # noqa: ANN401 - Dask's, which need not be installed
        """Return a handle with which tasks of a Dask cluster read as this session does.

        `client` is a `distributed.Client`. The workers get access tokens, and nothing else; whoever
        may submit tasks to the cluster can read them. The scheduler has to be on this machine or
        use TLS, and the workers too. Raises ConfigurationError before anything is sent, or
        WorkerUnprepared.

            handle = session.share(dask)
        """
        made: Shared = run(_sharing()).share(self, client)
        return made

    async def ashare(self, client: Any) -> Shared:  # noqa: ANN401 - likewise
        """Await `share`."""
        made: Shared = await arun((await arun(_sharing())).ashare(self, client))
        return made

    def _door(self, max_body: float, deadline: float) -> Door:
        return Door(
            ApiRule(self._resource),
            max_body=positive(max_body, "max_body"),
            deadline=positive(deadline, "deadline"),
        )

    def _base(self, base_url: str) -> str:
        # httpx would raise its own error for an invalid address.
        absent = base_url is None or (isinstance(base_url, str) and not base_url)
        return self._resource.base or "" if absent else self._resource.address(base_url)


async def _sharing() -> Any:  # noqa: ANN401 - a module
    room = f"{__package__}.shared.handle"
    return await asyncio.to_thread(imported, room, "Sharing a session", extra="dask")
