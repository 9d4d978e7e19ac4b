"""Trouble on request: slow answers, refusals that pass, a limit to the rate."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from dataclasses import dataclass
from email.utils import formatdate
from typing import TYPE_CHECKING, TypeVar

from oauth_widgets._sandbox.api.parameters import one_of, seconds, whole
from oauth_widgets._sandbox.refusals import Refusal

if TYPE_CHECKING:
    from oauth_widgets._sandbox.grants import Grant
    from oauth_widgets._sandbox.wire import Params

K = TypeVar("K")
V = TypeVar("V")

PARAMETERS = {
    "delay": "Seconds that every answer takes, 0 to 30, as 0.05",
    "fail": "Refuse pages with this status first: 401, 429, 500 or 503",
    "fail_at": "Refuse only the page of this number, from 1; every page unless given",
    "times": "How often a page is refused before it is given, 1 to 1000000; 1 unless given. "
    "With 401 the token that comes first is refused for good, as if it had run out just then",
    "retry_after": "What Retry-After says beside 429 and 503: seconds, 0 to 60; 1 unless given",
    "retry_as": "How Retry-After says it: seconds, date (RFC 9110 5.6.7) or none",
    "rate": "Answer so many requests in a second, 1 to 1000; 429 beyond",
}
_STATUS = {
    "401": ("invalid_token", "The access token has run out, or is made out to have."),
    "429": ("temporarily_unavailable", "Too many requests; wait as long as Retry-After says."),
    "500": ("server_error", "The API failed, as it was asked to."),
    "503": ("temporarily_unavailable", "The API is down; wait as long as Retry-After says."),
}
_KEPT = 10_000  # callers and pages remembered


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What a request asks for; `delay` and `retry_after` are seconds, `rate` is per second."""

    delay: float
    fail: str
    fail_at: int
    times: int
    retry_after: int
    retry_as: str
    rate: int

    @classmethod
    def read(cls, query: Params) -> Trouble:
        """Return the trouble in `query`; raises Refusal for what is out of bounds."""
        return cls(
            delay=seconds(query, "delay", 30),
            fail=one_of(query, "fail", "none", ("none", *_STATUS)),
            fail_at=whole(query, "fail_at", 0, 1, 1_000_000),
            times=whole(query, "times", 1, 1, 1_000_000),
            retry_after=whole(query, "retry_after", 1, 0, 60),
            retry_as=one_of(query, "retry_as", "seconds", ("seconds", "date", "none")),
            rate=whole(query, "rate", 0, 1, 1000),
        )

    def headers(self) -> dict[str, str]:
        """Return what goes with 429 and 503."""
        if self.retry_as == "date":
            # Whole seconds only: rounded up, so that nobody comes back too early.
            later = math.ceil(time.time()) + self.retry_after
            return {"Retry-After": formatdate(later, usegmt=True)}
        return {} if self.retry_as == "none" else {"Retry-After": str(self.retry_after)}


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks for what: the access token's value, the grant behind it, the page's address."""

    token: str
    grant: Grant
    place: str


class TroubleRefusal(Refusal):
    """A refusal that was asked for, with the headers that belong to it."""

    def __init__(self, status: str, headers: dict[str, str]) -> None:
        error, description = _STATUS[status]
        challenge = None
        if status == "401":
            challenge = f'Bearer realm="sandbox", error="{error}"'
        super().__init__(error, description, status=int(status), challenge=challenge)
        self.headers = headers


class Troubles:
    """Who was refused what, and who asks how often; only the event loop uses it."""

    def __init__(self) -> None:
        self._refused: dict[tuple[str, str], int] = {}
        self._run_out: dict[tuple[Grant, str], str] = {}
        self._calls: dict[str, deque[float]] = {}

    async def meet(self, trouble: Trouble, caller: Caller, page: int) -> None:
        """Be as slow as asked; raise TroubleRefusal where one is due for page `page`, from 1."""
        if trouble.delay:
            await asyncio.sleep(trouble.delay)
        if trouble.rate and not self._within(trouble.rate, caller.token):
            raise TroubleRefusal("429", trouble.headers())
        if trouble.fail == "none" or trouble.fail_at not in {0, page}:
            return
        if trouble.fail == "401":
            self._run_out_of(caller)
        else:
            self._refuse(trouble, caller)

    def _refuse(self, trouble: Trouble, caller: Caller) -> None:
        key = (caller.token, caller.place)
        before = self._refused.pop(key, 0)
        # Forgotten once the page was given: the same fetch meets the same trouble tomorrow.
        if before < trouble.times:
            _keep(self._refused, key, before + 1)
            retry = {} if trouble.fail == "500" else trouble.headers()
            raise TroubleRefusal(trouble.fail, retry)

    def _run_out_of(self, caller: Caller) -> None:
        key = (caller.grant, caller.place)
        if self._run_out.get(key, caller.token) == caller.token:
            _keep(self._run_out, key, caller.token)
            raise TroubleRefusal("401", {})
        del self._run_out[key]

    def _within(self, rate: int, token: str) -> bool:
        calls, now = self._calls.get(token) or deque(), time.monotonic()
        while calls and calls[0] <= now - 1:
            calls.popleft()
        if len(calls) >= rate:
            return False
        calls.append(now)
        _keep(self._calls, token, calls)
        return True


def _keep(table: dict[K, V], key: K, value: V) -> None:
    table[key] = value
    while len(table) > _KEPT:
        del table[next(iter(table))]
