"""Validated tokens in use."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from oauth_widgets._net.loop import arun, check_process, run
from oauth_widgets.errors import ConfigurationError, InvalidToken, OAuthError, StoreProblem
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
from oauth_widgets.resource.resource import Api, Resource, declared_api
from oauth_widgets.secret import Secret
from oauth_widgets.session.handed_over import (
    UNKNOWN_CLIENT,
    check_known,
    checked,
    handed_over,
    no_more,
)
from oauth_widgets.session.lasts import Lasts, lasts
from oauth_widgets.session.lending import Lending
from oauth_widgets.session.refused import Refused
from oauth_widgets.session.renewal import Keeper, Renewing
from oauth_widgets.session.summary import Summary


class Session(Renewing, Reading, Lending, Refused):
    """Someone, or a client itself, signed in to one server: `session = await ow.login(…)`.

    In a script, `begin_login`, `client_credentials` or `device_login` lead to one. Access tokens
    are refreshed before they expire if there is a refresh token. Each blocking method has an
    awaitable twin with an `a` before its name. After `revoke` or `logout` every use raises
    NotSignedIn. A forked child may use the token; refreshing and signing out raise ForkedProcess
    there. `again` begins another sign-in of the same kind; `fetch` gets fresh tokens if that takes
    neither a person nor a refresh token; `advise` gives an error the next step that fits.

        session.frame("/events")
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
        advise: Callable[[OAuthError], OAuthError] | None = None,
    ) -> None:
        super().__init__(server, client, tokens, fetch, advise)
        self._owed: _revocation.Owed = []
        self._leaving = False
        self._again = again
        self._resource = Resource(self, api, noticed=self._notice)
        self._resolve()

    @classmethod
    def from_token(
        cls,
        server: AuthorizationServer,
        token: str | Secret,
        *,
        client: ClientMetadata | None = None,
        api: str | None = None,
        api_origins: Iterable[str] = (),
        scope: str | Iterable[str] = (),
        expires_at: datetime | None = None,
    ) -> Session:
        """Return a session that uses an access token from elsewhere, until that expires.

        `api` is the address of the API that it is for, if the server doesn't name one, and
        `api_origins` may be sent the token too. `scope` is what the token is good for, and
        `expires_at` an aware datetime, if known. `client` is whom the token was issued to: without
        it, the server can't be asked about the token or end it. Raises ConfigurationError.

            session = ow.Session.from_token(server, ow.Secret.env("MY_TOKEN"), scope="phone")
        """
        return cls(
            *checked(server, client),
            handed_over(token, Scope(scope), expires_at),
            declared_api(server, api, api_origins),
            again=no_more,
        )

    @property
    def access_token(self) -> Secret:
        """The token that APIs accept."""
        return self._tokens.access_token

    @property
    def refresh_token(self) -> Secret | None:
        """The token that refreshes the others; None if the server sent none."""
        return self._tokens.refresh_token

    @property
    def id_token(self) -> IDToken | None:
        """Who signed in; None if `openid` was not granted."""
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
        """When the access token expires, as an aware datetime; None if the server didn't say."""
        return self._last.expires_at

    @property
    def lasts(self) -> Lasts:
        """How long this session can continue without a person, as far as that is known."""
        return lasts(self._last, fetched=self._fetch is not None)

    @property
    def _ends(self) -> datetime | None:
        return self.lasts.until

    @property
    def _who(self) -> Mapping[str, str]:
        who = {"server": self.server.issuer or "", "client": self.client.client_id}
        if self.id_token is not None:
            who["person"] = " ".join(self.id_token.subject)
        return who

    @property
    def answered(self) -> frozenset[str]:
        """Addresses of the API that accepted the token, without their queries; the latest 1000."""
        return self._resource.answers

    def userinfo(self) -> UserInfo:
        """Ask the server who signed in (OIDC Core 5.3): `who = session.userinfo()`."""
        return run(self._userinfo())

    async def auserinfo(self) -> UserInfo:
        """Await `userinfo`."""
        return await arun(self._userinfo())

    def introspect(self) -> Introspection:
        """Ask the server about the access token (RFC 7662): `answer = session.introspect()`."""
        return run(self._introspect())

    async def aintrospect(self) -> Introspection:
        """Await `introspect`."""
        return await arun(self._introspect())

    def __await__(self) -> Generator[Any, None, Session]:
        # What `ask_for` returns for a client without a person can be awaited like a card.
        yield from ()
        return self

    def ask_for(self, scope: str | Iterable[str]) -> Any:  # noqa: ANN401
        """Begin a sign-in for `scope` and what was asked for so far; this session stays as it is.

        Returns a card to await, a PendingLogin or DeviceLogin to finish, or a client's session.

            pending = session.ask_for("subscribers.read")
        """
        return self._again(Scope([*self.requested_scope, *Scope(scope)]))

    def request(self, scope: str | Iterable[str]) -> Any:  # noqa: ANN401
        """Do as `ask_for` does, under its earlier name: `pending = session.request("phone")`."""
        return self.ask_for(scope)

    def widen(self, wider: Session) -> bool:
        """Take over the tokens of `wider`, a later sign-in for more; return whether that worked.

        If it is for someone else, or for less, nothing changes. Don't use `wider` afterwards.
        Raises NotSignedIn.

            session.widen(wider)
        """
        return run(self._widen(wider))

    def refresh(self) -> None:
        """Refresh the tokens now (RFC 6749 6). If that fails, the old ones remain.

        Raises InvalidGrant if the server no longer takes the refresh token, which is final, and
        ForkedProcess in a forked child.

            session.refresh()
        """
        run(self._renew())

    async def arefresh(self) -> None:
        """Await `refresh`."""
        await arun(self._renew())

    def revoke(self) -> None:
        """Forget the tokens here, then have the server end them (RFC 7009).

        They are gone here even if the server does not answer and an error is raised. In that case,
        call it again: it retries what the server has not confirmed.

            session.revoke()
        """
        run(self._revoke())

    async def arevoke(self) -> None:
        """Await `revoke`."""
        await arun(self._revoke())

    def logout(self, *, post_logout_redirect_uri: str | None = None) -> SignOut:
        """Sign out: forget the tokens here, end them at the server, and say what it confirmed.

        `SignOut.request` has the address to open so that the server's own sign-in ends too;
        the browser then continues to `post_logout_redirect_uri`. A silent server is no error:
        `SignOut.unconfirmed` names what it has not ended, and calling again asks once more.

            left = session.logout()
        """
        return run(self.ended(post_logout_redirect_uri))

    async def alogout(self, *, post_logout_redirect_uri: str | None = None) -> SignOut:
        """Await `logout`."""
        return await arun(self.ended(post_logout_redirect_uri))

    def forget(self) -> None:
        """Remove the saved copy of this sign-in, if there is one. This session stays usable.

        Other processes that use the sign-in have to sign in again. To end it at the server too,
        call `logout`. Raises a kind of StoreProblem.

            session.forget()
        """
        run(self._forget())

    async def aforget(self) -> None:
        """Await `forget`."""
        await arun(self._forget())

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
            renewable=self.lasts.renewable,
        )

    async def _widen(self, wider: Session) -> bool:
        check_process(self._process)
        if not isinstance(wider, Session):
            raise ConfigurationError(
                f"widen takes a session, not {type(wider).__name__}.",
                next_step="Pass what session.ask_for(…) returned.",
            )
        here = (self.server, self.client.client_id)
        there = (wider.server, wider.client.client_id)
        async with self._alone():
            if here != there or not wider._tokens.widens(self._tokens):
                return False
            if self.keeper is not None:
                await self.keeper.widened(wider._tokens)
            self._use(wider._tokens)
        self._tell()
        return True

    async def keep(self, keeper: Keeper) -> None:
        """Keep this sign-in with `keeper` from now on (I/O loop only).

        If it replaces another person's sign-in, that one is revoked at the server. Raises
        WrongSubject if the keeper is for someone else, or a kind of StoreProblem.
        """
        async with self._alone():
            replaced = await keeper.admitted(self._tokens)
            self.keeper = keeper
        if replaced is not None:
            owed = _revocation.owed_of(replaced)
            with suppress(OAuthError):
                await drive(_revocation.revocation(self.server, self.client, owed))

    async def _forget(self) -> None:
        check_process(self._process)
        async with self._alone():
            if self.keeper is None:
                return
            latest = await self.keeper.ended()
            self.keeper = None
            if latest is not None:
                self._use(latest)
        self._tell()

    async def _sign_out(self) -> StoreProblem | None:
        """Sign out here and wherever else the saved sign-in is used. Returns what went wrong."""
        check_process(self._process)
        if self._owed and not self._leaving:
            return None
        changing = self._changing or self._renewing
        self._owed = _revocation.owed_of(self._last if self._leaving else self._tokens)
        # check: revocation/confirmed, logout/order
        self._leaving = self._signed_out = True
        self._tell()
        # check: revocation/confirmed
        if changing is not None:
            # The tokens of a refresh in progress have to be revoked too.
            await asyncio.wait([changing])
            self._owed = _revocation.owed_of(self._last)
        try:
            latest = None if self.keeper is None else await self.keeper.ended()
        except StoreProblem as problem:
            return problem
        if latest is not None:
            self._owed = _revocation.owed_of(latest)
        # If this call is interrupted before this line, the next call begins again.
        self._leaving = False
        return None

    async def _revoke(self) -> None:
        check_known(self.client)
        problem = await self._sign_out()
        await drive(_revocation.revocation(self.server, self.client, self._owed))
        if problem is not None:
            raise problem

    async def ended(self, post_logout_redirect_uri: str | None = None) -> SignOut:
        """Do what `logout` does (I/O loop only)."""
        request = None
        if self.server.end_session_endpoint is not None:
            # Made before anything is forgotten, since it may be refused.
            request = logout_request(
                self.server,
                self.client,
                self._last.id_token,
                post_logout_redirect_uri=post_logout_redirect_uri,
            )
        problem = await self._sign_out()
        known = self.client is not UNKNOWN_CLIENT
        revocable = known and self.server.revocation_endpoint is not None
        if not revocable:
            self._owed.clear()
        with suppress(OAuthError):
            await drive(_revocation.revocation(self.server, self.client, self._owed))
        if problem is not None:
            # It has ended here and at the server by now, so the saved copy is useless.
            raise problem
        if not revocable:
            return SignOut(None, request)
        return SignOut(not self._owed, request, tuple(kind for kind, _ in self._owed))

    async def _introspect(self) -> Introspection:
        check_known(self.client)
        token = await self.fresh_token()
        return await drive(_introspection.introspection(self.server, self.client, token))

    async def _userinfo(self) -> UserInfo:
        token = await self.fresh_token()
        try:
            return await self._request_userinfo()
        except InvalidToken:
            if await self.renewed_token(token) is None:
                raise
        return await self._request_userinfo()

    async def _request_userinfo(self) -> UserInfo:
        exchange = _userinfo.userinfo(self.server, self.client, self._tokens, now=time.time())
        try:
            return await drive(exchange)
        except OAuthError as problem:
            raise self.advised(problem)  # noqa: B904 - itself
