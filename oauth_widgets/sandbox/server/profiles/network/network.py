"""An invented mobile operator: each record follows from the seed and the record's number.

So a page of any length costs only its own rows, and nothing is stored.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from oauth_widgets.sandbox.server.profiles.people import Person

T = TypeVar("T")

_SCARCE = 1 << 64


# Compared by identity, since a cache looks the network up for every row.
@dataclass(frozen=True, eq=False)
class Network:
    """A mobile operator; `people` are its first subscribers, so they find their own data."""

    seed: int
    people: tuple[Person, ...]

    def dice(self, kind: str, number: int) -> Dice:
        """Return the dice that decide record `number` of a kind."""
        return Dice(f"{self.seed} {kind} {number}")


class Dice:
    """Dice whose throws depend on `seed` only, on every machine and version of Python.

    One hash is enough for some twenty throws; seeding `random.Random` takes as long as making a
    whole record.
    """

    def __init__(self, seed: str) -> None:
        self._digest = hashlib.blake2b(seed.encode()).digest()
        self._entropy = int.from_bytes(self._digest, "big")

    def roll(self, sides: int) -> int:
        """Return a whole number from 0 to `sides` - 1."""
        if self._entropy < _SCARCE:
            self._digest = hashlib.blake2b(self._digest).digest()
            self._entropy = int.from_bytes(self._digest, "big")
        self._entropy, rolled = divmod(self._entropy, sides)
        return rolled

    def between(self, least: int, most: int) -> int:
        """Return a whole number from `least` to `most`."""
        return least + self.roll(most - least + 1)

    def once_in(self, times: int) -> bool:
        """Return True once in `times` throws, on average."""
        return self.roll(times) == 0

    def pick(self, among: Sequence[T]) -> T:
        """Return one of `among`."""
        return among[self.roll(len(among))]
