"""Radio cells: what an operator publishes about its cell towers, with no personal data."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from oauth_widgets.sandbox.server.profiles.network.network import Network
from oauth_widgets.sandbox.server.profiles.network.service import Service
from oauth_widgets.sandbox.server.profiles.scopes import ScopeMeaning

COUNT = 400
_FIELDS = {
    "id": "ID of the cell, as in events",
    "technology": "4G or 5G",
    "bands": "List of whole numbers: frequency bands, in MHz",
    "location.city": "Nearest city",
    "location.latitude": "Degrees north",
    "location.longitude": "Degrees east",
    "height_m": "Meters above ground, or null",
    "in_service_since": "Date, YYYY-MM-DD",
    "load": "Share of the capacity in use, 0 to 1",
}
_PLACES = (
    ("Oslo", 59.913, 10.752),
    ("Bergen", 60.393, 5.324),
    ("Utrecht", 52.091, 5.122),
    ("Malmö", 55.605, 13.004),
    ("Gdańsk", 54.352, 18.646),
)
_BANDS = {"4G": ((800,), (800, 1800), (1800, 2600)), "5G": ((700,), (700, 3600), (3600,))}


# Events name the same cells again and again, so every cell of the default network is kept.
@lru_cache(maxsize=COUNT)
def cell(network: Network, number: int) -> dict[str, Any]:
    """Return the cell `number`, counted from 0; it is cached, so do not change it."""
    dice = network.dice("cell", number)
    city, latitude, longitude = dice.pick(_PLACES)
    technology = dice.pick(("4G", "5G"))
    return {
        "id": f"cell-{number:03d}",
        "technology": technology,
        "bands": list(dice.pick(_BANDS[technology])),
        "location": {
            "city": city,
            "latitude": round(latitude + dice.between(-5000, 5000) / 100_000, 5),
            "longitude": round(longitude + dice.between(-5000, 5000) / 100_000, 5),
        },
        "height_m": None if dice.once_in(12) else dice.between(9, 60),
        "in_service_since": (
            f"{dice.between(2012, 2025)}-{dice.between(1, 12):02d}-{dice.between(1, 28):02d}"
        ),
        "load": dice.between(2, 97) / 100,
    }


CELLS = Service(
    name="cells",
    gives="Cell towers: nothing personal, so a program can read them without a person",
    scope=ScopeMeaning(name="cells.read", gives="Read the locations of cell towers"),
    count=COUNT,
    fields=_FIELDS,
    record=cell,
)
