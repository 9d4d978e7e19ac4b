"""The operator: whose seed, and which of its subscribers can sign in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from oauth_widgets._sandbox.network.dice import Dice

if TYPE_CHECKING:
    from oauth_widgets._sandbox.person import Person


# Compared by identity: what is remembered for one network is looked up for every row.
@dataclass(frozen=True, eq=False)
class Network:
    """A mobile operator; `people` are its first subscribers, so whoever signs in finds theirs."""

    seed: int
    people: tuple[Person, ...]

    def dice(self, kind: str, number: int) -> Dice:
        """Return the dice that decide record `number` of a kind."""
        return Dice(f"{self.seed} {kind} {number}")
