"""Network events: calls, messages and data sessions, as clean records."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from oauth_widgets.sandbox.server.profiles.network import cells
from oauth_widgets.sandbox.server.profiles.network.network import Dice, Network
from oauth_widgets.sandbox.server.profiles.network.service import Service
from oauth_widgets.sandbox.server.profiles.network.subscribers import in_short, stamp
from oauth_widgets.sandbox.server.profiles.scopes import ScopeMeaning

_FIELDS = {
    "id": "ID of the event",
    "type": "call, message or data",
    "direction": "incoming or outgoing; null for data",
    "started_at": "Time in UTC (RFC 3339); events are in this order",
    "ended_at": "Time in UTC, or null for a message or an unanswered call",
    "duration_seconds": "Seconds, or null",
    "bytes": "Bytes down and up, for data only",
    "subscriber.id": "ID of the subscriber, as in subscribers",
    "subscriber.phone_number": "Phone number, such as +447700900101 (E.164)",
    "subscriber.plan.name": "Name of the plan",
    "subscriber.plan.data_gb": "Gigabytes a month, or null for no limit",
    "peer.phone_number": "Phone number of the other party; for data, peer is null",
    "cell.id": "ID of the cell, as in cells",
    "cell.technology": "4G or 5G",
    "cell.location.city": "Nearest city; all of location may be null",
    "cell.location.latitude": "Degrees north",
    "cell.location.longitude": "Degrees east",
    "cost.amount": "Price of the event",
    "cost.currency": "Currency, such as EUR (ISO 4217)",
}
_START = datetime(2026, 1, 1, tzinfo=UTC)
_SPACING = 540  # seconds between two events, on average
_SUBSCRIBERS = 60
_KINDS = ("call", "call", "message", "data", "data", "data")


def event(network: Network, number: int) -> dict[str, Any]:
    """Return the event `number`, counted from 0; times in UTC, durations in seconds."""
    dice = network.dice("event", number)
    kind = dice.pick(_KINDS)
    begin = _START + timedelta(seconds=number * _SPACING + dice.roll(_SPACING))
    # An unanswered call has a start and no end.
    answered = kind != "call" or not dice.once_in(7)
    length = dice.between(5, 1800) if answered and kind != "message" else None
    return {
        "id": f"evt-{number + 1:06d}",
        "type": kind,
        "direction": None if kind == "data" else dice.pick(("incoming", "outgoing")),
        "started_at": stamp(begin),
        "ended_at": stamp(begin + timedelta(seconds=length)) if length else None,
        "duration_seconds": length,
        "bytes": dice.between(10_000, 900_000_000) if kind == "data" else None,
        "subscriber": in_short(network, dice.roll(_SUBSCRIBERS)),
        "peer": None if kind == "data" else {"phone_number": f"+447700900{dice.roll(1000):03d}"},
        "cell": _cell(network, dice),
        "cost": {"amount": dice.roll(300) / 100, "currency": "EUR"},
    }


def _cell(network: Network, dice: Dice) -> dict[str, Any]:
    cell = cells.cell(network, dice.roll(cells.COUNT))
    known = not dice.once_in(10)
    return {
        "id": cell["id"],
        "technology": cell["technology"],
        "location": cell["location"] if known else None,
    }


EVENTS = Service(
    name="events",
    gives="Calls, messages and data sessions: clean records, a good place to start",
    scope=ScopeMeaning(name="events.read", gives="Read network events: calls, messages, data use"),
    also_needs=("phone",),
    count=3200,
    fields=_FIELDS,
    record=event,
)
