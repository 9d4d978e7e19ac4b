"""Usage day by day: records as awkward as real ones; the fields' descriptions say how."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any

from oauth_widgets.sandbox.server.profiles.network.network import Dice, Network
from oauth_widgets.sandbox.server.profiles.network.service import Service
from oauth_widgets.sandbox.server.profiles.network.subscribers import in_short
from oauth_widgets.sandbox.server.profiles.scopes import ScopeMeaning

_FIELDS = {
    "id": "ID of the record",
    "subscriber.id": "ID of the subscriber, as in subscribers",
    "subscriber.phone_number": "Phone number, such as +447700900101 (E.164)",
    "day": "Date, YYYY-MM-DD",
    "first_use": "Time with an offset from UTC (RFC 3339)",
    "last_use": "Milliseconds since 1970, or null",
    "received": "Seconds since 1970, with a fraction",
    "reported": "Time in the format of HTTP headers (RFC 9110 5.6.7)",
    "stored_at": "Time in UTC with milliseconds (RFC 3339)",
    "data.down_bytes": "Bytes",
    "data.up_bytes": "Bytes",
    "data.counter": "Bytes since the phone was made: may be above 2**53, too big for a double",
    "minutes": "Mixed: a number of minutes, the word unlimited, or null",
    "messages": "Whole number; left out if there were none",
    "charge": "Mixed: an amount in EUR, or an object of amount and currency",
    "roaming": "Mixed: false, or a list of countries",
    "apps": "List of objects: name, bytes; may be empty",
    "note": "Text; left out of most records",
}
_START = datetime(2026, 1, 1, tzinfo=UTC)
_SUBSCRIBERS = 200
_APPS = ("video", "maps", "music", "mail", "chat")
_COUNTRIES = ("NO", "SE", "NL", "PL", "GB")
_NOTES = ("corrected by hand", "SIM swapped, see 2nd record", 'said "unlimited", was not', "—")


def usage(network: Network, number: int) -> dict[str, Any]:
    """Return the record `number`, counted from 0: one day of one subscriber."""
    dice = network.dice("usage", number)
    day = _START + timedelta(days=number // _SUBSCRIBERS)
    subscriber = in_short(network, number % _SUBSCRIBERS)
    record = {
        "id": f"use-{number + 1:06d}",
        "subscriber": {"id": subscriber["id"], "phone_number": subscriber["phone_number"]},
        "day": day.date().isoformat(),
        **_times(day, dice),
        "data": {
            "down_bytes": dice.roll(4_000_000_000),
            "up_bytes": dice.roll(400_000_000),
            "counter": dice.roll(1 << 62),
        },
        "minutes": dice.pick((dice.roll(300), dice.roll(3000) / 10, "unlimited", None)),
        "charge": _charge(dice),
        "roaming": [dice.pick(_COUNTRIES)] if dice.once_in(6) else False,
        "apps": [
            {"name": dice.pick(_APPS), "bytes": dice.roll(10**9)} for _ in range(dice.roll(4))
        ],
    }
    if not dice.once_in(3):
        record["messages"] = dice.between(1, 80)
    if dice.once_in(20):
        record["note"] = dice.pick(_NOTES)
    return record


def _times(day: datetime, dice: Dice) -> dict[str, Any]:
    first = day + timedelta(seconds=dice.roll(12 * 3600))
    last = first + timedelta(milliseconds=dice.roll(11 * 3600 * 1000))
    received = day + timedelta(days=1, milliseconds=dice.roll(3_600_000))
    local = timezone(timedelta(minutes=dice.pick((0, 60, 120, 330, -210))))
    return {
        "first_use": first.astimezone(local).isoformat(),
        "last_use": None if dice.once_in(15) else int(last.timestamp() * 1000),
        "received": received.timestamp(),
        "reported": format_datetime(received.replace(microsecond=0), usegmt=True),
        "stored_at": received.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }


def _charge(dice: Dice) -> float | dict[str, Any]:
    amount = dice.roll(2000) / 100
    return amount if dice.roll(5) else {"amount": amount, "currency": dice.pick(("NOK", "GBP"))}


USAGE = Service(
    name="usage",
    gives="Each customer's usage, day by day: messy records in five time formats",
    scope=ScopeMeaning(name="usage.read", gives="Read how much each phone subscriber uses"),
    also_needs=("phone",),
    count=6000,
    fields=_FIELDS,
    record=usage,
)
