"""An API as the holder of a token sees it: the token goes to its origins and nowhere else."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncGenerator, Generator, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from oauth_widgets import _http
from oauth_widgets._http import httpx
from oauth_widgets._loop import arun, run
from oauth_widgets._trust import context_for, current_ca
from oauth_widgets.errors import (
    ConfigurationError,
    ForeignOrigin,
    InsufficientScope,
    InvalidDocument,
    InvalidToken,
    ResourceBusy,
    ResourceError,
    foreign_text,
)
from oauth_widgets.protocol.address import check_endpoint, origin
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.challenge import bearer_challenge
from oauth_widgets.protocol.document import parse_object
from oauth_widgets.protocol.message import Request, Response
from oauth_widgets.protocol.retry_after import patience
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret

MAX_PAGE = 256 * 2**20
"""Bytes of one answer from an API, after decompression."""

DEADLINE = 120.0
"""Seconds for one answer from an API, which may be large."""

_PASSING = frozenset({500, 502, 504})
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


@dataclass(frozen=True)
class Api:
    """What relative addresses are under, and the origins that may be sent the token.

    Both empty means that the first address that a person asks for, and that answers, decides.
    """

    base: str | None
    origins: frozenset[str]


def declared_api(server: AuthorizationServer, api: str | None, origins: Iterable[str]) -> Api:
    """Return the API that the caller names, or else the server. Raises ConfigurationError."""
    if isinstance(origins, str):
        raise ConfigurationError("api_origins is a list of addresses, not one string.")
    base = api if api is not None else server.api
    named = () if base is None else (check_endpoint(base, "api address"),)
    return Api(base, frozenset(origin(address) for address in (*named, *origins)))


class TokenSource(Protocol):
    """Who hands out the access token; a Session is one."""

    @property
    def scope(self) -> Scope:
        """What the token is good for."""

    async def fresh_token(self) -> Secret:
        """Return a token that is not about to expire."""

    async def renewed_token(self, refused: Secret) -> Secret | None:
        """Return another token than `refused`; None where there is no way to get one."""


class Resource:
    """Fetches from one API with the token in the header (RFC 6750 2.1).

    Without a declared origin the first absolute address that answers with a status below 400
    becomes the API's; one that fails, mistyped perhaps, does not. Nobody else can add one: a link
    or a redirect never does.
    """

    def __init__(self, source: TokenSource, api: Api) -> None:
        self._source = source
        self._base = api.base
        self._origins = api.origins

    def address(self, url_or_path: str, params: Mapping[str, Any] | None = None) -> str:
        """Return the absolute address a person asked for. Raises ConfigurationError."""
        url = url_or_path
        if _ABSOLUTE.match(url) is None:
            if self._base is None:
                raise ConfigurationError(
                    f"{url!r} is a relative address, and no API is known.",
                    next_step="Give the whole address, or api=… when signing in.",
                )
            url = f"{self._base.rstrip('/')}/{url.lstrip('/')}"
        check_endpoint(url, "address")
        if params:
            url += ("&" if "?" in url else "?") + urlencode(params, doseq=True)
        return url

    def check(self, url: str) -> str:
        """Return `url` if the token may go there. Raises ForeignOrigin."""
        check_endpoint(url, "address", error=ForeignOrigin)
        # a session that knows no API yet gives the first address a try
        if self._origins and origin(url) not in self._origins:
            raise self._foreign(foreign_text(origin(url)))
        return url

    def _foreign(self, stranger: str) -> ForeignOrigin:
        known = ", ".join(sorted(self._origins))
        # with a base of its own a sign-in need not be told of it again
        declared = self._origins - ({origin(self._base)} if self._base else set())
        return ForeignOrigin(
            f"{stranger} is not the API this session belongs to ({known}), so the token was not "
            "sent there.",
            next_step=f"Sign in again with api_origins={[*sorted(declared), stranger]!r}, if you "
            "trust that origin with the token.",
        )

    def _answered(self, url: str, status: int) -> None:
        if not self._origins and status < 400:
            self._origins = frozenset({origin(url)})

    def http(self, base_url: str) -> httpx.Client:
        """Return a client of httpx's that sends the token to the API's origins alone."""
        return httpx.Client(
            base_url=base_url or self._base or "",
            auth=_Bearer(self, self._source),
            event_hooks={"request": [self._check_hop], "response": [self._after_hop]},
            verify=context_for(current_ca()),
            mounts=_http.LOOPBACK,
        )

    def ahttp(self, base_url: str) -> httpx.AsyncClient:
        """Return the awaitable twin of `http`."""

        async def check(request: httpx.Request) -> None:
            self._check_hop(request)

        async def after(response: httpx.Response) -> None:
            self._after_hop(response)

        return httpx.AsyncClient(
            base_url=base_url or self._base or "",
            auth=_Bearer(self, self._source),
            event_hooks={"request": [check], "response": [after]},
            verify=context_for(current_ca()),
            mounts=_http.LOOPBACK,
        )

    def _check_hop(self, request: httpx.Request) -> None:
        self.check(self.address(str(request.url)))

    def _after_hop(self, response: httpx.Response) -> None:
        # before a redirect is followed, which is held against it
        self._answered(str(response.request.url), response.status_code)

    async def get(self, url: str, *, accept: str, lane: int = 0) -> Response:
        """Fetch `url` once, and once more with a renewed token where the API refuses it.

        Requests side by side each have a `lane`, as in `_http.send`.

        Raises ForeignOrigin, InvalidToken, InsufficientScope, ResourceError or a TransportError.
        """
        self.check(url)
        token = await self._source.fresh_token()
        response = await _send(url, token, accept, lane)
        if response.status == 401:
            renewed = await self._source.renewed_token(token)
            if renewed is not None:
                response = await _send(url, renewed, accept, lane)
                token = renewed
        self._answered(url, response.status)
        _judge(response, token, self._source.scope)
        return response


class _Bearer(httpx.Auth):
    """Puts the token into the header, and once more with a renewed one where it is refused."""

    def __init__(self, resource: Resource, source: TokenSource) -> None:
        self._resource = resource
        self._source = source

    def sync_auth_flow(
        self, request: httpx.Request
    ) -> Generator[httpx.Request, httpx.Response, None]:
        token = run(self._source.fresh_token())
        response = yield self._with(request, token)
        if _may_repeat(request, response):
            renewed = run(self._source.renewed_token(token))
            if renewed is not None:
                yield self._with(request, renewed)

    async def async_auth_flow(
        self, request: httpx.Request
    ) -> AsyncGenerator[httpx.Request, httpx.Response]:
        token = await arun(self._source.fresh_token())
        response = yield self._with(request, token)
        if _may_repeat(request, response):
            renewed = await arun(self._source.renewed_token(token))
            if renewed is not None:
                yield self._with(request, renewed)

    def _with(self, request: httpx.Request, token: Secret) -> httpx.Request:
        self._resource.check(self._resource.address(str(request.url)))
        request.headers["authorization"] = f"Bearer {token.reveal()}"
        return request


def _may_repeat(request: httpx.Request, response: httpx.Response) -> bool:
    # a streamed body was used up by the first try
    return response.status_code == 401 and isinstance(request.stream, httpx.ByteStream)


async def _send(url: str, token: Secret, accept: str, lane: int) -> Response:
    # no local variable holds the bare token: a traceback may print them
    return await _http.send(
        Request("GET", url, {"accept": accept, "authorization": f"Bearer {token.reveal()}"}),
        deadline=DEADLINE,
        max_body=MAX_PAGE,
        lane=lane,
    )


def _judge(response: Response, token: Secret, scope: Scope) -> None:
    if response.status == 200:
        return
    where = origin(response.url)
    # what refuses a token may repeat it
    header = response.headers.get("www-authenticate", "").replace(token.reveal(), "***")
    challenge = bearer_challenge(header)
    if challenge.get("error") == "insufficient_scope":
        missing = tuple(name for name in challenge.get("scope", "").split() if name not in scope)
        raise InsufficientScope(
            f"{where} wants more than this session may do. Missing: "
            f"{foreign_text(' '.join(missing)) or 'not said'}. You have: {scope or 'nothing'}.",
            missing=missing,
        )
    if response.status == 401:
        raise InvalidToken(f"{where} does not take this token any more.")
    pause = patience(response, now=time.time())
    if pause is not None:
        said = "retry-after" in response.headers
        raise ResourceBusy(
            f"{where} cannot answer right now (status {response.status}).",
            retry_after=pause if said else None,
        )
    words = foreign_text(_said(response).replace(token.reveal(), "***")).rstrip(".")
    what = f"answered with status {response.status}"
    if response.status == 404:
        what = f"has nothing at {foreign_text(urlsplit(response.url).path) or '/'} (status 404)"
    refusal = ResourceError(f"{where} {what}." + (f" It said: {words}." if words else ""))
    refusal.retry_may_help = response.status in _PASSING
    raise refusal


def _said(response: Response) -> str:
    """Return why the API refuses in its own words; "" where it gives no JSON that says so."""
    if not response.is_json or len(response.body) > _http.MAX_BODY:
        return ""
    try:
        document = parse_object(response.body)
    except InvalidDocument:
        return ""
    for name in ("error_description", "detail"):
        if isinstance(said := document.get(name), str):
            return said
    return ""
