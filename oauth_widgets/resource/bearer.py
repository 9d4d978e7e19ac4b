"""The token in the hands of other tools, for the API's own origins alone."""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from functools import partial
from typing import Any, NoReturn, Protocol, SupportsIndex, TypeVar

from oauth_widgets._net.address import absolute, origin
from oauth_widgets._net.loop import run
from oauth_widgets._net.signing import Signing, is_refused, known_to_httpx2, lent
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.resource.resource import Resource
from oauth_widgets.resource.rule import ApiRule
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


class Bearer(Signing):
    """Signs requests of httpx, httpx2 and requests: `httpx.get(url, auth=session.auth)`.

    The token is fresh for each request, and refreshed once if it is refused. An address at another
    origin than the API's raises ForeignOrigin before anything is sent. The client decides which
    redirects it follows; it follows those to another origin without the token.
    """

    def __init__(self, resource: Resource) -> None:
        super().__init__(ApiRule(resource))
        self._resource = resource

    def __call__(self, request: P) -> P:
        """Do what requests asks of an `auth`."""
        if not hasattr(request, "register_hook"):
            raise ConfigurationError(
                f"This auth doesn't work with {type(request).__module__.partition('.')[0]}.",
                next_step="Import the library first, then use auth=session.auth. It works with "
                "httpx, httpx2 and requests.",
            )
        token = run(self._rule.fresh_token())
        asked = self._put(request.url or "", request.headers, token)
        request.register_hook("response", partial(self._after, asked=asked, token=token))
        return request

    def __repr__(self) -> str:
        return f"<Bearer for {self._resource.known}: token hidden>"

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("an auth can't be pickled; sign in again in the other process")

    def check(self, url: str) -> str:
        """Return `url` if the token may go there. Raises ForeignOrigin or ConfigurationError."""
        return self._rule.check(url)

    def _after(self, response: Any, *, asked: str, token: Secret, **sending: Any) -> Any:  # noqa: ANN401 - types of requests'
        """Judge an answer as requests has it; return it, or the one to a second try."""
        request = response.request
        self._rule.answered(request.url, response.status_code, (token,))
        if response.is_redirect:
            self._leave_behind(response)
            return response
        request.headers.pop("Authorization", None)
        whole = request.body is None or isinstance(request.body, bytes | str)
        if not (is_refused(response.status_code, asked, request.url) and whole):
            return response
        renewed = run(self._rule.renewed_token(token))
        if renewed is None:
            return response
        # Read to its end, so that the connection is free again
        _ = response.content
        response.close()
        self._put(request.url, request.headers, renewed)
        again = response.connection.send(request, **sending)
        # check: bearer/origin
        self._rule.answered(request.url, again.status_code, (token, renewed))
        request.headers.pop("Authorization", None)
        again.history.append(response)
        return again

    def _leave_behind(self, response: Any) -> None:  # noqa: ANN401 - likewise
        """Take the token off a redirect of requests' that leads to another origin.

        requests parses addresses in another way and takes some other origins for the same one.
        """
        target = absolute(response.headers["location"], response.request.url)
        try:
            stays = origin(target.partition("#")[0]) == origin(response.request.url)
        except ConfigurationError:
            stays = False
        # check: bearer/redirect
        if not stays:
            response.request.headers.pop("Authorization", None)


def signer(resource: Resource) -> Bearer:
    """Return what signs the requests of the clients that are imported by now."""
    return known_to_httpx2(Bearer)(resource)


class BearerHeaders(dict[str, str]):
    """The headers with the token, for a reader that takes nothing else.

    It is a dict with a hidden `repr` that refuses to be pickled and finds its header in any case.
    """

    def __init__(self, token: Secret, known: str) -> None:
        super().__init__(Authorization=lent(token))
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
        raise TypeError("headers with a token cannot be pickled; get them in the other process")


async def headers(resource: Resource, url_or_path: str) -> BearerHeaders:
    """Return the headers for one address of the API (I/O loop only).

    Raises ForeignOrigin or ConfigurationError at once if the token may not go there.
    """
    url = resource.check(resource.address(url_or_path))
    return BearerHeaders(await resource.source.fresh_token(), origin(url))
