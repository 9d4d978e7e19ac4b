"""A sign-in that has begun and waits for the browser's answer."""

from __future__ import annotations

import hmac
import time
import warnings
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NoReturn
from urllib.parse import parse_qs, urlsplit

from oauth_widgets._net import watching
from oauth_widgets._net.loop import arun, run
from oauth_widgets.errors import (
    ConfigurationError,
    ErrorResponse,
    ImplicitGrantWarning,
    OAuthError,
    StateMismatch,
    without_frames,
)
from oauth_widgets.errors.kinds import check_flag, check_text, kind_of
from oauth_widgets.flows._drive import Exchange, drive
from oauth_widgets.flows.authorization_code import authorization_code
from oauth_widgets.flows.implicit import implicit
from oauth_widgets.protocol import watched
from oauth_widgets.protocol.authorization import (
    NOT_OURS,
    AuthorizationRequest,
    authorization_request,
    authorization_response,
)
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.implicit import implicit_response
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.resource.resource import Api, declared_api
from oauth_widgets.secret import Secret
from oauth_widgets.servers.kinds import check_kinds
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.mix_up import note

_WHY_NOT_IMPLICIT = (
    "The implicit grant sends the token through the browser's address bar, so it can end up "
    "in the history and other pages may read it. Use it only with a server that doesn't offer "
    "codes (RFC 9700 2.1.2)."
)


def spent(problem: OAuthError) -> None:
    """Make a failure final, even a temporary one, because an answer or code works only once."""
    if problem.retry_may_help:
        problem.retry_may_help = False
        problem.next_step = "This sign-in has already been used. Start a new one."
    else:
        # Advice on what to do first, such as setting the clock, stays.
        problem.next_step = problem.next_step.replace("try again", "start a new sign-in")


class PendingLogin:
    """One authorization request on its way. `url` is what a person opens in a browser.

    It accepts one answer within an hour; then it is `used`. An answer to another request leaves
    it waiting.

        pending = ow.begin_login(server, client, scope="openid events.read")
        webbrowser.open(pending.url)
        session = pending.finish(ow.Secret.ask("Address of the last page"))
    """

    def __init__(
        self, request: AuthorizationRequest, api: Api, *, again: Callable[[Scope], Any]
    ) -> None:
        self.request = request
        self.url = request.url
        self.used = False
        self.again = again
        self._api = api

    def finish(self, url: str | Secret) -> Session:
        """Judge the address that the browser ended at, and return the session.

        Raises StateMismatch or InvalidAuthorizationResponse for an answer that is not this
        sign-in's own, AccessDenied and its kin for the server's refusal, InvalidIDToken if the
        answer cannot be trusted, a TransportError if no answer arrived.

            session = pending.finish(url)
        """
        url = hidden(url)
        return run(self._finish(url))

    async def afinish(self, url: str | Secret) -> Session:
        """Await `finish`."""
        url = hidden(url)
        return await arun(self._finish(url))

    def __await__(self) -> NoReturn:
        raise ConfigurationError(
            "A PendingLogin doesn't open a browser, so it can't be awaited.",
            next_step="Open pending.url, then pass the address of the browser's last page to "
            "pending.finish(…).",
        )

    def __getattr__(self, name: str) -> NoReturn:
        hint = " It returns the session once you call finish(…)." if hasattr(Session, name) else ""
        raise AttributeError(f"A PendingLogin has no {name}.{hint}")

    def __repr__(self) -> str:
        # The address contains the state.
        return f"<PendingLogin at {self.request.server.title}>"

    async def _finish(self, url: Secret) -> Session:
        return self._session(await self._redeemed(url))

    def _session(self, tokens: ValidatedTokens) -> Session:
        request = self.request
        return Session(request.server, request.client, tokens, self._api, again=self.again)

    async def _redeemed(self, url: Secret) -> ValidatedTokens:
        exchange = self._judged(url, time.time())
        try:
            return await drive(exchange)
        except OAuthError as problem:
            spent(problem)
            raise

    def _judged(self, url: Secret, now: float) -> Exchange[ValidatedTokens]:
        # Nothing is awaited before the first request, so of two simultaneous answers one passes.
        # check: request/state
        if self.used:
            raise StateMismatch(NOT_OURS)
        try:
            exchange = self._exchange(url, now)
        except OAuthError as problem:
            self.used = isinstance(problem, ErrorResponse)
            if self.used:
                spent(problem)
            if watching.watchers:
                watching.tell(watched.Returned(self.request, url, problem))
            raise without_frames(problem)  # noqa: B904 - itself, with its causes
        self.used = True
        if watching.watchers:
            watching.tell(watched.Returned(self.request, url, None))
        return exchange

    def _exchange(self, url: Secret, now: float) -> Exchange[ValidatedTokens]:
        request = self.request
        if request.response_type == "code":
            answer = authorization_response(request, url.reveal().strip(), now=now)
            return authorization_code(answer, now=now)
        tokens = implicit_response(request, url.reveal().strip(), now=now)
        return implicit(request, tokens, now=now)


def begin_login(
    server: AuthorizationServer,
    client: ClientMetadata,
    *,
    scope: str | Iterable[str] = (),
    redirect_uri: str | None = None,
    extra: Mapping[str, str] | None = None,
    api: str | None = None,
    api_origins: Iterable[str] = (),
    implicit: bool = False,
) -> PendingLogin:
    """Begin a sign-in without a notebook: open `.url`, then pass the final address to `.finish`.

    `redirect_uri` defaults to the client's first one. `extra` holds further request parameters,
    such as `prompt` or `login_hint`. `implicit` asks for tokens instead of a code, for servers that
    offer no code, and warns. A redirect URI that serves several servers whose answers look alike
    warns once. Sends nothing. Raises ConfigurationError.

        pending = ow.begin_login(server, client, scope="openid events.read")
        webbrowser.open(pending.url)
        session = pending.finish(ow.Secret.ask("Address of the last page"))
    """
    check_kinds(server, client)
    if check_flag(implicit, "implicit"):
        warnings.warn(_WHY_NOT_IMPLICIT, ImplicitGrantWarning, stacklevel=2)
    if redirect_uri is None:
        if not client.redirect_uris:
            raise ConfigurationError(
                "The client has no redirect URI.",
                next_step=f"Pass the one it is registered with: redirect_uri=…{_or_else(server)}",
            )
        redirect_uri = client.redirect_uris[0]
    request = authorization_request(
        server,
        client,
        scope=Scope(scope),
        redirect_uri=redirect_uri,
        now=time.time(),
        extra=extra,
        implicit=implicit,
    )
    note(server, redirect_uri, stacklevel=2)

    def again(wider: Scope) -> PendingLogin:
        return begin_login(
            server,
            client,
            scope=wider,
            redirect_uri=redirect_uri,
            extra=extra,
            api=api,
            api_origins=api_origins,
            implicit=implicit,
        )

    return PendingLogin(request, declared_api(server, api, api_origins), again=again)


def _or_else(server: AuthorizationServer) -> str:
    if server.device_authorization_endpoint is None:
        return ""
    return ", or sign in on another device: ow.device_login(server, client, scope=…)."


def hidden(url: object) -> Secret:
    """Return the address to finish with. Raises ConfigurationError if it is no text."""
    if isinstance(url, Secret):
        return url
    if not isinstance(url, str):
        raise ConfigurationError(
            f"The address passed to finish is {type(url).__name__}, not text.",
            next_step='Put the address of the browser\'s last page in quotes: finish("http://…").',
        )
    return Secret(url or " ")


class PendingLogins:
    """An application's table of sign-ins under way, by their `state` (RFC 6749 10.12).

    The state itself is opaque; whatever the application wants to find again is stored here with it.
    Each entry belongs to one browser, named by a value that only that browser has, such as its
    session cookie. Otherwise someone could have a stranger's browser finish their own sign-in. An
    entry is used once, expires with its sign-in, and makes room for newer ones beyond `capacity`.

        logins = ow.PendingLogins()
        logins.add(pending, {"next": "/report"}, browser=cookie)
    """

    def __init__(self, capacity: int = 1000) -> None:
        if type(capacity) is not int or capacity < 1:
            raise ConfigurationError(
                f"capacity= must be a whole number from 1 up, not {kind_of(capacity)}.",
                next_step="Leave it out for 1000 sign-ins.",
            )
        self._capacity = capacity
        self._entries: OrderedDict[str, tuple[str, PendingLogin, Any]] = OrderedDict()

    def add(self, pending: PendingLogin, remember: Any = None, *, browser: str) -> None:  # noqa: ANN401
        """Store `pending` for `browser` alone: `logins.add(pending, browser=cookie)`."""
        if not isinstance(pending, PendingLogin):
            raise ConfigurationError(
                f"Only a PendingLogin can wait for a browser, not {type(pending).__name__}.",
                next_step="Pass what begin_login(…) returned.",
            )
        check_text(browser, "name of the browser")
        self._entries[pending.request.state] = browser, pending, remember
        while len(self._entries) > self._capacity:
            self._entries.popitem(last=False)

    def take(self, url: str | Secret, *, browser: str) -> tuple[PendingLogin, Any]:
        """Remove and return the sign-in that `url` answers, with what was remembered.

        Raises the same StateMismatch for a state that is unknown, expired, used, or another
        browser's.

            logins.add(pending, {"next": "/report"}, browser=cookie)
            pending, remembered = logins.take(url, browser=cookie)
            session = pending.finish(url)
        """
        check_text(browser, "name of the browser")
        if isinstance(url, Secret):
            url = url.reveal()
        if not isinstance(url, str):
            raise ConfigurationError(
                f"The address of the answer is {kind_of(url)}.", next_step="Pass it as text."
            )
        try:
            states = parse_qs(urlsplit(url).query or urlsplit(url).fragment).get("state", [])
        except ValueError:  # It is not an address.
            states = []
        owner, pending, remembered = self._entries.get("".join(states), ("", None, None))
        # Another browser's attempt must not remove the entry of its owner.
        if pending is None or not hmac.compare_digest(owner.encode(), browser.encode()):
            raise StateMismatch(NOT_OURS)
        if self._entries.pop(pending.request.state, None) is None:
            # Another thread took it a moment ago.
            raise StateMismatch(NOT_OURS)
        # check: request/expiry
        if time.time() >= pending.request.expires_at:
            raise StateMismatch(NOT_OURS)
        return pending, remembered

    def __len__(self) -> int:
        return len(self._entries)
