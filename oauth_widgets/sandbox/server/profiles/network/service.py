"""One service of a sample API: its records, and the scopes it requires."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from oauth_widgets.sandbox.server.profiles.network.network import Network
from oauth_widgets.sandbox.server.profiles.scopes import ScopeMeaning

Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Service:
    """A list of records at one address.

    `scope` is the service's own; `also_needs` names the other scopes it requires. `record` makes
    the record with a given number, counted from 0, and `count` is the length of the list unless
    a request asks for another. `fields` describes every field by its dotted name, in the order
    of CSV columns.
    """

    name: str
    gives: str
    scope: ScopeMeaning
    also_needs: tuple[str, ...] = ()
    count: int
    fields: Mapping[str, str]
    record: Callable[[Network, int], Row]

    @property
    def scopes(self) -> tuple[str, ...]:
        """Every scope that a token needs here."""
        return (self.scope.name, *self.also_needs)
