"""A bounded table with random handles, whose entries expire."""

from __future__ import annotations

import secrets
import time
from typing import Generic, TypeVar

T = TypeVar("T")


class Expiring(Generic[T]):
    """Values under handles that cannot be guessed, each kept for at most `lifetime` seconds.

    Beyond `limit` entries the oldest are dropped, so a sandbox that runs for weeks stays small.
    Not thread-safe: only the server's event loop may use it.
    """

    def __init__(self, lifetime: float, *, limit: int = 2_000) -> None:
        self.lifetime = lifetime
        self._limit = limit
        self._entries: dict[str, tuple[float, T]] = {}

    def add(self, value: T, handle: str | None = None) -> str:
        """Keep `value` and return its handle: by default 256 random bits, safe in a URL."""
        handle = handle or secrets.token_urlsafe(32)
        self._entries[handle] = (time.time() + self.lifetime, value)
        self._sweep()
        return handle

    def get(self, handle: str | None) -> T | None:
        """Return the value under `handle`; None if it is unknown or expired."""
        self._sweep()
        entry = self._entries.get(handle) if handle else None
        return entry[1] if entry else None

    def pop(self, handle: str) -> T | None:
        """Return the value under `handle` and forget it."""
        value = self.get(handle)
        self._entries.pop(handle, None)
        return value

    def values(self) -> list[T]:
        """Return every value that has not expired."""
        self._sweep()
        return [value for _, value in self._entries.values()]

    def _sweep(self) -> None:
        # All entries have the same lifetime, so they expire in the order they were added.
        now = time.time()
        while self._entries:
            oldest = next(iter(self._entries))
            if len(self._entries) <= self._limit and self._entries[oldest][0] > now:
                return
            del self._entries[oldest]
