"""One session's access to a saved sign-in, which sessions of other processes share."""

from __future__ import annotations

import asyncio
import hashlib
import re
import secrets
import shlex
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager, suppress
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from oauth_widgets.errors import InvalidGrant, NotSignedIn, OAuthError, StoreProblem
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret
from oauth_widgets.session.kept import record as _record
from oauth_widgets.session.kept.lock import locked
from oauth_widgets.session.kept.record import Record
from oauth_widgets.session.kept.store import Store, folder, open_store
from oauth_widgets.session.renewal import Refreshing

_SOON = timedelta(seconds=5)
_UNSAFE = re.compile(r"[^A-Za-z0-9_.-]")


class Keeper:
    """Keeps one sign-in: of the connection `name`, or of server and client if that is empty.

    `entry` is its name in the store, if that isn't made of `name`, server and client.
    `admits` raises if the tokens are not those of the person that the connection is for; `asks`
    says that someone is there whom a locked keyring may ask for its password. Methods that wait
    for other processes or the disk are awaited on the I/O loop. Raises a kind of StoreProblem.
    """

    def __init__(
        self,
        kind: str,
        bound: Mapping[str, Any],
        *,
        name: str = "",
        entry: str = "",
        admits: Callable[[ValidatedTokens], None] = lambda _: None,
        asks: bool = True,
    ) -> None:
        self._name = name
        self._store: Store = open_store(kind, asks=asks)
        self._bound = dict(bound)
        self._slot = entry or slot(name, bound)
        self._lock = folder() / f"{self._slot}.lock"
        self._admits = admits
        self._record: Record | None = None

    @property
    def place(self) -> str:
        """The store's name for people."""
        return self._store.place

    @property
    def removal(self) -> str:
        """The command that removes what is saved."""
        return f"oauth-widgets logout {shlex.quote(self._name or self._slot)}"

    @property
    def beforehand(self) -> str:
        """How to sign in before a run without a person; "" without a connection."""
        if not self._name:
            return ""
        return (
            f"Sign in once in a terminal: oauth-widgets login {shlex.quote(self._name)}. Then call "
            f'ow.session("{self._name}") here.'
        )

    @property
    def since(self) -> datetime | None:
        """When the person signed in; None if nothing is saved."""
        return self._record.since if self._record else None

    def anew(self) -> Keeper:
        """Return a keeper for another sign-in of the same connection."""
        other = copy(self)
        other._record = None  # noqa: SLF001 - one of ours
        return other

    def probe(self) -> None:
        """Raise a StoreProblem if nothing could be saved here. Blocks."""
        self._store.probe()

    async def restored(self) -> ValidatedTokens | None:
        """Return the saved tokens, if they are for this server, client, scope and API.

        Raises WrongSubject if they are not those of the person that the connection is for.
        """
        found = await self._read()
        # check: kept/bound
        if found is None or found.bound != self._bound:
            return None
        self._admits(found.tokens)
        self._record = found
        return found.tokens

    async def admitted(self, tokens: ValidatedTokens) -> ValidatedTokens | None:
        """Keep a new sign-in. Returns the tokens of another person's that it replaces, if any.

        Those of another server aren't returned, since the caller ends them at this one.
        """
        self._admits(tokens)
        async with self._turn():
            old = await self._read()
            fresh = Record(
                bound=self._bound,
                generation=secrets.token_hex(8),
                renewals=0,
                since=datetime.now(UTC),
                tokens=tokens,
            )
            await self._write(fresh)
        # check: kept/bound
        if old is None or not _record.same_server(old.bound, self._bound):
            return None
        return old.tokens if _person(old.tokens) != _person(tokens) else None

    async def renewed(self, refresh: Refreshing) -> ValidatedTokens:
        """Return fresh tokens: those that another process got meanwhile, or else refreshed ones.

        Raises NotSignedIn if the sign-in was ended or replaced by another process.
        """
        async with self._turn():
            own, found = self._record, await self._read()
            # check: kept/generation
            if own is None or found is None or found.generation != own.generation:
                self._record = None
                raise NotSignedIn(
                    "This sign-in was ended, or replaced by another one, in another process.",
                    next_step="Sign in again.",
                )
            # check: kept/taken-over
            if found.renewals > own.renewals:
                self._record = found
            else:
                # A refresh token is spent only if its successor can be written.
                await self._write(own)
            # They differ if another process, or this session, has refreshed since.
            if found.renewals != own.renewals and _good(self._latest.tokens):
                return self._latest.tokens
            return await self._refreshed(self._latest.tokens, refresh)

    async def widened(self, tokens: ValidatedTokens) -> None:
        """Replace this sign-in's tokens with some that have more scope."""
        async with self._turn():
            found = await self._read()
            if found is not None and self._record is not None:
                latest = replace(self._record, renewals=found.renewals + 1, tokens=tokens)
                await self._write(latest)

    async def ended(self) -> ValidatedTokens | None:
        """Forget the sign-in here and in the store. Returns its latest tokens.

        A sign-in that has replaced it stays.
        """
        own = self._record
        if own is None:
            return None
        async with self._turn():
            found = await self._read()
            # check: kept/generation
            if found is None or found.generation != own.generation:
                self._record = None
                return None
            await asyncio.to_thread(self._store.erase, self._slot)
        # Only now: if the store refuses, the next call tries again.
        self._record = None
        return found.tokens if found.renewals >= own.renewals else own.tokens

    def erase(self) -> None:
        """Remove what is saved, even if it can't be read. Blocks."""
        self._store.erase(self._slot)

    @property
    def _latest(self) -> Record:
        if self._record is None:
            raise NotSignedIn("There is no saved sign-in.", next_step="Sign in again.")
        return self._record

    async def _refreshed(self, tokens: ValidatedTokens, refresh: Refreshing) -> ValidatedTokens:
        spare: list[Secret] = []
        try:
            fresh = await refresh(tokens, spare.append)
        except InvalidGrant:
            # Final: the same refresh token can't help any other process either.
            with suppress(StoreProblem):
                await asyncio.to_thread(self._store.erase, self._slot)
            raise
        except OAuthError:
            if spare:
                # The old refresh token is spent, though the answer can't be used.
                await self._renew(replace(tokens, refresh_token=spare[0]))
            raise
        await self._renew(fresh)
        return fresh

    async def _renew(self, tokens: ValidatedTokens) -> None:
        latest = self._latest
        await self._write(replace(latest, renewals=latest.renewals + 1, tokens=tokens))

    def _turn(self) -> AbstractAsyncContextManager[None]:
        return locked(self._lock)

    async def _read(self) -> Record | None:
        text = await asyncio.to_thread(self._store.read, self._slot)
        return None if text is None else _record.read(text)

    async def _write(self, record: Record) -> None:
        # Stored here first: if the disk fails, this process still has the newest tokens.
        self._record = record
        await asyncio.to_thread(self._store.write, self._slot, _record.written(record))


def slot(name: str, bound: Mapping[str, Any]) -> str:
    """Return the name in the store: readable, and different for another server or client."""
    identity = f"{name}\n{bound['issuer']}\n{bound['client_id']}"
    digest = hashlib.sha256(identity.encode()).hexdigest()[:16]
    return f"{_readable(name)}-{digest}"


def slots(name: str) -> list[str]:
    """Return the slots of that name that have a file, for whichever server and client."""
    files = sorted(folder().glob("*.json"))
    return [file.stem for file in files if file.stem[:-17] == _readable(name)]


def _readable(name: str) -> str:
    return _UNSAFE.sub("_", name)[:40] or "unnamed"


def _good(tokens: ValidatedTokens) -> bool:
    return tokens.expires_at is None or tokens.expires_at > datetime.now(UTC) + _SOON


def _person(tokens: ValidatedTokens) -> tuple[str, str] | None:
    return tokens.id_token.subject if tokens.id_token else None
