"""Tokens that are refreshed before they expire, once for all callers."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from oauth_widgets._net.loop import check_process
from oauth_widgets.errors import (
    ConfigurationError,
    ForkedProcess,
    InvalidGrant,
    InvalidToken,
    NotSignedIn,
    OAuthError,
)
from oauth_widgets.flows import refresh as _refresh
from oauth_widgets.flows._drive import Exchange, drive
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret

_AHEAD = timedelta(seconds=30)
_log = logging.getLogger(__name__)

Refreshing = Callable[
    [ValidatedTokens, Callable[[Secret], None]], Coroutine[Any, Any, ValidatedTokens]
]
"""Refreshes tokens once. It reports a new refresh token even if the answer is unusable."""


class Keeper(Protocol):
    """Saves a sign-in beyond this process, and lets one process at a time refresh it."""

    @property
    def place(self) -> str:
        """The store's name for people."""

    @property
    def since(self) -> datetime | None:
        """When the person signed in; None if it is no longer saved."""

    async def admitted(self, tokens: ValidatedTokens) -> ValidatedTokens | None:
        """Keep a new sign-in. Returns the tokens of another person's that it replaces, if any."""

    async def renewed(self, refresh: Refreshing) -> ValidatedTokens:
        """Return fresh tokens, already stored. Raises NotSignedIn if the sign-in was ended."""

    async def widened(self, tokens: ValidatedTokens) -> None:
        """Replace the tokens with some that have more scope."""

    async def ended(self) -> ValidatedTokens | None:
        """Stop saving the sign-in, and return its latest tokens."""


class Renewing:
    """The tokens of a session. A forked child may use the access token, but not refresh it.

    `fetch` gets fresh tokens if that takes neither a person nor a refresh token.
    """

    def __init__(
        self,
        server: AuthorizationServer,
        client: ClientMetadata,
        tokens: ValidatedTokens,
        fetch: Callable[[], Exchange[ValidatedTokens]] | None,
        advise: Callable[[OAuthError], OAuthError] | None = None,
    ) -> None:
        self.server = server
        self.client = client
        self.keeper: Keeper | None = None
        self._fetch = fetch
        self._advise = advise
        self._use(tokens)
        self._signed_out = False
        self._process = os.getpid()
        self._watchers: list[Callable[[], None]] = []
        self._renewing: asyncio.Task[ValidatedTokens] | None = None
        self._changing: asyncio.Future[None] | None = None

    @property
    def signed_out(self) -> bool:
        """Whether `revoke` or `logout` has ended it here."""
        return self._signed_out

    @property
    def received_at(self) -> datetime:
        """When the current tokens arrived, as an aware datetime."""
        return self._received_at

    @property
    def renews_at(self) -> datetime | None:
        """When the access token is due for a refresh; None if it won't be refreshed."""
        ends = self._last.expires_at
        return ends - self._ahead if ends and self.renewable else None

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed`, on any thread, if tokens are refreshed or end, or the API answers.

        `changed` must not wait for the network; an exception in it is logged. Returns a function
        that stops this; a second call of it does nothing.

            stop = session.watch(lambda: print("refreshed, ended or used"))
        """
        if not callable(changed):
            raise ConfigurationError(
                f"watch takes a function, not {type(changed).__name__}.",
                next_step='Pass a function: session.watch(lambda: print("refreshed")).',
            )
        self._watchers.append(changed)

        def stop() -> None:
            if changed in self._watchers:
                self._watchers.remove(changed)

        return stop

    async def fresh_token(self) -> Secret:
        """Return an access token, refreshed if it expires soon (I/O loop only).

        Soon means within 30 seconds, or half of a shorter lifetime.
        """
        tokens = self._tokens
        remaining = tokens.expires_at - datetime.now(UTC) if tokens.expires_at else self._ahead
        # check: refresh/ahead
        if remaining < self._ahead and self.renewable:
            try:
                tokens = await self._renew()
            except OAuthError as problem:
                # Neither a temporary failure nor a fork matters while the token is still valid.
                harmless = problem.retry_may_help or isinstance(problem, ForkedProcess)
                if not harmless or remaining <= timedelta(0):
                    raise
        return tokens.access_token

    async def renewed_token(self, refused: Secret) -> Secret | None:
        """Return another token than `refused`; None if there can be none (I/O loop only)."""
        tokens = self._tokens
        if tokens.access_token == refused:
            if not self.renewable:
                return None
            tokens = await self._renew()
        return None if tokens.access_token == refused else tokens.access_token

    def advised(self, problem: OAuthError) -> OAuthError:
        """Return a problem with a next step that fits: `problem = session.advised(problem)`."""
        if self.keeper is not None and not self.renewable and isinstance(problem, InvalidToken):
            # The next card would restore the same token.
            problem.next_step = "Remove the saved sign-in: session.forget(). Then sign in again."
        return problem if self._advise is None else self._advise(problem)

    def _tell(self) -> None:
        for changed in tuple(self._watchers):
            try:
                changed()
            except Exception as problem:  # noqa: BLE001 - neither a refresh nor a sign-out may fail
                why = type(problem).__name__
                # Another error's text may contain what a server said
                if isinstance(problem, OAuthError):
                    why = f"{problem.own_words} {problem.next_step}"
                _log.warning("A function given to session.watch failed: %s", why)

    @property
    def renewable(self) -> bool:
        """Whether the tokens can be refreshed without a person."""
        return self._fetch is not None or self._last.refresh_token is not None

    def _use(self, tokens: ValidatedTokens) -> None:
        self._last = tokens
        self._received_at = datetime.now(UTC)
        life = tokens.expires_at - datetime.now(UTC) if tokens.expires_at else _AHEAD
        self._ahead = min(_AHEAD, life / 2)

    @property
    def _tokens(self) -> ValidatedTokens:
        if self._signed_out:
            raise self.advised(
                NotSignedIn("This session was signed out.", next_step="Sign in again.")
            )
        return self._last

    @asynccontextmanager
    async def _alone(self) -> AsyncIterator[None]:
        """Change the tokens otherwise: no renewal is under way, and those that begin wait."""
        while (before := self._changing or self._renewing) is not None:
            await asyncio.wait([before])
        self._changing = change = asyncio.get_running_loop().create_future()
        try:
            yield
        finally:
            self._changing = None
            change.set_result(None)

    async def _renew(self) -> ValidatedTokens:
        while self._changing and self._changing.get_loop() is asyncio.get_running_loop():
            await asyncio.wait([self._changing])
        # A forked child has its parent's task, but not the loop that runs it.
        if self._renewing is None or self._renewing.get_loop() is not asyncio.get_running_loop():
            self._renewing = asyncio.create_task(self._kept(self._renewal()))
        # If one caller gives up, the others must still get the rotated token.
        return await asyncio.shield(self._renewing)

    def _renewal(self) -> Coroutine[Any, Any, ValidatedTokens]:
        tokens = self._tokens
        if self._fetch is not None:
            return drive(self._fetch())
        check_process(self._process)
        if self.keeper is None:
            return self._refreshed(tokens, self._keep)
        return self.keeper.renewed(self._refreshed_and_spare)

    def _refreshed_and_spare(
        self, tokens: ValidatedTokens, keep: Callable[[Secret], None]
    ) -> Coroutine[Any, Any, ValidatedTokens]:
        def keep_both(refresh_token: Secret) -> None:
            self._keep(refresh_token)
            keep(refresh_token)

        return self._refreshed(tokens, keep_both)

    def _refreshed(
        self, tokens: ValidatedTokens, keep: Callable[[Secret], None]
    ) -> Coroutine[Any, Any, ValidatedTokens]:
        now = time.time()
        return drive(_refresh.refresh(self.server, self.client, tokens, now=now, keep=keep))

    def _keep(self, refresh_token: Secret | None) -> None:
        self._last = replace(self._last, refresh_token=refresh_token)

    async def _kept(self, renewal: Coroutine[Any, Any, ValidatedTokens]) -> ValidatedTokens:
        try:
            self._use(await renewal)
            self._tell()
        except InvalidGrant:
            # Final: asking again with the same refresh token can't help.
            # check: refresh/failure
            self._keep(None)
            self._tell()
            raise
        except NotSignedIn:
            # Another process has signed out, which counts here too.
            self._signed_out = True
            self._tell()
            raise
        finally:
            self._renewing = None
        return self._last
