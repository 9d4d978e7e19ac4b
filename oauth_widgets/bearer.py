"""The token in the hands of other tools, for the API's own origins alone."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping, MutableMapping
from functools import partial
from typing import Any, Protocol, TypeVar

from oauth_widgets import _http
from oauth_widgets._http import httpx
from oauth_widgets._loop import arun, run
from oauth_widgets.protocol.address import origin
from oauth_widgets.resource import Resource
from oauth_widgets.secret import Secret


class PreparedRequest(Protocol):
    """A request of the package requests, which need not be installed."""

    @property
    def url(self) -> str | None:
        """The whole address."""

    @property
    def headers(self) -> MutableMapping[str, str]:
        """The headers, which may be changed."""

    def register_hook(self, event: str, hook: Callable[..., Any]) -> None:
        """Have `hook` called with each answer, before a redirect is followed."""


P = TypeVar("P", bound=PreparedRequest)


class Bearer(httpx.Auth):
    """Signs requests of httpx and of requests: `httpx.get(url, auth=session.auth)`.

    The token is fresh for each request and is renewed once where it is refused. An address at
    another origin than the API's raises ForeignOrigin before anything is sent. To which redirects
    such a client goes is its own affair; it goes to another origin without the token.
    """

    def __init__(self, resource: Resource) -> None:
        self._resource = resource

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Do what httpx asks of an `auth` for a client that blocks."""
        token = run(self._resource.source.fresh_token())
        response = yield self._signed(request, token)
        if self._may_repeat(request, response):
            renewed = run(self._resource.source.renewed_token(token))
            if renewed is not None:
                yield self._signed(request, renewed)

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do what httpx asks of an `auth` for a client that awaits."""
        token = await arun(self._resource.source.fresh_token())
        response = yield self._signed(request, token)
        if self._may_repeat(request, response):
            renewed = await arun(self._resource.source.renewed_token(token))
            if renewed is not None:
                yield self._signed(request, renewed)

    def __call__(self, request: P) -> P:
        """Do what requests asks of an `auth`."""
        token = run(self._resource.source.fresh_token())
        asked = self._put(request.url or "", request.headers, token)
        request.register_hook("response", partial(self._after, asked=asked, token=token))
        return request

    def __repr__(self) -> str:
        return f"<Bearer for {self._resource.known}: token hidden>"

    def check(self, url: str) -> str:
        """Return `url` if the token may go there. Raises ForeignOrigin or ConfigurationError."""
        return self._resource.check(self._resource.address(url))

    def _put(self, url: str, headers: MutableMapping[str, str], token: Secret) -> str:
        self.check(url)
        headers["Authorization"] = f"Bearer {token.reveal()}"
        return url

    def _signed(self, request: httpx.Request, token: Secret) -> httpx.Request:
        self._put(_http.address_of(request.url), request.headers, token)
        return request

    def _may_repeat(self, request: httpx.Request, response: httpx.Response) -> bool:
        first = response.history[0] if response.history else response
        # before a redirect is followed, which is held against it
        self._resource.answered(str(first.request.url), first.status_code)
        # a streamed body was used up by the first try
        whole = isinstance(request.stream, httpx.ByteStream)
        return _is_refused(response.status_code, str(request.url), str(response.url)) and whole

    def _after(self, response: Any, *, asked: str, token: Secret, **sending: Any) -> Any:  # noqa: ANN401 - types of requests'
        """Judge an answer as requests has it; return it, or the one to a second try."""
        request = response.request
        self._resource.answered(request.url, response.status_code)
        whole = request.body is None or isinstance(request.body, bytes | str)
        if not (_is_refused(response.status_code, asked, request.url) and whole):
            return response
        renewed = run(self._resource.source.renewed_token(token))
        if renewed is None:
            return response
        # read to its end, so that the connection is free again
        _ = response.content
        response.close()
        self._put(request.url, request.headers, renewed)
        again = response.connection.send(request, **sending)
        again.history.append(response)
        return again


class BearerHeaders(Mapping[str, str]):
    """The headers that let a request in, for a reader that takes nothing else; hidden `repr`.

    Whoever gets them as a plain dict, by `dict(headers)`, holds the bare token.
    """

    def __init__(self, token: Secret, known: str) -> None:
        self._token = token
        self._known = known

    def __getitem__(self, name: str) -> str:
        if name.lower() != "authorization":
            raise KeyError(name)
        return f"Bearer {self._token.reveal()}"

    def __iter__(self) -> Iterator[str]:
        return iter(("Authorization",))

    def __len__(self) -> int:
        return 1

    def __repr__(self) -> str:
        return f"<headers for {self._known}: token hidden>"


async def headers(resource: Resource, url_or_path: str) -> BearerHeaders:
    """Return the headers for one address of the API (I/O loop only).

    Raises ForeignOrigin or ConfigurationError at once where the token may not go there.
    """
    url = resource.check(resource.address(url_or_path))
    return BearerHeaders(await resource.source.fresh_token(), origin(url))


def _is_refused(status: int, asked: str, answered: str) -> bool:
    # whom a redirect leads to was sent no token, and gets no other one
    return status == 401 and origin(answered) == origin(asked)
