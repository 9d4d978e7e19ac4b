"""Validated tokens in use."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from oauth_widgets._loop import arun, run
from oauth_widgets.errors import InvalidGrant, InvalidToken, NotSignedIn, OAuthError
from oauth_widgets.flows import introspection as _introspection
from oauth_widgets.flows import refresh as _refresh
from oauth_widgets.flows import revocation as _revocation
from oauth_widgets.flows import userinfo as _userinfo
from oauth_widgets.flows._drive import Exchange, drive
from oauth_widgets.frames import Reading
from oauth_widgets.lending import Lending
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.protocol.introspection import Introspection
from oauth_widgets.protocol.logout import SignOut, logout_request
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.summary import Summary
from oauth_widgets.protocol.userinfo import UserInfo
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.resource import Api, Resource
from oauth_widgets.secret import Secret

_AHEAD = timedelta(seconds=30)


class Session(Reading, Lending):
    """Someone, or a client itself, signed in at one server: `session = await ow.login(…)`.

    In a script one comes of `begin_login`, `client_credentials` or `device_login`. Access tokens
    are renewed ahead of their end where a refresh token is at hand. Each blocking method has an
    awaitable twin with an `a` before its name. After `revoke` or `logout` every use raises
    NotSignedIn. `again` begins another sign-in of the same kind for a wider scope; `fetch` gets
    fresh tokens where that takes neither a person nor a refresh token.
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
        self.server = server
        self.client = client
        self._fetch = fetch
        self._use(tokens)
        self._signed_out = False
        self._watchers: list[Callable[[], None]] = []
        self._again = again
        self._renewing: asyncio.Task[ValidatedTokens] | None = None
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
    def signed_out(self) -> bool:
        """Whether `revoke` or `logout` has ended it here."""
        return self._signed_out

    @property
    def answered(self) -> frozenset[str]:
        """Addresses of the API that took the token, without their queries; the latest 1000."""
        return self._resource.answers

    @property
    def refused_scope(self) -> Scope:
        """What the API's latest refusal named as missing, as far as it is not granted by now."""
        return Scope(self._resource.refused - self.scope)

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed`, on any thread, when tokens are renewed or end, or the API says yes or no.

        Returns what ends that, and does nothing a second time.
        """
        self._watchers.append(changed)

        def stop() -> None:
            if changed in self._watchers:
                self._watchers.remove(changed)

        return stop

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

        Raises InvalidGrant where the server no longer takes the refresh token, which is final.
        """
        run(self._renew())

    async def arefresh(self) -> None:
        """Await `refresh`."""
        await arun(self._renew())

    def revoke(self) -> None:
        """Forget the tokens here, then have the server end them (RFC 7009).

        They are gone here even where the server does not answer and an error is raised.
        """
        run(self._revoke())

    async def arevoke(self) -> None:
        """Await `revoke`."""
        await arun(self._revoke())

    def logout(self, *, post_logout_redirect_uri: str | None = None) -> SignOut:
        """Sign out: forget the tokens here, end them at the server, and say what it confirmed.

        `SignOut.request` has the address to open so that the server's own sign-in ends as well;
        the browser then goes on to `post_logout_redirect_uri`. A silent server is no error.
        """
        return run(self._logout(post_logout_redirect_uri))

    async def alogout(self, *, post_logout_redirect_uri: str | None = None) -> SignOut:
        """Await `logout`."""
        return await arun(self._logout(post_logout_redirect_uri))

    async def fresh_token(self) -> Secret:
        """Return an access token good for a while, renewed ahead of its end (I/O loop only).

        Ahead is 30 seconds, or half of a shorter life.
        """
        tokens = self._tokens
        left = tokens.expires_at - datetime.now(UTC) if tokens.expires_at else self._ahead
        if left < self._ahead and self.renewable:
            try:
                tokens = await self._renew()
            except OAuthError as problem:
                # a passing failure does no harm while the token still holds
                if not problem.retry_may_help or left <= timedelta(0):
                    raise
        return tokens.access_token

    async def renewed_token(self, refused: Secret) -> Secret | None:
        """Return another token than `refused`; None where there is no way to (I/O loop only)."""
        tokens = self._tokens
        if tokens.access_token == refused:
            if not self.renewable:
                return None
            tokens = await self._renew()
        return tokens.access_token

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

    def _tell(self) -> None:
        for changed in tuple(self._watchers):
            changed()

    @property
    def renewable(self) -> bool:
        """Whether fresh tokens can be had without a person."""
        return self._fetch is not None or self._last.refresh_token is not None

    async def _widen(self, wider: Session) -> bool:
        if self._renewing is not None:
            await asyncio.wait([self._renewing])
        here = (self.server, self.client.client_id)
        there = (wider.server, wider.client.client_id)
        if here != there or not wider._tokens.widens(self._tokens):
            return False
        self._use(wider._tokens)
        self._tell()
        return True

    def _use(self, tokens: ValidatedTokens) -> None:
        self._last = tokens
        life = tokens.expires_at - datetime.now(UTC) if tokens.expires_at else _AHEAD
        self._ahead = min(_AHEAD, life / 2)

    @property
    def _tokens(self) -> ValidatedTokens:
        if self._signed_out:
            raise NotSignedIn("This session was signed out.", next_step="Sign in again.")
        return self._last

    async def _forget(self) -> ValidatedTokens:
        renewing, tokens = self._renewing, self._tokens
        self._signed_out = True
        self._tell()
        if renewing is not None:
            # what a renewal under way brings has to be ended as well
            await asyncio.wait([renewing])
            tokens = self._last
        return tokens

    async def _revoke(self) -> None:
        tokens = await self._forget()
        await drive(_revocation.revocation(self.server, self.client, tokens))

    async def _logout(self, post_logout_redirect_uri: str | None) -> SignOut:
        request = None
        if self.server.end_session_endpoint is not None:
            # before anything is forgotten, since it may be refused
            request = logout_request(
                self.server,
                self.client,
                self._tokens.id_token,
                post_logout_redirect_uri=post_logout_redirect_uri,
            )
        tokens = await self._forget()
        confirmed = None
        if self.server.revocation_endpoint is not None:
            try:
                await drive(_revocation.revocation(self.server, self.client, tokens))
                confirmed = True
            except OAuthError:
                confirmed = False
        return SignOut(confirmed, request)

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
        return await drive(exchange)

    async def _renew(self) -> ValidatedTokens:
        # a forked child has its parent's task, but not the loop it runs on
        if self._renewing is None or self._renewing.get_loop() is not asyncio.get_running_loop():
            exchange = self._renewal()
            self._renewing = asyncio.create_task(self._kept(drive(exchange)))
        # one caller giving up must not lose the rotated token for the others
        return await asyncio.shield(self._renewing)

    def _renewal(self) -> Exchange[ValidatedTokens]:
        tokens = self._tokens
        if self._fetch is not None:
            return self._fetch()
        return _refresh.refresh(self.server, self.client, tokens, now=time.time(), keep=self._keep)

    def _keep(self, refresh_token: Secret | None) -> None:
        self._last = replace(self._last, refresh_token=refresh_token)

    async def _kept(self, renewal: Coroutine[Any, Any, ValidatedTokens]) -> ValidatedTokens:
        try:
            self._use(await renewal)
            self._tell()
        except InvalidGrant:
            # final: asking again with the same refresh token cannot help
            self._keep(None)
            self._tell()
            raise
        finally:
            self._renewing = None
        return self._last
