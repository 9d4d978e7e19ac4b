"""The token in the hands of other tools, for the API's own origins alone."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, MutableMapping
from functools import partial
from typing import Any, NoReturn, Protocol, SupportsIndex, TypeVar

from oauth_widgets._net import http
from oauth_widgets._net.http import httpx
from oauth_widgets._net.loop import arun, run
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.address import absolute, origin
from oauth_widgets.resource.resource import Resource, TokenSource
from oauth_widgets.secret import Lent, Secret


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

    The token is fresh for each request and is renewed once if it is refused. An address at
    another origin than the API's raises ForeignOrigin before anything is sent. To which redirects
    such a client goes is its own affair; it goes to another origin without the token.
    """

    def __init__(self, resource: Resource, source: TokenSource) -> None:
        self._resource = resource
        self._source = source

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Do what httpx asks of an `auth` for a client that blocks."""
        token = run(self._source.fresh_token())
        try:
            response = yield self._signed(request, token)
            if self._may_repeat(request, response):
                renewed = run(self._source.renewed_token(token))
                if renewed is not None:
                    _unsign(response)
                    response = yield self._signed(request, renewed)
            _unsign(response)
        finally:
            # An error keeps the request.
            request.headers.pop("Authorization", None)

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do what httpx asks of an `auth` for a client that awaits."""
        token = await arun(self._source.fresh_token())
        try:
            response = yield self._signed(request, token)
            if self._may_repeat(request, response):
                renewed = await arun(self._source.renewed_token(token))
                if renewed is not None:
                    _unsign(response)
                    response = yield self._signed(request, renewed)
            _unsign(response)
        finally:
            request.headers.pop("Authorization", None)

    def __call__(self, request: P) -> P:
        """Do what requests asks of an `auth`."""
        token = run(self._source.fresh_token())
        asked = self._put(request.url or "", request.headers, token)
        request.register_hook("response", partial(self._after, asked=asked, token=token))
        return request

    def __repr__(self) -> str:
        return f"<Bearer for {self._resource.known}: token hidden>"

    def check(self, url: str) -> str:
        """Return `url` if the token may go there. Raises ForeignOrigin or ConfigurationError."""
        return self._resource.check(self._resource.address(url))

    def _put(self, url: str, headers: MutableMapping[str, str], token: Secret) -> str:
        # check: bearer/origin
        self.check(url)
        headers["Authorization"] = _lent(token)
        return url

    def _signed(self, request: httpx.Request, token: Secret) -> httpx.Request:
        self._put(http.address_of(request.url), request.headers, token)
        return request

    def _may_repeat(self, request: httpx.Request, response: httpx.Response) -> bool:
        first = response.history[0] if response.history else response
        # Before a redirect is followed, which is held against it.
        self._resource.answered(str(first.request.url), first.status_code)
        # A streamed body was used up by the first try.
        whole = isinstance(request.stream, httpx.ByteStream)
        return _is_refused(response.status_code, str(request.url), str(response.url)) and whole

    def _after(self, response: Any, *, asked: str, token: Secret, **sending: Any) -> Any:  # noqa: ANN401 - types of requests'
        """Judge an answer as requests has it; return it, or the one to a second try."""
        request = response.request
        self._resource.answered(request.url, response.status_code)
        if response.is_redirect:
            self._leave_behind(response)
            return response
        request.headers.pop("Authorization", None)
        whole = request.body is None or isinstance(request.body, bytes | str)
        if not (_is_refused(response.status_code, asked, request.url) and whole):
            return response
        renewed = run(self._source.renewed_token(token))
        if renewed is None:
            return response
        # Read to its end, so that the connection is free again.
        _ = response.content
        response.close()
        self._put(request.url, request.headers, renewed)
        again = response.connection.send(request, **sending)
        request.headers.pop("Authorization", None)
        again.history.append(response)
        return again

    def _leave_behind(self, response: Any) -> None:  # noqa: ANN401 - likewise
        """Take the token off a redirect of requests' that leads elsewhere, as addresses are read.

        requests reads them in another way, and takes some other places for the same.
        """
        target = absolute(response.headers["location"], response.request.url)
        try:
            stays = origin(target.partition("#")[0]) == origin(response.request.url)
        except ConfigurationError:
            stays = False
        # check: bearer/redirect
        if not stays:
            response.request.headers.pop("Authorization", None)


class BearerHeaders(dict[str, str]):
    """The headers that let a request in, for a reader that takes nothing else; hidden `repr`.

    It is a dict that refuses to be pickled, and finds its one header in upper or lower case.
    """

    def __init__(self, token: Secret, known: str) -> None:
        super().__init__(Authorization=_lent(token))
        self._known = known

    def __missing__(self, name: str) -> str:
        if name.lower() != "authorization":
            raise KeyError(name)
        return self["Authorization"]

    def __repr__(self) -> str:
        return f"<headers for {self._known}: token hidden>"

    def __deepcopy__(self, memo: object) -> BearerHeaders:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("headers with a token cannot be pickled; ask for them where they are used")


async def headers(resource: Resource, url_or_path: str) -> BearerHeaders:
    """Return the headers for one address of the API (I/O loop only).

    Raises ForeignOrigin or ConfigurationError at once if the token may not go there.
    """
    url = resource.check(resource.address(url_or_path))
    return BearerHeaders(await resource.source.fresh_token(), origin(url))


def _unsign(response: httpx.Response) -> None:
    """Take the token out of all requests that `response` keeps; it may be pickled."""
    for answer in (*response.history, response):
        for request in filter(None, (answer.request, answer.next_request)):
            request.headers.pop("Authorization", None)


def _lent(token: Secret) -> Lent:
    return Lent(f"Bearer {token.reveal()}")


def _is_refused(status: int, asked: str, answered: str) -> bool:
    # Whom a redirect leads to was sent no token, and gets no other one.
    return status == 401 and origin(answered) == origin(asked)
