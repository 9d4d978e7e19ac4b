"""Radio cells: what the operator publishes about its masts. No person is in them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oauth_widgets._sandbox.network.network import Network

COUNT = 400
FIELDS = {
    "id": "Name of the cell, as in events",
    "technology": "4G or 5G",
    "bands": "List of whole numbers: frequency bands, in MHz",
    "location.city": "Nearest city",
    "location.latitude": "Degrees north",
    "location.longitude": "Degrees east",
    "height_m": "Metres above ground, or null",
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


# Events name cells over and over; as many are kept as the network has by default.
@lru_cache(maxsize=COUNT)
def cell(network: Network, number: int) -> dict[str, Any]:
    """Return the cell `number` (from 0); shared, so not to be changed."""
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
