"""Requests that one sign-in has begun, the latest few of which may still be answered."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

from oauth_widgets.signing_in.pending import PendingLogin

_REQUESTS = 4
"""How many offered addresses stay valid: someone may have opened one before a better one."""


class Begun:
    """The latest requests, found by the answer that belongs to each."""

    def __init__(self) -> None:
        self._requests: deque[PendingLogin] = deque(maxlen=_REQUESTS)

    def add(self, pending: PendingLogin) -> None:
        """Accept the answer to `pending` from now on."""
        self._requests.append(pending)

    @property
    def latest(self) -> PendingLogin | None:
        """The request whose address is offered now; None once the sign-in has ended."""
        return self._requests[-1] if self._requests else None

    def answered_by(self, url: str) -> PendingLogin | None:
        """Return the request whose state is in `url`, if it is one of these."""
        try:
            states = parse_qs(urlsplit(url.strip()).query).get("state", [])
        except ValueError:
            return None
        return self.with_state(states[0]) if len(states) == 1 else None

    def with_state(self, state: str) -> PendingLogin | None:
        """Return the request with that state, if it is one of these."""
        return next(
            (pending for pending in tuple(self._requests) if pending.request.state == state), None
        )

    def drop(self, pending: PendingLogin) -> None:
        """Accept no more answers to `pending`."""
        self._requests = deque(
            (other for other in self._requests if other is not pending), _REQUESTS
        )

    def __iter__(self) -> Iterator[PendingLogin]:
        return iter(tuple(self._requests))

    def clear(self) -> None:
        """Accept no more answers."""
        self._requests.clear()
