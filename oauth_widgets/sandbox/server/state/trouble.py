"""Trouble on request: slow answers, temporary refusals and a rate limit."""

from __future__ import annotations

import asyncio
import math
import time
from collections import deque
from dataclasses import dataclass
from email.utils import formatdate
from typing import TypeVar

from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.state.grants import Grant
from oauth_widgets.sandbox.server.wire import Params

K = TypeVar("K")
V = TypeVar("V")

PARAMETERS = {
    "delay": "How many seconds every answer takes, 0 to 30, such as 0.05",
    "fail": "Refuse pages at first, with this status: 401, 429, 500 or 503",
    "fail_at": "Refuse only the page with this number, from 1; by default every page",
    "times": "How many times a page is refused before it is sent, 1 to 1000000; by default 1. "
    "With 401 the first token is refused for good, as if it had just expired",
    "retry_after": "What Retry-After says in a 429 or 503: seconds, 0 to 60; by default 1",
    "retry_as": "The format of Retry-After: seconds, date (RFC 9110 5.6.7) or none",
    "rate": "How many requests are answered per second, 1 to 1000; the others get 429",
}
_STATUS = {
    "401": ("invalid_token", "The access token has expired, or is treated as if it had."),
    "429": ("temporarily_unavailable", "Too many requests; wait as long as Retry-After says."),
    "500": ("server_error", "The API failed, as the request asked it to."),
    "503": ("temporarily_unavailable", "The API is down; wait as long as Retry-After says."),
}
_KEPT = 10_000  # callers and pages remembered


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """The trouble that a request asks for; times in seconds, `rate` in requests per second."""

    delay: float
    fail: str
    fail_at: int
    times: int
    retry_after: int
    retry_as: str
    rate: int

    @classmethod
    def read(cls, query: Params) -> Trouble:
        """Return the trouble in `query`; raises Refusal for a value out of bounds."""
        return cls(
            delay=query.seconds("delay", 30),
            fail=query.one_of("fail", "none", ("none", *_STATUS)),
            fail_at=query.whole("fail_at", 0, 1, 1_000_000),
            times=query.whole("times", 1, 1, 1_000_000),
            retry_after=query.whole("retry_after", 1, 0, 60),
            retry_as=query.one_of("retry_as", "seconds", ("seconds", "date", "none")),
            rate=query.whole("rate", 0, 1, 1000),
        )

    def headers(self) -> dict[str, str]:
        """Return the headers of a 429 or 503."""
        if self.retry_as == "date":
            # HTTP dates have whole seconds; rounding up keeps callers from returning too early.
            later = math.ceil(time.time()) + self.retry_after
            return {"Retry-After": formatdate(later, usegmt=True)}
        return {} if self.retry_as == "none" else {"Retry-After": str(self.retry_after)}


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who asks for which page: the access token, the grant behind it, the page's address."""

    token: str
    grant: Grant
    place: str


class TroubleRefusal(Refusal):
    """A refusal that the request asked for, with the headers to send."""

    def __init__(self, status: str, headers: dict[str, str]) -> None:
        error, description = _STATUS[status]
        challenge = None
        if status == "401":
            challenge = f'Bearer realm="sandbox", error="{error}"'
        super().__init__(error, description, status=int(status), challenge=challenge)
        self.headers = headers


class Troubles:
    """Counts refusals and requests of each caller; only the event loop may use it."""

    def __init__(self) -> None:
        self._refused: dict[tuple[str, str], int] = {}
        self._expired: dict[tuple[Grant, str], str] = {}
        self._calls: dict[str, deque[float]] = {}

    async def meet(self, trouble: Trouble, caller: Caller, page: int) -> None:
        """Wait as asked, and raise TroubleRefusal if page number `page` is to be refused."""
        if trouble.delay:
            await asyncio.sleep(trouble.delay)
        if trouble.rate and not self._is_within(trouble.rate, caller.token):
            raise TroubleRefusal("429", trouble.headers())
        if trouble.fail == "none" or trouble.fail_at not in {0, page}:
            return
        if trouble.fail == "401":
            self._expire(caller)
        else:
            self._refuse(trouble, caller)

    def _refuse(self, trouble: Trouble, caller: Caller) -> None:
        key = (caller.token, caller.place)
        before = self._refused.pop(key, 0)
        # Forgotten once the page was sent, so that fetching it again meets the same trouble.
        if before < trouble.times:
            _keep(self._refused, key, before + 1)
            retry = {} if trouble.fail == "500" else trouble.headers()
            raise TroubleRefusal(trouble.fail, retry)

    def _expire(self, caller: Caller) -> None:
        key = (caller.grant, caller.place)
        if self._expired.get(key, caller.token) == caller.token:
            _keep(self._expired, key, caller.token)
            raise TroubleRefusal("401", {})
        del self._expired[key]

    def _is_within(self, rate: int, token: str) -> bool:
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
