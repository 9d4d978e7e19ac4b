"""Ways to sign in without a browser here: as the client itself, or on another device."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NoReturn

from oauth_widgets._net import watching
from oauth_widgets._net.loop import arun, check_process, run
from oauth_widgets.errors import ConfigurationError, for_a_client
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


def client_credentials(
    server: AuthorizationServer,
    client: ClientMetadata,
    *,
    scope: str | Iterable[str] = (),
    api: str | None = None,
    api_origins: Iterable[str] = (),
    extra: Mapping[str, object] | None = None,
) -> Session:
    """Sign in as the client itself, without a person (RFC 6749 4.4).

    `extra` holds further request parameters, such as Auth0's `audience`. Raises
    ConfigurationError for a public client, or the server's own refusal.
    """
    return run(
        as_client(server, client, Scope(scope), _declared(server, client, api, api_origins), extra)
    )


async def aclient_credentials(
    server: AuthorizationServer,
    client: ClientMetadata,
    *,
    scope: str | Iterable[str] = (),
    api: str | None = None,
    api_origins: Iterable[str] = (),
    extra: Mapping[str, object] | None = None,
) -> Session:
    """Await `client_credentials`."""
    declared = _declared(server, client, api, api_origins)
    return await arun(as_client(server, client, Scope(scope), declared, extra))


def _declared(
    server: AuthorizationServer,
    client: ClientMetadata,
    api: str | None,
    api_origins: Iterable[str],
) -> Api:
    check_kinds(server, client)
    return declared_api(server, api, api_origins)


async def as_client(
    server: AuthorizationServer,
    client: ClientMetadata,
    scope: Scope,
    api: Api,
    extra: Mapping[str, object] | None = None,
) -> Session:
    """Return the session of the client itself (I/O loop only)."""

    def again(wider: Scope) -> Session:
        session = run(as_client(server, client, wider, api, extra))
        if session.missing_scope:
            raise ConfigurationError(
                f"A client without a person cannot have {session.missing_scope}.",
                next_step="Have a person sign in: ow.login(server, client, scope=…).",
            )
        return session

    def fetch() -> Exchange[ValidatedTokens]:
        return _client_credentials.client_credentials(
            server, client, scope=scope, now=time.time(), extra=extra
        )

    return Session(
        server, client, await drive(fetch()), api, again=again, fetch=fetch, advise=for_a_client
    )


class DeviceLogin:
    """A sign-in that a person approves on another device (RFC 8628).

    Show `user_code` and `verification_uri`; `verification_uri_complete` contains the code already,
    if the server offers that. `expires_at` is an aware datetime, `requested_scope` what the
    person is asked to allow. `finish` waits for the person.
    """

    def __init__(
        self,
        server: AuthorizationServer,
        client: ClientMetadata,
        scope: Scope,
        answer: DeviceAuthorizationResponse,
        api: Api,
        *,
        extra: Mapping[str, object] | None = None,
    ) -> None:
        self.server = server
        self.user_code = answer.user_code
        self.verification_uri = answer.verification_uri
        self.verification_uri_complete = answer.verification_uri_complete
        self.expires_at = datetime.fromtimestamp(answer.expires_at, UTC)
        self._client = client
        self._process = os.getpid()
        self.requested_scope = scope
        self._answer = answer
        self._api = api
        self._extra = extra
        self.again: Callable[[Scope], Any] = self._wider

    def finish(self) -> Session:
        """Wait until the person has decided, and return the session.

        Raises AccessDenied, SignInTimeout once the code has run out, or ForkedProcess in a forked
        child.
        """
        return run(self._finish())

    async def afinish(self) -> Session:
        """Await `finish`."""
        return await arun(self._finish())

    def __getattr__(self, name: str) -> NoReturn:
        hint = " It returns the session once you call finish()." if hasattr(Session, name) else ""
        raise AttributeError(f"A DeviceLogin has no {name}.{hint}")

    def __repr__(self) -> str:
        return f"<DeviceLogin: enter {self.user_code} at {self.verification_uri}>"

    async def _finish(self) -> Session:
        check_process(self._process)
        if watching.watchers:
            watching.tell(watched.CodeShown(self, self._answer.device_code))
        tokens = await drive(
            _device.device_tokens(
                self.server,
                self._client,
                self._answer,
                scope=self.requested_scope,
                clock=time.time,
            )
        )
        return Session(self.server, self._client, tokens, self._api, again=self.again)

    def _wider(self, scope: Scope) -> DeviceLogin:
        return run(_on_device(self.server, self._client, scope, self._api, self._extra))


def device_login(
    server: AuthorizationServer,
    client: ClientMetadata,
    *,
    scope: str | Iterable[str] = (),
    api: str | None = None,
    api_origins: Iterable[str] = (),
    extra: Mapping[str, object] | None = None,
) -> DeviceLogin:
    """Ask for a code that a person enters on another device (RFC 8628).

    `extra` holds further request parameters, such as Auth0's `audience`. Raises ConfigurationError
    if the server offers no device login, or the server's own refusal.
    """
    return run(
        _on_device(server, client, Scope(scope), _declared(server, client, api, api_origins), extra)
    )


async def adevice_login(
    server: AuthorizationServer,
    client: ClientMetadata,
    *,
    scope: str | Iterable[str] = (),
    api: str | None = None,
    api_origins: Iterable[str] = (),
    extra: Mapping[str, object] | None = None,
) -> DeviceLogin:
    """Await `device_login`."""
    declared = _declared(server, client, api, api_origins)
    return await arun(_on_device(server, client, Scope(scope), declared, extra))


async def _on_device(
    server: AuthorizationServer,
    client: ClientMetadata,
    scope: Scope,
    api: Api,
    extra: Mapping[str, object] | None,
) -> DeviceLogin:
    exchange = _device.device_authorization(
        server, client, scope=scope, now=time.time(), extra=extra
    )
    return DeviceLogin(server, client, scope, await drive(exchange), api, extra=extra)
