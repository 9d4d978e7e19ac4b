"""Validated tokens in use."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Coroutine, Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from oauth_widgets import frames
from oauth_widgets._loop import arun, run
from oauth_widgets.errors import InvalidToken, NotSignedIn
from oauth_widgets.flows import client_credentials as _client_credentials
from oauth_widgets.flows import discovery as _discovery
from oauth_widgets.flows import refresh as _refresh
from oauth_widgets.flows import revocation as _revocation
from oauth_widgets.flows import userinfo as _userinfo
from oauth_widgets.flows._drive import drive
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.userinfo import UserInfo
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.resource import Resource
from oauth_widgets.secret import Secret

if TYPE_CHECKING:
    import pandas as pd

_AHEAD = timedelta(seconds=30)


class Session:
    """Someone, or a client itself, signed in at one server.

    Access tokens are renewed ahead of their end where a refresh token is at hand. Each blocking
    method has an awaitable twin with an `a` before its name. After `revoke` every use raises
    NotSignedIn.
    """

    def __init__(
        self,
        server: AuthorizationServer,
        client: ClientMetadata,
        tokens: ValidatedTokens,
        *,
        api: str | None = None,
        api_origins: Iterable[str] = (),
    ) -> None:
        self.server = server
        self.client = client
        self._last = tokens
        self._signed_out = False
        self._renewing: asyncio.Task[ValidatedTokens] | None = None
        self._resource = Resource(self, api=api or server.api, origins=api_origins)

    @property
    def access_token(self) -> Secret:
        """The token that APIs take."""
        return self._tokens.access_token

    @property
    def refresh_token(self) -> Secret | None:
        """The token that renews the others; None where none came."""
        return self._tokens.refresh_token

    @property
    def id_token(self) -> IDToken | None:
        """Who signed in; None where `openid` was not granted."""
        return self._tokens.id_token

    @property
    def requested_scope(self) -> Scope:
        """What was asked for."""
        return self._last.requested_scope

    @property
    def scope(self) -> Scope:
        """What was granted, which may be less or more than was asked for."""
        return self._last.scope

    @property
    def expires_at(self) -> datetime | None:
        """When the access token ends, as an aware datetime; None where the server did not say."""
        return self._last.expires_at

    def userinfo(self) -> UserInfo:
        """Ask the server who signed in (OIDC Core 5.3)."""
        return run(self._userinfo())

    async def auserinfo(self) -> UserInfo:
        """Await `userinfo`."""
        return await arun(self._userinfo())

    def refresh(self) -> None:
        """Renew the tokens now (RFC 6749 6). On a failure the old ones stay."""
        run(self._renew())

    async def arefresh(self) -> None:
        """Await `refresh`."""
        await arun(self._renew())

    def revoke(self) -> None:
        """Forget the tokens here, then have the server end them (RFC 7009).

        They are gone here even where the server does not answer and an error is raised.
        """
        run(drive(_revocation.revocation(self.server, self.client, self._forget())))

    async def arevoke(self) -> None:
        """Await `revoke`."""
        await arun(drive(_revocation.revocation(self.server, self.client, self._forget())))

    def frame(self, url_or_path: str, params: dict[str, str] | None = None) -> pd.DataFrame:
        """Return every page of the API at `url_or_path` as one DataFrame.

        A relative address is under the API's own. Nested objects become dotted columns. Raises
        ForeignOrigin, InsufficientScope, InvalidToken, UnexpectedAnswer or a TransportError.
        """
        return run(frames.frame(self._resource, url_or_path, params))

    async def aframe(self, url_or_path: str, params: dict[str, str] | None = None) -> pd.DataFrame:
        """Await `frame`."""
        return await arun(frames.frame(self._resource, url_or_path, params))

    async def fresh_token(self) -> Secret:
        """Return an access token good for 30 seconds more, renewed if need be (I/O loop only)."""
        tokens = self._tokens
        ends_soon = tokens.expires_at is not None and datetime.now(UTC) + _AHEAD > tokens.expires_at
        if ends_soon and tokens.refresh_token is not None:
            tokens = await self._renew()
        return tokens.access_token

    async def renewed_token(self, refused: Secret) -> Secret | None:
        """Return another token than `refused`; None without refresh token (I/O loop only)."""
        tokens = self._tokens
        if tokens.access_token == refused:
            if tokens.refresh_token is None:
                return None
            tokens = await self._renew()
        return tokens.access_token

    def __repr__(self) -> str:
        if self._signed_out:
            return f"<Session at {self.server.title}: signed out>"
        until = f"{self.expires_at:%Y-%m-%d %H:%M:%S %Z}" if self.expires_at else "not said"
        scope = str(self.scope) or "none"
        return f"<Session at {self.server.title}, scope: {scope}, good until: {until}>"

    @property
    def _tokens(self) -> ValidatedTokens:
        if self._signed_out:
            raise NotSignedIn("This session was signed out.", next_step="Sign in again.")
        return self._last

    def _forget(self) -> ValidatedTokens:
        tokens, self._signed_out = self._tokens, True
        return tokens

    async def _userinfo(self) -> UserInfo:
        token = await self.fresh_token()
        try:
            return await drive(_userinfo.userinfo(self.server, self._tokens))
        except InvalidToken:
            if await self.renewed_token(token) is None:
                raise
        return await drive(_userinfo.userinfo(self.server, self._tokens))

    async def _renew(self) -> ValidatedTokens:
        if self._renewing is None:
            exchange = _refresh.refresh(self.server, self.client, self._tokens, now=time.time())
            self._renewing = asyncio.create_task(self._kept(drive(exchange)))
        # one caller giving up must not lose the rotated token for the others
        return await asyncio.shield(self._renewing)

    async def _kept(self, renewal: Coroutine[Any, Any, ValidatedTokens]) -> ValidatedTokens:
        try:
            self._last = await renewal
            return self._last
        finally:
            self._renewing = None


def discover(issuer: str, *, api: str | None = None) -> AuthorizationServer:
    """Ask `issuer` to describe itself (OIDC Discovery 4, RFC 8414).

    `api` is the address of the API that its tokens are for. Raises InvalidMetadata,
    ServerUnreachable or ConfigurationError.
    """
    return run(drive(_discovery.discovery(issuer, api=api)))


async def adiscover(issuer: str, *, api: str | None = None) -> AuthorizationServer:
    """Await `discover`."""
    return await arun(drive(_discovery.discovery(issuer, api=api)))


def client_credentials(
    server: AuthorizationServer,
    client: ClientMetadata,
    *,
    scope: str | Iterable[str] = (),
    api: str | None = None,
    api_origins: Iterable[str] = (),
) -> Session:
    """Sign in as the client itself, with no person (RFC 6749 4.4).

    Raises ConfigurationError for a public client, or the server's own refusal.
    """
    return run(_as_client(server, client, Scope(scope), api, api_origins))


async def aclient_credentials(
    server: AuthorizationServer,
    client: ClientMetadata,
    *,
    scope: str | Iterable[str] = (),
    api: str | None = None,
    api_origins: Iterable[str] = (),
) -> Session:
    """Await `client_credentials`."""
    return await arun(_as_client(server, client, Scope(scope), api, api_origins))


async def _as_client(
    server: AuthorizationServer,
    client: ClientMetadata,
    scope: Scope,
    api: str | None,
    api_origins: Iterable[str],
) -> Session:
    exchange = _client_credentials.client_credentials(server, client, scope=scope, now=time.time())
    return Session(server, client, await drive(exchange), api=api, api_origins=api_origins)
