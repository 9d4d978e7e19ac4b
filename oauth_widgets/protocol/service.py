"""What an API offers at one address, and what opens it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.scope import Scope


@dataclass(frozen=True, kw_only=True)
class Service:
    """One service of an API and the scopes that it requires, all of them at once.

    `gives` says in plain words what it gives. `address` is what its addresses begin with; without
    one it never counts as used. Raises ConfigurationError.
    """

    name: str
    scopes: Scope
    gives: str = ""
    address: str | None = None

    def __init__(
        self,
        *,
        name: str,
        scopes: str | Iterable[str],
        gives: str = "",
        address: str | None = None,
    ) -> None:
        if not name:
            raise ConfigurationError("A service needs a name.")
        values = {"name": name, "scopes": Scope(scopes), "gives": gives, "address": address}
        for member, value in values.items():
            object.__setattr__(self, member, value)

    def has(self, url: str) -> bool:
        """Whether `url` is this service's address, or below it."""
        return self.address is not None and f"{url}/".startswith(f"{self.address.rstrip('/')}/")
