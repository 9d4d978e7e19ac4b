"""Tokens that are renewed ahead of their end, once for all who need them."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from oauth_widgets._net.loop import check_process
from oauth_widgets.errors import (
    ConfigurationError,
    ForkedProcess,
    InvalidGrant,
    NotSignedIn,
    OAuthError,
    for_a_client,
)
from oauth_widgets.flows import refresh as _refresh
from oauth_widgets.flows._drive import Exchange, drive
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret

_AHEAD = timedelta(seconds=30)


class Renewing:
    """What a session lives on. A forked child may use the token, but not renew it.

    `fetch` gets fresh tokens where that takes neither a person nor a refresh token.
    """

    def __init__(
        self,
        server: AuthorizationServer,
        client: ClientMetadata,
        tokens: ValidatedTokens,
        fetch: Callable[[], Exchange[ValidatedTokens]] | None,
    ) -> None:
        self.server = server
        self.client = client
        self._fetch = fetch
        self._use(tokens)
        self._signed_out = False
        self._process = os.getpid()
        self._watchers: list[Callable[[], None]] = []
        self._renewing: asyncio.Task[ValidatedTokens] | None = None

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
        """When the access token is due for renewal; None if it won't be renewed."""
        ends = self._last.expires_at
        return ends - self._ahead if ends and self.renewable else None

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed`, on any thread, when tokens are renewed or end, or the API says yes or no.

        Returns what ends that, and does nothing a second time.
        """
        if not callable(changed):
            raise ConfigurationError(f"watch takes what to call, not {type(changed).__name__}.")
        self._watchers.append(changed)

        def stop() -> None:
            if changed in self._watchers:
                self._watchers.remove(changed)

        return stop

    async def fresh_token(self) -> Secret:
        """Return an access token good for a while, renewed ahead of its end (I/O loop only).

        Ahead is 30 seconds, or half of a shorter life.
        """
        tokens = self._tokens
        left = tokens.expires_at - datetime.now(UTC) if tokens.expires_at else self._ahead
        # check: refresh/ahead
        if left < self._ahead and self.renewable:
            try:
                tokens = await self._renew()
            except OAuthError as problem:
                # Neither a passing failure nor a fork does harm while the token still holds.
                harmless = problem.retry_may_help or isinstance(problem, ForkedProcess)
                if not harmless or left <= timedelta(0):
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

    def advised(self, problem: OAuthError) -> OAuthError:
        """Return `problem` with a next step that fits who signed in here."""
        return problem if self._fetch is None else for_a_client(problem)

    def _tell(self) -> None:
        for changed in tuple(self._watchers):
            changed()

    @property
    def renewable(self) -> bool:
        """Whether fresh tokens can be had without a person."""
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
        check_process(self._process)
        return _refresh.refresh(self.server, self.client, tokens, now=time.time(), keep=self._keep)

    def _keep(self, refresh_token: Secret | None) -> None:
        self._last = replace(self._last, refresh_token=refresh_token)

    async def _kept(self, renewal: Coroutine[Any, Any, ValidatedTokens]) -> ValidatedTokens:
        try:
            self._use(await renewal)
            self._tell()
        except InvalidGrant:
            # final: asking again with the same refresh token cannot help
            # check: refresh/failure
            self._keep(None)
            self._tell()
            raise
        finally:
            self._renewing = None
        return self._last
