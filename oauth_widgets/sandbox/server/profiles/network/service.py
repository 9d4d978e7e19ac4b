"""The services of the API: what each gives, and which scopes open it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from oauth_widgets._sandbox.network import cells, events, subscribers, usage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from oauth_widgets._sandbox.network import Network

    Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Service:
    """A list of records behind one address.

    `record` makes the record of a number (from 0), `count` says how many there are unless a
    request asks for more. `fields` describes every field by its dotted name, in the order of
    CSV columns.
    """

    name: str
    gives: str
    scopes: tuple[str, ...]
    count: int
    fields: Mapping[str, str]
    record: Callable[[Network, int], Row]


SERVICES = (
    Service(
        name="events",
        gives="Calls, messages and data sessions: well-behaved records, to begin with",
        scopes=("events.read", "phone"),
        count=events.COUNT,
        fields=events.FIELDS,
        record=events.event,
    ),
    Service(
        name="subscribers",
        gives="People with a phone and a plan: nested two deep, with lists and missing parts",
        scopes=("subscribers.read", "phone"),
        count=subscribers.COUNT,
        fields=subscribers.FIELDS,
        record=subscribers.subscriber,
    ),
    Service(
        name="usage",
        gives="Usage day by day: five forms of time, mixed types, big numbers, fields left out",
        scopes=("usage.read", "phone"),
        count=usage.COUNT,
        fields=usage.FIELDS,
        record=usage.usage,
    ),
    Service(
        name="cells",
        gives="Radio cells: no phone numbers, so a program may read it without a person",
        scopes=("cells.read",),
        count=cells.COUNT,
        fields=cells.FIELDS,
        record=cells.cell,
    ),
)
