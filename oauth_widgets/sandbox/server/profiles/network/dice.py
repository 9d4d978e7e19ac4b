"""Dice that fall the same way for the same seed, on every machine and version of Python."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

T = TypeVar("T")

_SCARCE = 1 << 64


class Dice:
    """A row of throws that follows from `seed`.

    One hash holds some twenty throws: seeding `random.Random` takes as long as a whole record.
    """

    def __init__(self, seed: str) -> None:
        self._digest = hashlib.blake2b(seed.encode()).digest()
        self._left = int.from_bytes(self._digest, "big")

    def roll(self, sides: int) -> int:
        """Return a whole number from 0 to `sides` - 1."""
        if self._left < _SCARCE:
            self._digest = hashlib.blake2b(self._digest).digest()
            self._left = int.from_bytes(self._digest, "big")
        self._left, rolled = divmod(self._left, sides)
        return rolled

    def between(self, least: int, most: int) -> int:
        """Return a whole number from `least` to `most`."""
        return least + self.roll(most - least + 1)

    def once_in(self, times: int) -> bool:
        """Tell whether something happens that happens once in so many times."""
        return self.roll(times) == 0

    def pick(self, among: Sequence[T]) -> T:
        """Return one of `among`."""
        return among[self.roll(len(among))]
