"""An API as the holder of a token sees it: the token goes to its origins and nowhere else."""

from __future__ import annotations

import math
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Any, Protocol
from urllib.parse import urlsplit

from oauth_widgets._net import http
from oauth_widgets._net.address import absolute, check_endpoint, origin
from oauth_widgets._net.challenge import bearer_challenge
from oauth_widgets._net.document import parse_object
from oauth_widgets._net.message import NO_CONTENT, Request, Response
from oauth_widgets._net.retry_after import by_status, patience
from oauth_widgets.errors import (
    ConfigurationError,
    ForeignOrigin,
    InsufficientScope,
    InvalidDocument,
    InvalidToken,
    OAuthError,
    ResourceBusy,
    ResourceError,
    UnexpectedAnswer,
    foreign_text,
)
from oauth_widgets.errors.kinds import check_texts, kind_of
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.scope import Scope, is_scope_name
from oauth_widgets.resource.content_range import content_range
from oauth_widgets.resource.query import encoded
from oauth_widgets.secret import Secret
from oauth_widgets.secret.quoting import Secrets, quoted, quoted_problem, shown_names, without

MAX_PAGE = 256 * 2**20
"""Bytes of one answer from an API, after decompression."""

_ANSWERS_KEPT = 1000
DEADLINE = 120.0
"""Seconds for one answer from an API, which may be large."""

_PARAMETERS = "Correct the parameters of the request, then try again."
_STEPS = {
    400: _PARAMETERS,
    403: "You are signed in, but not allowed to see this. Ask whoever runs the API.",
    422: _PARAMETERS,
}
_SAME_METHOD = (307, 308)
_SEE_OTHER = 303
_NO_HEADERS: Mapping[str, str] = MappingProxyType({})
_MOST_HOPS = 6
_ENDLESS = 1e15
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
    origins = check_texts(origins, "api_origins")
    base = api if api is not None else server.api
    named = () if base is None else (check_endpoint(base, "api address"),)
    return Api(base, frozenset(origin(address) for address in (*named, *origins)))


def positive(limit: float, name: str) -> float:
    """Return `limit` if it can be one, infinity too. Raises ConfigurationError, naming it."""
    if isinstance(limit, bool) or not isinstance(limit, int | float) or not limit > 0:
        raise ConfigurationError(
            f"{name}= must be a number above 0, not {kind_of(limit)}.",
            next_step=f"Leave out {name}= to use the default.",
        )
    # A limit this large limits nothing, and a larger integer may not fit into a float.
    return limit if limit < _ENDLESS else math.inf


class TokenSource(Protocol):
    """Who hands out the access token; a Session is one."""

    @property
    def scope(self) -> Scope:
        """What the token is good for."""

    @property
    def renewable(self) -> bool:
        """Whether another token can be had without a person."""

    def advised(self, problem: OAuthError) -> OAuthError:
        """Return `problem` with a next step that fits who signed in."""

    async def fresh_token(self) -> Secret:
        """Return a token that is not about to expire."""

    async def renewed_token(self, refused: Secret) -> Secret | None:
        """Return another token than `refused`; None if there is no way to get one."""


class Resource:
    """Fetches from one API with the token in the header (RFC 6750 2.1).

    Without a declared origin the first absolute address that answers with a status below 400
    becomes the API's; one that fails, mistyped perhaps, does not. No one else can add one: a link
    or a redirect never does. `answers` are the addresses that took the token, `refused` the
    scopes that the latest refusal named; `noticed` is called when either changes.
    """

    def __init__(
        self, source: TokenSource, api: Api, *, noticed: Callable[[], None] = lambda: None
    ) -> None:
        self.source = source
        self.base = api.base
        self._origins = api.origins
        self._answers: dict[str, None] = {}
        self._noticed = noticed
        self.refused = Scope()

    def address(self, url_or_path: str, params: Mapping[str, Any] | None = None) -> str:
        """Return the absolute address a person asked for. Raises ConfigurationError."""
        url = url_or_path
        if not isinstance(url, str):
            raise ConfigurationError(
                f"The address is {type(url).__name__}, not text.",
                next_step='Put it in quotes, such as "/events".',
            )
        if _ABSOLUTE.match(url) is None:
            if self.base is None:
                raise ConfigurationError(
                    "The address is relative, but no API is known.",
                    next_step="Pass the full address, or pass api=… when you sign in.",
                )
            url = f"{self.base.rstrip('/')}/{url.lstrip('/')}"
        # check: transport/https
        check_endpoint(url, "address")
        query = "" if params is None else encoded(params)
        if query:
            url += ("&" if "?" in url else "?") + query
        return url

    @property
    def origins(self) -> frozenset[str]:
        """The origins that the token may go to; none if the first address is to decide."""
        return self._origins

    @property
    def known(self) -> str:
        """The origins that the token may go to, as people read them."""
        return ", ".join(sorted(self._origins)) or "an API not known yet"

    def check(self, url: str) -> str:
        """Return `url` if the token may go there. Raises ForeignOrigin."""
        check_endpoint(url, "address", error=ForeignOrigin)
        # A session that knows no API yet gives the first address a try.
        # check: bearer/origin
        if self._origins and origin(url) not in self._origins:
            raise self._foreign(foreign_text(origin(url)))
        return url

    def _foreign(self, stranger: str) -> ForeignOrigin:
        # An API address that was declared need not be named again.
        declared = self._origins - ({origin(self.base)} if self.base else set())
        return ForeignOrigin(
            f"{stranger} is not this session's API ({self.known}), so the token was not sent "
            "there.",
            next_step="If you trust that origin with the token, sign in again with "
            f"api_origins={[*sorted(declared), stranger]!r}.",
        )

    @property
    def answers(self) -> frozenset[str]:
        """Addresses that took the token, without their queries."""
        return frozenset(self._answers)

    def answered(self, url: str, status: int, secrets: Secrets = ()) -> None:
        """Take note of an answer; below 400 its origin is the API's if none is known yet.

        An address that the API made of `secrets` is noted without them.
        """
        # check: bearer/origin
        if status >= 400:
            return
        if not self._origins:
            # check: bearer/origin
            self._origins = frozenset({origin(url)})
        where = url.partition("?")[0]
        # Most addresses hold no secret, and are known by the second page.
        if where in self._answers:
            return
        where = without(where, secrets)
        if where not in self._answers:
            self._answers[where] = None
            if len(self._answers) > _ANSWERS_KEPT:
                self._answers.pop(next(iter(self._answers)), None)
            self._noticed()

    def _judge(self, response: Response, *, whole: bool) -> Response:
        if response.status == 200 or (not whole and _is_page(response)):
            return response
        refusal = _refusal(response, self.source.scope)
        refusal.status = response.status
        if isinstance(refusal, InsufficientScope):
            # An API may name what can be no scope.
            self.refused = Scope(filter(is_scope_name, refusal.missing))
            self._noticed()
        elif not isinstance(refusal, InvalidToken):
            raise refusal
        elif not self.source.renewable:
            refusal.next_step += " With offline_access, the session refreshes its tokens."
        raise self.source.advised(refusal)

    async def get(
        self,
        url: str,
        *,
        accept: str,
        lane: int = 0,
        into: http.Sink | None = None,
        most: int = MAX_PAGE,
        headers: Mapping[str, str] = _NO_HEADERS,
        method: str = "GET",
        content: bytes | None = None,
        part: bool = False,
    ) -> Response:
        """Fetch `url` once, and once more with a refreshed token if the API refuses it.

        A redirect is followed within the API's own origins. Requests side by side each have a
        `lane`, as in `http.send`. The body of a 200 goes `into` a file if one is given, and is
        left out of the answer. Without it the answer has `most` bytes at most, and a part of
        a list, in rows, is an answer too (206), and with `part` any part is. `headers` are the
        caller's, with names in lower case, and `content` is the JSON of a POST.

        Raises ForeignOrigin, InvalidToken, InsufficientScope, ResourceError or a TransportError.
        """
        request = Request(method, url, {"accept": accept, **headers}, content=content)
        for _ in range(_MOST_HOPS):
            response = await self._answer(request, partial(_send, lane=lane, into=into, most=most))
            target = response.headers.get("location", "")
            if part and response.status == 206:
                return response
            if not response.is_redirect or not target:
                return self._judge(response, whole=into is not None)
            request = _redirected(request, response.status)
            # What is behind a # is for browsers (RFC 9110 10.2.2).
            url = absolute(target, request.url).partition("#")[0]
            try:
                request = replace(request, url=self.check(url))
            except ForeignOrigin as problem:
                # The API may have put the token there.
                raise quoted_problem(problem, response.hidden)  # noqa: B904 - itself
        raise UnexpectedAnswer(
            f"{origin(url)} keeps redirecting.",
            next_step="Check the address: the API may require a separate sign-in there.",
        )

    async def _answer(
        self, request: Request, send: Callable[[Request, Secret], Awaitable[Response]]
    ) -> Response:
        self.check(request.url)
        token = await self.source.fresh_token()
        response = await send(request, token)
        if response.status == 401:
            renewed = await self.source.renewed_token(token)
            if renewed is not None:
                response = await send(request, renewed)
        # Before a redirect is followed, which is held against it.
        self.answered(request.url, response.status, response.hidden)
        return response


def _redirected(request: Request, status: int) -> Request:
    """Return what a redirect makes of a request (RFC 9110 15.4). Raises UnexpectedAnswer."""
    if request.method == "GET" or status in _SAME_METHOD:
        return request
    if status == _SEE_OTHER:
        return replace(request, method="GET", content=None)
    raise UnexpectedAnswer(
        f"{origin(request.url)} answered a POST with a redirect (status {status}) that may lose "
        "what was sent.",
        next_step="Use the address that the API's documentation gives for this request.",
    )


async def _send(
    request: Request, token: Secret, *, lane: int, into: http.Sink | None, most: int
) -> Response:
    # No local variable holds the bare token: a traceback may print them.
    return await http.send(
        replace(
            request,
            headers={**request.headers, "authorization": f"Bearer {token.reveal()}"},
            secrets=(token.reveal(),),
        ),
        deadline=DEADLINE,
        max_body=most,
        lane=lane,
        into=into,
    )


def _refusal(response: Response, scope: Scope) -> ResourceError:
    where = origin(response.url)
    path = quoted(urlsplit(response.url).path, response.secrets) or "/"
    challenge = bearer_challenge(response.headers.get("www-authenticate", ""))
    # check: bearer/insufficient-scope
    if challenge.get("error") == "insufficient_scope":
        needed = shown_names(challenge.get("scope", ""), response.secrets)
        missing = tuple(name for name in needed if name not in scope)
        return InsufficientScope(
            f"{path} needs scopes that this session doesn't have. Missing: "
            f"{' '.join(missing) or 'not said'}. You have: {scope or 'nothing'}.",
            missing=missing,
        )
    # The header comes first, since it is only about the token
    said = challenge.get("error_description") or _said(response)
    said = quoted(said, response.secrets)
    if response.status == 401:
        return InvalidToken(
            f"{where} does not accept this token: it has expired or is for another API.",
            next_step="Sign in again with the scope that this API needs.",
        ).quoting(said)
    pause = patience(response, now=time.time())
    if pause is not None:
        names_delay = "retry-after" in response.headers
        return ResourceBusy(
            f"{where} cannot answer right now (status {response.status}).",
            retry_after=pause if names_delay else None,
        )
    if response.status == 206:
        return UnexpectedAnswer(
            f"{where} sent only part of the data (status 206).",
            next_step="Fetch the parts one by one with session.http() and a Range header, as "
            "the API's documentation says.",
        )
    what = f"answered with status {response.status}"
    if response.status == 404:
        what = f"has nothing at {path} (status 404)"
    refusal = ResourceError(f"{where} {what}.", next_step=_STEPS.get(response.status)).quoting(said)
    return by_status(refusal, response.status)


def _is_page(response: Response) -> bool:
    """Whether this is a page without content, or a part that shows whether more rows follow."""
    if response.status == NO_CONTENT:
        return True
    part = content_range(response.headers) if response.status == 206 else None
    return part is not None and (part.total is not None or not part.unit)


def _said(response: Response) -> str:
    """Return why the API refuses in its own words; "" if it gives no JSON that says so."""
    if not response.is_json or len(response.body) > http.MAX_BODY:
        return ""
    try:
        document = parse_object(response.body)
    except InvalidDocument:
        return ""
    error = document.get("error")
    inner = error.get("message") if isinstance(error, dict) else error
    named = [document.get(name) for name in ("error_description", "detail", "message")]
    return next((said for said in (*named, inner) if isinstance(said, str) and said), "")
