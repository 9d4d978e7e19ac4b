"""Invented events of a mobile operator, each made on the fly from the seed and its number."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from oauth_widgets._sandbox.person import PEOPLE

COUNT = 3200
_START = datetime(2026, 1, 1, tzinfo=UTC)
_SPACING = 540  # seconds between two events, on average
_SUBSCRIBERS = 60
_PLANS = (
    {"name": "Basic", "data_gb": 5},
    {"name": "Family", "data_gb": 40},
    {"name": "Unlimited", "data_gb": None},
)
_PLACES = (
    ("Oslo", 59.913, 10.752),
    ("Bergen", 60.393, 5.324),
    ("Utrecht", 52.091, 5.122),
    ("Malmö", 55.605, 13.004),
    ("Gdańsk", 54.352, 18.646),
)


def event(seed: int, number: int) -> dict[str, Any]:
    """Return the event `number` (from 0); times are UTC, durations seconds, volumes bytes."""
    dice = random.Random(seed * 1_000_003 + number)  # noqa: S311 - sample data, no secret
    kind = dice.choice(("call", "call", "message", "data", "data", "data"))
    begin = _START + timedelta(seconds=number * _SPACING + dice.randrange(_SPACING))
    # A call that nobody answered has a beginning only.
    answered = kind != "call" or dice.random() > 0.15
    length = dice.randrange(5, 1800) if answered and kind != "message" else None
    return {
        "id": f"evt-{number + 1:06d}",
        "type": kind,
        "direction": None if kind == "data" else dice.choice(("incoming", "outgoing")),
        "started_at": _stamp(begin),
        "ended_at": _stamp(begin + timedelta(seconds=length)) if length else None,
        "duration_seconds": length,
        "bytes": dice.randrange(10_000, 900_000_000) if kind == "data" else None,
        "subscriber": _subscriber(dice.randrange(_SUBSCRIBERS)),
        "peer": None if kind == "data" else {"phone_number": _phone(dice.randrange(1000))},
        "cell": _cell(dice),
        "cost": {"amount": round(dice.random() * 3, 2), "currency": "EUR"},
    }


def _phone(number: int) -> str:
    return f"+447700900{number:03d}"


def _stamp(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _subscriber(number: int) -> dict[str, Any]:
    # The people who sign in are subscribers too: alice finds her own calls in the data.
    numbers = [person.phone_number for person in PEOPLE]
    phone = numbers[number] if number < len(numbers) else _phone(200 + number)
    return {
        "id": f"sub-{number + 1:04d}",
        "phone_number": phone,
        "plan": _PLANS[number % len(_PLANS)],
    }


def _cell(dice: random.Random) -> dict[str, Any]:
    city, latitude, longitude = dice.choice(_PLACES)
    location = {
        "city": city,
        "latitude": round(latitude + dice.uniform(-0.05, 0.05), 5),
        "longitude": round(longitude + dice.uniform(-0.05, 0.05), 5),
    }
    return {
        "id": f"cell-{dice.randrange(400):03d}",
        "technology": dice.choice(("4G", "5G")),
        "location": location if dice.random() > 0.1 else None,
    }
