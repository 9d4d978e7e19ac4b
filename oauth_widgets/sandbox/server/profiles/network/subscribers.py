"""Subscribers: people with a phone and a plan, as nested records with lists and gaps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from oauth_widgets.sandbox.server.profiles.network.network import Dice, Network
from oauth_widgets.sandbox.server.profiles.network.service import Service
from oauth_widgets.sandbox.server.profiles.scopes import ScopeMeaning

_FIELDS = {
    "id": "ID of the subscriber, as in events and usage",
    "name": "Full name",
    "phone_number": "Phone number (E.164); none of them can be called",
    "email": "Email address, or null",
    "status": "active, suspended or closed",
    "since": "Date of the contract, YYYY-MM-DD",
    "last_seen_at": "Time in UTC (RFC 3339), or null when the phone is off",
    "plan.name": "Name of the plan",
    "plan.data_gb": "Gigabytes a month, or null for no limit",
    "plan.price.amount": "Price per month",
    "plan.price.currency": "Currency, such as EUR (ISO 4217)",
    "address.street": "Street and number; all of address may be null",
    "address.postcode": "Postcode",
    "address.city": "City",
    "address.country": "Country, such as NO (ISO 3166)",
    "sims": "List of objects: iccid, kind, activated_at; may be empty",
    "tags": "List of words; often empty",
}
_START = datetime(2026, 1, 1, tzinfo=UTC)
_PLANS = (("Basic", 5, 9.9), ("Family", 40, 24.5), ("Unlimited", None, 39.0))
_FIRST = ("Ada", "Bjørn", "Chloé", "Dirk", "Elif", "Frida", "Goran", "Hanne", "Iva", "Jürgen")
_FAMILY = ("Aasen", "Bakker", "Çelik", "Dvořák", "Eriksen", "Fjeld", "Green", "Haugen", "Ivić")
_CITIES = (
    ("Oslo", "NO", "01{:02d}"),
    ("Bergen", "NO", "50{:02d}"),
    ("Utrecht", "NL", "35{:02d} AB"),
    ("Malmö", "SE", "211 {:02d}"),
    ("Gdańsk", "PL", "80-0{:02d}"),
)
_STREETS = ("Storgata", "Kirkegata", "Dorpsstraat", "Södra vägen", "ulica Długa")
_TAGS = ("business", "roaming", "student", "late payer")


def subscriber(network: Network, number: int) -> dict[str, Any]:
    """Return the subscriber `number`, counted from 0."""
    dice = network.dice("subscriber", number)
    known = in_short(network, number)
    last_seen = _START + timedelta(seconds=dice.roll(30 * 24 * 3600))
    return {
        **known,
        **_person(network, number, dice),
        "status": "active" if dice.roll(10) else dice.pick(("suspended", "closed")),
        "since": f"{dice.between(2008, 2025)}-{dice.between(1, 12):02d}-{dice.between(1, 28):02d}",
        "last_seen_at": None if dice.once_in(9) else stamp(last_seen),
        "plan": {
            **known["plan"],
            "price": {"amount": _PLANS[number % len(_PLANS)][2], "currency": "EUR"},
        },
        "address": None if dice.once_in(8) else _address(dice),
        "sims": [_sim(dice) for _ in range(dice.pick((0, 1, 1, 1, 2)))],
        "tags": [dice.pick(_TAGS)] if dice.once_in(4) else [],
    }


# Events and usage name the busiest subscribers again and again.
@lru_cache(maxsize=256)
def in_short(network: Network, number: int) -> dict[str, Any]:
    """Return what other records contain of a subscriber; it is cached, so do not change it."""
    name, data_gb, _ = _PLANS[number % len(_PLANS)]
    return {
        "id": f"sub-{number + 1:04d}",
        "phone_number": phone_number(network, number),
        "plan": {"name": name, "data_gb": data_gb},
    }


def phone_number(network: Network, number: int) -> str:
    """Return the phone number of subscriber `number`; no two have the same."""
    if number < len(network.people):
        return network.people[number].phone_number
    # Ofcom reserves +44 7700 900000 to 900999 for fiction; country code 999 is unassigned.
    return f"+447700900{200 + number:03d}" if number < 800 else f"+999{number:08d}"


def stamp(moment: datetime) -> str:
    """Return a time in UTC in the format of RFC 3339."""
    return moment.isoformat().replace("+00:00", "Z")


def _person(network: Network, number: int, dice: Dice) -> dict[str, str | None]:
    first, family = dice.pick(_FIRST), dice.pick(_FAMILY)
    if number < len(network.people):
        person = network.people[number]
        return {"name": person.name, "email": person.email}
    email = None if dice.once_in(5) else f"{first[0].lower()}{number + 1}@example.org"
    return {"name": f"{first} {family}", "email": email}


def _address(dice: Dice) -> dict[str, str]:
    city, country, postcode = dice.pick(_CITIES)
    return {
        "street": f"{dice.pick(_STREETS)} {dice.between(1, 140)}",
        "postcode": postcode.format(dice.between(10, 99)),
        "city": city,
        "country": country,
    }


def _sim(dice: Dice) -> dict[str, str]:
    return {
        "iccid": f"8999{dice.roll(10**15):015d}",
        "kind": dice.pick(("eSIM", "plastic")),
        "activated_at": stamp(_START - timedelta(hours=dice.between(1, 40_000))),
    }


SUBSCRIBERS = Service(
    name="subscribers",
    gives="The operator's customers and their plans: nested records with lists and gaps",
    scope=ScopeMeaning(name="subscribers.read", gives="Read the list of phone subscribers"),
    also_needs=("phone",),
    count=1200,
    fields=_FIELDS,
    record=subscriber,
)
