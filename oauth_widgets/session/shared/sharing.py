"""The client's half of a shared session: it alone refreshes tokens, and answers workers."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Protocol

from distributed import Client

from oauth_widgets._net.loop import start
from oauth_widgets.errors import ClusterProblem, ConfigurationError, NotSignedIn, OAuthError
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.resource.gate import gate_to
from oauth_widgets.resource.resource import Resource
from oauth_widgets.secret import Secret
from oauth_widgets.session.shared.clusters import (
    check_client,
    check_workers,
    is_private,
    on_workers,
)
from oauth_widgets.session.shared.mailbox import pause, post, refuse, topic, wipe
from oauth_widgets.session.shared.sealing import seal

_SAME_PAUSE = 0.05
"""Seconds by which a pause has to be longer than the one that the workers know."""


class Sharer(Protocol):
    """What is needed of a session that is shared."""

    _resource: Resource

    @property
    def scope(self) -> Scope:
        """What was granted."""

    @property
    def expires_at(self) -> datetime | None:
        """When the access token expires."""

    @property
    def renews_at(self) -> datetime | None:
        """When the access token is due for a refresh."""

    @property
    def renewable(self) -> bool:
        """Whether the tokens can be refreshed without a person."""

    @property
    def signed_out(self) -> bool:
        """Whether the session has ended."""

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call `changed` if tokens change."""

    async def fresh_token(self) -> Secret:
        """Return a token that hasn't expired."""

    async def renewed_token(self, refused: Secret) -> Secret | None:
        """Return another token."""


class Sharing:
    """A session that is shared with a cluster, until `end` (I/O loop only).

    Workers ask by an event of the cluster, with a key to seal the answer for. It knows no other
    workers, so one that joins later is like the first.
    """

    def __init__(self, session: Sharer, client: Client) -> None:
        self.identity = secrets.token_hex(8)
        self.session = session
        self.client = client
        self._token: Secret | None = None
        self._number = 0
        self._keys: dict[str, bytes] = {}
        self._shut: dict[str, float] = {}
        self._stop_watching: Callable[[], None] = lambda: None
        self._ended: str | None = None

    async def begin(self) -> None:
        """Check the cluster and the session, and answer from now on.

        Raises ConfigurationError, WorkerUnprepared, or what keeps the session from having a token.
        """
        check_client(self.client)
        # Otherwise each worker would take the first address that it is asked for.
        # check: shared/origin
        if not self.session._resource.origins:  # noqa: SLF001 - a session's inner side is ours
            raise ConfigurationError(
                "This session doesn't know its API yet, so workers couldn't tell where the token "
                "may go.",
                next_step="Pass the API when you sign in: api=….",
            )
        await check_workers(self.client)
        self._note(await self.session.fresh_token())
        self.client.loop.add_callback(
            self.client.subscribe_topic, topic(self.identity), self._heard
        )
        self._stop_watching = self.session.watch(self._watch)

    async def end(self, why: str) -> None:
        """Wipe the token from the workers, and answer no more. Raises ClusterProblem."""
        if self._ended is not None:
            return
        self._stop_watching()
        self._ended, self._token = why, None
        self._keys.clear()
        try:
            await on_workers(self.client, None, wipe, self.identity, why)
        except ClusterProblem as problem:
            problem.message += " Its workers keep the access token until it expires."
            problem.next_step = "To end the token now, call session.revoke()."
            raise

    def _watch(self) -> None:
        start(self._changed())

    def _heard(self, event: tuple[float, dict[str, Any]]) -> None:
        """Take an event of the cluster; called on Dask's loop, which must not wait."""
        _, said = event
        answers = {"token": self._asked, "pause": self._paused}
        if said.get("kind") in answers:
            start(answers[said["kind"]](said))

    async def _asked(self, said: dict[str, Any]) -> None:
        """Answer a worker that has no token, one that was refused, or one about to expire."""
        address, before = said["worker"], self._number
        if self._ended is not None:
            await self._run([address], wipe, self._ended)
            return
        # check: shared/transport
        if not is_private(address):
            return
        self._keys[address] = bytes.fromhex(said["key"])
        last = False
        try:
            token = await self.session.fresh_token()
            if said["refused"] and token == self._token and said["number"] == self._number:
                other = await self.session.renewed_token(token)
                last = other is None
                token = other or token
        except OAuthError as problem:
            await self._run([address], refuse, problem)
            return
        self._note(token)
        if self._number == before or last:
            await self._post(address, last=last)

    async def _paused(self, said: dict[str, Any]) -> None:
        """Tell all other workers that an API wants no requests for a while."""
        origin, now = said["origin"], time.monotonic()
        until = now + said["seconds"]
        if until < self._shut.get(origin, 0.0) + _SAME_PAUSE:
            return
        self._shut[origin] = until
        gate_to(origin).shut_for(said["seconds"])
        others = [address for address in self._keys if address != said["worker"]]
        if others:
            await self._run(others, pause, origin, said["seconds"], about=False)

    async def _changed(self) -> None:
        """Take note that the session has other tokens, or has ended."""
        if self._ended is not None:
            return
        if self.session.signed_out:
            await self.end("The shared session was signed out.")
            return
        try:
            self._note(await self.session.fresh_token())
        except (NotSignedIn, OAuthError):
            # Whoever asks gets to know.
            return

    def _note(self, token: Secret) -> None:
        """Send a token to all workers if it is another one."""
        # It may have ended while the token was on its way.
        if self._ended is not None or token == self._token:
            return
        self._token = token
        self._number += 1
        for address in self._keys:
            start(self._post(address))

    async def _post(self, address: str, *, last: bool = False) -> None:
        token, key = self._token, self._keys.get(address)
        if token is None or key is None:
            return
        session, now, here = self.session, datetime.now(UTC), time.monotonic()
        api = session._resource  # noqa: SLF001 - likewise
        letter = {
            "number": self._number,
            "token": token.reveal(),
            "due": _seconds(session.renews_at, now),
            "ends": _seconds(session.expires_at, now),
            "renewable": session.renewable,
            "is_last": last or not session.renewable,
            "scope": sorted(session.scope),
            "base": api.base,
            "origins": sorted(api.origins),
            "pauses": {at: until - here for at, until in self._shut.items() if until > here},
        }
        # check: shared/sealed
        sealed = seal(json.dumps(letter).encode(), key, self.identity)
        await self._run([address], post, sealed)

    async def _run(
        self,
        workers: list[str],
        act: Callable[..., Any],
        *given: Any,  # noqa: ANN401
        about: bool = True,
    ) -> None:
        named = (self.identity, *given) if about else given
        try:
            reached = await on_workers(self.client, workers, act, *named)
        except ClusterProblem:
            return
        for address in workers:
            if address not in reached:
                self._keys.pop(address, None)


def _seconds(moment: datetime | None, now: datetime) -> float | None:
    return None if moment is None else (moment - now).total_seconds()
