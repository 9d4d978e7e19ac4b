"""A worker's half of a shared session: it asks for a token, and keeps the letter with it.

Letters are kept on the I/O loop of `_net`. What the client runs here (`post`, `refuse`, `wipe`)
hands them over to that loop, since it is called on the worker's.
"""

from __future__ import annotations

import asyncio
import copy
import json
import math
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary, proxy

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from distributed import Worker

from oauth_widgets._net.loop import start
from oauth_widgets.errors import ClientGone, NotShared, OAuthError
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.resource.gate import gate_to
from oauth_widgets.resource.resource import Api
from oauth_widgets.secret import Secret
from oauth_widgets.session.shared.sealing import new_key, public, unseal

PATIENCE = 30.0
"""Seconds that a worker waits for the client's answer."""

BETWEEN = 1.0
"""Seconds between two questions, if there is no answer."""


def topic(identity: str) -> str:
    """Return the topic of the cluster's events under which workers ask."""
    return f"oauth-widgets/{identity}"


@dataclass(frozen=True)
class Letter:
    """A token and what it is good for. `number` counts the tokens of a shared session.

    `due` and `ends` are times of `time.monotonic`. `is_last` says that there is no other token
    for now. `pauses` has the seconds for which an origin wants no requests.
    """

    number: int
    token: Secret = field(repr=False)
    due: float
    ends: float
    renewable: bool
    is_last: bool
    scope: Scope
    api: Api
    pauses: dict[str, float]

    @classmethod
    def read(cls, text: bytes) -> Letter:
        """Return what the client wrote."""
        said = json.loads(text)
        now = time.monotonic()
        ends = math.inf if said["ends"] is None else now + said["ends"]
        return cls(
            number=said["number"],
            token=Secret(said["token"]),
            due=math.inf if said["due"] is None else now + said["due"],
            ends=ends if said["renewable"] else math.inf,
            renewable=said["renewable"],
            is_last=said["is_last"],
            scope=Scope(said["scope"]),
            api=Api(said["base"], frozenset(said["origins"])),
            pauses=said["pauses"],
        )


class Mailbox:
    """The latest token of one shared session at one worker; a TokenSource (I/O loop only)."""

    def __init__(self, worker: Worker, identity: str) -> None:
        self._worker = worker
        self._identity = identity
        self._letter: Letter | None = None
        self._ended: OAuthError | None = None
        self._waiting: dict[asyncio.Future[Letter], int] = {}
        self._latest_question = (-1, -math.inf)

    async def letter(self) -> Letter:
        """Return a letter, the first if there is none yet. Raises NotShared or ClientGone."""
        return self._open or await self._after(0)

    @property
    def scope(self) -> Scope:
        """What the token is good for."""
        return Scope() if self._letter is None else self._letter.scope

    @property
    def renewable(self) -> bool:
        """Whether the client can get another token without a person."""
        return self._letter is None or self._letter.renewable

    def advised(self, problem: OAuthError) -> OAuthError:
        """Return `problem` as it is."""
        return problem

    async def fresh_token(self) -> Secret:
        """Return a token that hasn't expired; ask for the next one ahead of that."""
        letter, now = await self.letter(), time.monotonic()
        if now >= letter.ends:
            return (await self._after(letter.number)).token
        if now >= letter.due:
            self._ask(letter.number)
        return letter.token

    async def renewed_token(self, refused: Secret) -> Secret | None:
        """Return another token than `refused`; None if the client can't get one."""
        letter = await self.letter()
        if letter.token == refused:
            letter = await self._after(letter.number, refused=True)
        return None if letter.token == refused else letter.token

    def take(self, letter: Letter) -> None:
        """Keep a letter, and hand it to whoever waits for it."""
        if self._ended is not None:
            return
        if self._letter is None or letter.number >= self._letter.number:
            self._letter = letter
        for waiting, after in self._waiting.items():
            if not waiting.done() and (letter.number > after or letter.is_last):
                waiting.set_result(letter)
        for origin, seconds in letter.pauses.items():
            gate_to(origin).shut_for(seconds)

    def fail(self, problem: OAuthError) -> None:
        """Tell whoever waits that there is no token now."""
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_exception(copy.copy(problem))

    def wipe(self, reason: OAuthError) -> None:
        """Forget the token for good."""
        # check: shared/wiped
        self._letter = None
        # check: shared/wiped
        self._ended = reason
        self.fail(reason)

    @property
    def _open(self) -> Letter | None:
        if self._ended is not None:
            raise copy.copy(self._ended)
        return self._letter

    async def _after(self, number: int, *, refused: bool = False) -> Letter:
        """Return a later letter than the one with `number`, asking until it is there."""
        letter = self._open
        if letter is not None and letter.number > number:
            return letter
        waiting: asyncio.Future[Letter] = asyncio.get_running_loop().create_future()
        self._waiting[waiting] = number
        until = time.monotonic() + PATIENCE
        try:
            while time.monotonic() < until:
                self._ask(number, refused=refused)
                done, _ = await asyncio.wait([waiting], timeout=BETWEEN)
                if done:
                    return waiting.result()
        finally:
            del self._waiting[waiting]
        raise ClientGone(
            f"The client that shares this session hasn't answered for {PATIENCE:g} seconds."
        )

    def _ask(self, number: int, *, refused: bool = False) -> None:
        """Ask the client for a later token than `number`, once for all who wait for it."""
        question, now = 2 * number + refused, time.monotonic()
        latest, at = self._latest_question
        if question <= latest and now < at + BETWEEN:
            return
        self._latest_question = max(question, latest), now
        self._worker.log_event(
            topic(self._identity),
            {
                "kind": "token",
                "worker": self._worker.address,
                "key": public(_key()).hex(),
                "number": number,
                "refused": refused,
            },
        )


_mailboxes: WeakKeyDictionary[Worker, dict[str, Mailbox]] = WeakKeyDictionary()


def mailbox_of(worker: Worker, identity: str) -> Mailbox:
    """Return the mailbox of a shared session at `worker` (I/O loop only)."""
    all_here = _mailboxes.setdefault(worker, {})
    if identity not in all_here:
        # Otherwise a worker that has left would be kept.
        all_here[identity] = Mailbox(proxy(worker), identity)
    return all_here[identity]


@cache
def _key() -> X25519PrivateKey:
    return new_key()


def post(identity: str, sealed: bytes, *, dask_worker: Any) -> bool:  # noqa: ANN401 - Dask's name
    """Hand in a letter here; return whether it could be opened."""
    text = unseal(sealed, _key(), identity)
    if text is None:
        return False
    letter = Letter.read(text)
    _hand_over(lambda: mailbox_of(dask_worker, identity).take(letter))
    return True


def refuse(identity: str, problem: OAuthError, *, dask_worker: Any) -> None:  # noqa: ANN401
    """Say here why there is no token now."""
    _hand_over(lambda: mailbox_of(dask_worker, identity).fail(problem))


def wipe(identity: str, why: str, *, dask_worker: Any) -> None:  # noqa: ANN401
    """Forget the token here."""
    _hand_over(lambda: mailbox_of(dask_worker, identity).wipe(NotShared(why))).result()


def pause(origin: str, seconds: float) -> None:
    """Have requests from here to `origin` wait."""
    _hand_over(lambda: gate_to(origin).shut_for(seconds))


def _hand_over(act: Callable[[], None]) -> Future[None]:
    """Do `act` on the I/O loop."""

    async def acting() -> None:
        act()

    return start(acting())
