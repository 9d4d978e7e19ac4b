"""Validated tokens in use."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from oauth_widgets._net.loop import arun, check_process, run
from oauth_widgets.errors import ConfigurationError, InvalidToken, OAuthError
from oauth_widgets.flows import introspection as _introspection
from oauth_widgets.flows import revocation as _revocation
from oauth_widgets.flows import userinfo as _userinfo
from oauth_widgets.flows._drive import Exchange, drive
from oauth_widgets.frames import Reading
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.protocol.introspection import Introspection
from oauth_widgets.protocol.logout import SignOut, logout_request
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.userinfo import UserInfo
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.resource.resource import Api, Resource
from oauth_widgets.secret import Secret
from oauth_widgets.session.lending import Lending
from oauth_widgets.session.renewal import Renewing
from oauth_widgets.session.summary import Summary


class Session(Renewing, Reading, Lending):
    """Someone, or a client itself, signed in at one server: `session = await ow.login(…)`.

    In a script one comes of `begin_login`, `client_credentials` or `device_login`. Access tokens
    are renewed ahead of their end where a refresh token is at hand. Each blocking method has an
    awaitable twin with an `a` before its name. After `revoke` or `logout` every use raises
    NotSignedIn. A forked child may use the token; renewing and signing out raise ForkedProcess
    there. `again` begins another sign-in of the same kind for a wider scope; `fetch` gets fresh
    tokens where that takes neither a person nor a refresh token.
    """

    def __init__(
        self,
        server: AuthorizationServer,
        client: ClientMetadata,
        tokens: ValidatedTokens,
        api: Api,
        *,
        again: Callable[[Scope], Any],
        fetch: Callable[[], Exchange[ValidatedTokens]] | None = None,
    ) -> None:
        super().__init__(server, client, tokens, fetch)
        self._owed: _revocation.Owed = []
        self._again = again
        self._resource = Resource(self, api, noticed=self._tell)

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
    def extra_scope(self) -> Scope:
        """What was granted without being asked for."""
        return Scope(self.scope - self.requested_scope)

    @property
    def missing_scope(self) -> Scope:
        """What was asked for and not granted."""
        return Scope(self.requested_scope - self.scope)

    @property
    def expires_at(self) -> datetime | None:
        """When the access token ends, as an aware datetime; None where the server did not say."""
        return self._last.expires_at

    @property
    def answered(self) -> frozenset[str]:
        """Addresses of the API that took the token, without their queries; the latest 1000."""
        return self._resource.answers

    @property
    def refused_scope(self) -> Scope:
        """What the API's latest refusal named as missing, as far as it is not granted by now."""
        return Scope(self._resource.refused - self.scope)

    def userinfo(self) -> UserInfo:
        """Ask the server who signed in (OIDC Core 5.3)."""
        return run(self._userinfo())

    async def auserinfo(self) -> UserInfo:
        """Await `userinfo`."""
        return await arun(self._userinfo())

    def introspect(self) -> Introspection:
        """Ask the server what the access token stands for (RFC 7662; OneWelcome's TokenInfo)."""
        return run(self._introspect())

    async def aintrospect(self) -> Introspection:
        """Await `introspect`."""
        return await arun(self._introspect())

    def request(self, scope: str | Iterable[str]) -> Any:  # noqa: ANN401
        """Begin a sign-in that asks for `scope` beside what was asked for so far.

        Returns what this session came from: a card to await, or a PendingLogin to finish. This
        session stays as it is.
        """
        return self._again(Scope([*self.requested_scope, *Scope(scope)]))

    def widen(self, wider: Session) -> bool:
        """Go on with the tokens of `wider`, a later sign-in for more; tell whether that is right.

        Where it is for somebody else, or for less, nothing changes. Afterwards `wider` is not to be
        used beside this session. Raises NotSignedIn.
        """
        return run(self._widen(wider))

    def refresh(self) -> None:
        """Renew the tokens now (RFC 6749 6). On a failure the old ones stay.

        Raises InvalidGrant where the server no longer takes the refresh token, which is final, and
        ForkedProcess in a forked child.
        """
        run(self._renew())

    async def arefresh(self) -> None:
        """Await `refresh`."""
        await arun(self._renew())

    def revoke(self) -> None:
        """Forget the tokens here, then have the server end them (RFC 7009).

        They are gone here even where the server does not answer and an error is raised. Call it
        again then: it tries once more what the server has not confirmed.
        """
        run(self._revoke())

    async def arevoke(self) -> None:
        """Await `revoke`."""
        await arun(self._revoke())

    def logout(self, *, post_logout_redirect_uri: str | None = None) -> SignOut:
        """Sign out: forget the tokens here, end them at the server, and say what it confirmed.

        `SignOut.request` has the address to open so that the server's own sign-in ends as well;
        the browser then goes on to `post_logout_redirect_uri`. A silent server is no error:
        `SignOut.unconfirmed` names what it has not ended, and calling again asks once more.
        """
        return run(self._logout(post_logout_redirect_uri))

    async def alogout(self, *, post_logout_redirect_uri: str | None = None) -> SignOut:
        """Await `logout`."""
        return await arun(self._logout(post_logout_redirect_uri))

    def __repr__(self) -> str:
        return self._summary.text(datetime.now(UTC))

    def _repr_html_(self) -> str:
        return self._summary.html(datetime.now(UTC))

    @property
    def _summary(self) -> Summary:
        return Summary(
            server=self.server.title,
            requested=self.requested_scope,
            granted=self.scope,
            expires_at=self.expires_at,
            ended=self.signed_out,
        )

    async def _widen(self, wider: Session) -> bool:
        check_process(self._process)
        if not isinstance(wider, Session):
            raise ConfigurationError(f"widen takes a session, not {type(wider).__name__}.")
        if self._renewing is not None:
            await asyncio.wait([self._renewing])
        here = (self.server, self.client.client_id)
        there = (wider.server, wider.client.client_id)
        if here != there or not wider._tokens.widens(self._tokens):
            return False
        self._use(wider._tokens)
        self._tell()
        return True

    async def _forget(self) -> None:
        check_process(self._process)
        if self._owed:
            return
        renewing, self._owed = self._renewing, _revocation.owed_of(self._tokens)
        # check: revocation/confirmed, logout/order
        self._signed_out = True
        self._tell()
        # check: revocation/confirmed
        if renewing is not None:
            # what a renewal under way brings has to be ended as well
            await asyncio.wait([renewing])
            self._owed = _revocation.owed_of(self._last)

    async def _revoke(self) -> None:
        await self._forget()
        await drive(_revocation.revocation(self.server, self.client, self._owed))

    async def _logout(self, post_logout_redirect_uri: str | None) -> SignOut:
        request = None
        if self.server.end_session_endpoint is not None:
            # before anything is forgotten, since it may be refused
            request = logout_request(
                self.server,
                self.client,
                self._last.id_token,
                post_logout_redirect_uri=post_logout_redirect_uri,
            )
        await self._forget()
        if self.server.revocation_endpoint is None:
            self._owed.clear()
            return SignOut(None, request)
        with suppress(OAuthError):
            await drive(_revocation.revocation(self.server, self.client, self._owed))
        return SignOut(not self._owed, request, tuple(kind for kind, _ in self._owed))

    async def _introspect(self) -> Introspection:
        token = await self.fresh_token()
        return await drive(_introspection.introspection(self.server, self.client, token))

    async def _userinfo(self) -> UserInfo:
        token = await self.fresh_token()
        try:
            return await self._asked_userinfo()
        except InvalidToken:
            if await self.renewed_token(token) is None:
                raise
        return await self._asked_userinfo()

    async def _asked_userinfo(self) -> UserInfo:
        exchange = _userinfo.userinfo(self.server, self.client, self._tokens, now=time.time())
        try:
            return await drive(exchange)
        except OAuthError as problem:
            raise self.advised(problem)  # noqa: B904 - itself
