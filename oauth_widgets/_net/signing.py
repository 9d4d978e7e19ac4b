"""Adding a token to the requests of other clients by a rule, and removing it afterwards."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Generator, MutableMapping
from typing import Any, TypeVar

from oauth_widgets._net.address import origin
from oauth_widgets._net.client import Rule
from oauth_widgets._net.lean import httpx
from oauth_widgets._net.loop import arun, run
from oauth_widgets._net.target import address_of
from oauth_widgets.secret import Lent, Secret

S = TypeVar("S", bound="Signing")


class Signing(httpx.Auth):
    """Signs requests of httpx. The token is fresh for each, and refreshed once if refused."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        """Do what httpx asks of an `auth` for a client that blocks."""
        token = run(self._rule.fresh_token())
        try:
            response = yield self._signed(request, token)
            self._note(response)
            if _may_repeat(request, response):
                renewed = run(self._rule.renewed_token(token))
                if renewed is not None:
                    response = yield self._signed(request, renewed)
                    self._note(response)
        finally:
            # An error refers to the request.
            request.headers.pop("Authorization", None)

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        """Do what httpx asks of an `auth` for a client that awaits."""
        token = await arun(self._rule.fresh_token())
        try:
            response = yield self._signed(request, token)
            self._note(response)
            if _may_repeat(request, response):
                renewed = await arun(self._rule.renewed_token(token))
                if renewed is not None:
                    response = yield self._signed(request, renewed)
                    self._note(response)
        finally:
            request.headers.pop("Authorization", None)

    def _put(self, url: str, headers: MutableMapping[str, str], token: Secret) -> str:
        # check: bearer/origin
        self._rule.check(url)
        headers["Authorization"] = lent(token)
        return url

    def _signed(self, request: httpx.Request, token: Secret) -> httpx.Request:
        self._put(address_of(request.url), request.headers, token)
        return request

    def _note(self, response: httpx.Response) -> None:
        """Take note of an answer, and remove the token from the requests that it keeps."""
        every = (*response.history, response)
        # A refusal says nothing of the API's origin, and a redirect may lead to another one
        first = next((one for one in every if one.status_code != 401), response)
        # check: bearer/origin
        self._rule.answered(str(first.request.url), first.status_code)
        _unsign(response)


def known_to_httpx2(signing: type[S]) -> type[S]:
    """Return `signing` as a kind that httpx2 accepts too, if that is imported."""
    httpx2 = sys.modules.get("httpx2")
    # httpx2 asks whether an auth is one of its own class
    return signing if httpx2 is None else type(signing.__name__, (signing, httpx2.Auth), {})


def _library(request: httpx.Request) -> Any:  # noqa: ANN401 - a module
    """Return httpx, or httpx2 if the request is one of its own."""
    return sys.modules[type(request).__module__.partition(".")[0]]


def _may_repeat(request: httpx.Request, response: httpx.Response) -> bool:
    # A streamed body was used up by the first try
    whole = isinstance(request.stream, _library(request).ByteStream)
    return is_refused(response.status_code, str(request.url), str(response.url)) and whole


def is_refused(status: int, requested: str, answered: str) -> bool:
    """Tell whether the token sent to `requested` was refused there."""
    # The target of a redirect was sent no token, and gets no refreshed one either.
    return status == 401 and origin(answered) == origin(requested)


def lent(token: Secret) -> Lent:
    """Return the header's value, which prints as dots."""
    return Lent(f"Bearer {token.reveal()}")


def _unsign(response: httpx.Response) -> None:
    """Remove the token from all requests that `response` keeps, since it may be pickled."""
    for answer in (*response.history, response):
        for request in filter(None, (answer.request, answer.next_request)):
            request.headers.pop("Authorization", None)
