"""Ways to sign in without a browser here: as the client itself, or on another device."""

from __future__ import annotations

import functools
import inspect
import os
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NoReturn, ParamSpec, TypeVar, cast

from oauth_widgets._net import watching
from oauth_widgets._net.loop import arun, check_process, run
from oauth_widgets.errors import ConfigurationError, OAuthError, for_a_client
from oauth_widgets.flows import client_credentials as _client_credentials
from oauth_widgets.flows import device_authorization as _device
from oauth_widgets.flows._drive import Exchange, drive
from oauth_widgets.protocol import watched
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.device_authorization import DeviceAuthorizationResponse
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.resource.resource import Api, declared_api
from oauth_widgets.servers.kinds import check_kinds
from oauth_widgets.session.session import Session
from oauth_widgets.signing_in.pending import spent

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class GrantRequest:
    """What a grant is asked for, and the API that its tokens are for."""

    server: AuthorizationServer
    client: ClientMetadata
    scope: Scope
    api: Api
    extra: Mapping[str, object] | None = None


def _grant_request(
    server: AuthorizationServer,
    client: ClientMetadata,
    *,
    scope: str | Iterable[str] = (),
    api: str | None = None,
    api_origins: Iterable[str] = (),
    extra: Mapping[str, object] | None = None,
) -> GrantRequest:
    check_kinds(server, client)
    return GrantRequest(server, client, Scope(scope), declared_api(server, api, api_origins), extra)


def _called_with(
    arguments: Callable[P, GrantRequest],
) -> Callable[[Callable[[GrantRequest], R]], Callable[P, R]]:
    """Have a function take `arguments`, written once, and show them to Tab and Shift-Tab."""
    signature = inspect.signature(arguments)

    def decorated(function: Callable[[GrantRequest], R]) -> Callable[P, R]:
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            try:
                signature.bind(*args, **kwargs)
            except TypeError as problem:
                raise TypeError(f"{function.__name__}() {problem}") from None
            return function(arguments(*args, **kwargs))

        async def acall(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 - what R awaits
            return await cast("Awaitable[Any]", call(*args, **kwargs))

        shown = acall if inspect.iscoroutinefunction(function) else call
        functools.update_wrapper(shown, function)
        returned = function.__annotations__["return"]
        shown.__annotations__ = {**arguments.__annotations__, "return": returned}
        vars(shown)["__signature__"] = signature.replace(return_annotation=returned)
        return cast("Callable[P, R]", shown)

    return decorated


@_called_with(_grant_request)
def client_credentials(request: GrantRequest) -> Session:
    """Sign in as the client itself, without a person (RFC 6749 4.4).

    `extra` holds further request parameters, such as Auth0's `audience`. Raises
    ConfigurationError for a public client, or the server's own refusal.

        session = ow.client_credentials(server, client, scope="events.read")
    """
    return run(as_client(request))


@_called_with(_grant_request)
async def aclient_credentials(request: GrantRequest) -> Session:
    """Await `client_credentials`."""
    return await arun(as_client(request))


async def as_client(request: GrantRequest) -> Session:
    """Return the session of the client itself (I/O loop only)."""

    def again(wider: Scope) -> Session:
        session = run(as_client(replace(request, scope=wider)))
        if session.missing_scope:
            raise ConfigurationError(
                f"A client can't be granted {session.missing_scope} without a person.",
                next_step="Have a person sign in: ow.login(server, client, scope=…).",
            )
        return session

    def fetch() -> Exchange[ValidatedTokens]:
        return _client_credentials.client_credentials(
            request.server,
            request.client,
            scope=request.scope,
            now=time.time(),
            extra=request.extra,
        )

    return Session(
        request.server,
        request.client,
        await drive(fetch()),
        request.api,
        again=again,
        fetch=fetch,
        advise=for_a_client,
    )


class DeviceLogin:
    """A sign-in that a person approves on another device (RFC 8628).

    Show `user_code` and `verification_uri`; `verification_uri_complete` contains the code already,
    if the server offers that. `expires_at` is an aware datetime, `requested_scope` what the
    person is asked to allow. `finish` waits for the person.

        device = ow.device_login(server, client, scope="openid")
        print(device.verification_uri, device.user_code)
        session = device.finish()
    """

    def __init__(self, request: GrantRequest, answer: DeviceAuthorizationResponse) -> None:
        self.server = request.server
        self.user_code = answer.user_code
        self.verification_uri = answer.verification_uri
        self.verification_uri_complete = answer.verification_uri_complete
        self.expires_at = datetime.fromtimestamp(answer.expires_at, UTC)
        self.requested_scope = request.scope
        self.again: Callable[[Scope], Any] = self._wider
        self._request = request
        self._answer = answer
        self._process = os.getpid()

    def finish(self) -> Session:
        """Wait until the person has decided, and return the session.

        Raises AccessDenied, SignInTimeout once the code has run out, or ForkedProcess in a forked
        child.

            session = device.finish()
        """
        return run(self._finish())

    async def afinish(self) -> Session:
        """Await `finish`."""
        return await arun(self._finish())

    def __await__(self) -> NoReturn:
        raise ConfigurationError(
            "A DeviceLogin doesn't show its code to anyone, so it can't be awaited.",
            next_step="Await a card for it: session = await ow.DeviceCode(device). Without a "
            "notebook, print device.user_code and device.verification_uri, then call "
            "device.finish().",
        )

    def __getattr__(self, name: str) -> NoReturn:
        hint = " It returns the session once you call finish()." if hasattr(Session, name) else ""
        raise AttributeError(f"A DeviceLogin has no {name}.{hint}")

    def __repr__(self) -> str:
        return f"<DeviceLogin: enter {self.user_code} at {self.verification_uri}>"

    async def _finish(self) -> Session:
        check_process(self._process)
        if watching.watchers:
            watching.tell(watched.CodeShown(self, self._answer.device_code))
        request = self._request
        polling = _device.device_tokens(
            request.server,
            request.client,
            self._answer,
            scope=request.scope,
            clock=time.time,
        )
        try:
            tokens = await drive(polling)
        except OAuthError as problem:
            # Temporary failures are waited out above, and a code can be used once.
            spent(problem)
            raise
        return Session(request.server, request.client, tokens, request.api, again=self.again)

    def _wider(self, scope: Scope) -> DeviceLogin:
        return run(_on_device(replace(self._request, scope=scope)))


@_called_with(_grant_request)
def device_login(request: GrantRequest) -> DeviceLogin:
    """Ask for a code that a person enters on another device (RFC 8628).

    `extra` holds further request parameters, such as Auth0's `audience`. Raises ConfigurationError
    if the server offers no device login, or the server's own refusal.

        device = ow.device_login(server, client, scope="openid")
        print(device.verification_uri, device.user_code)
        session = device.finish()
    """
    return run(_on_device(request))


@_called_with(_grant_request)
async def adevice_login(request: GrantRequest) -> DeviceLogin:
    """Await `device_login`."""
    return await arun(_on_device(request))


async def _on_device(request: GrantRequest) -> DeviceLogin:
    exchange = _device.device_authorization(
        request.server, request.client, scope=request.scope, now=time.time(), extra=request.extra
    )
    return DeviceLogin(request, await drive(exchange))
