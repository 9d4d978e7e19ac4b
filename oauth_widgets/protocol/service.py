"""What an API offers at one address, and what opens it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.members import names_nearest_member
from oauth_widgets.protocol.scope import Scope


@names_nearest_member("A service")
@dataclass(frozen=True, kw_only=True)
class Service:
    """One service of an API and the scopes that it requires, all of them at once.

    `gives` says in plain words what it gives. `address` is what its addresses begin with, absolute
    or relative to the server's API; without one it never counts as used. Raises ConfigurationError.
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
        # A comma separates names in a description written by hand.
        names = scopes.replace(",", " ") if isinstance(scopes, str) else scopes
        values = {"name": name, "scopes": Scope(names), "gives": gives, "address": address}
        for member, value in values.items():
            object.__setattr__(self, member, value)

    def under(self, api: str | None) -> Service:
        """Return the service with an absolute address, if its own is relative to `api`."""
        if api is None or not (self.address or "").startswith("/"):
            return self
        return replace(self, address=f"{api.rstrip('/')}{self.address}")

    def has(self, url: str) -> bool:
        """Whether `url` is this service's address, or below it."""
        return self.address is not None and f"{url}/".startswith(f"{self.address.rstrip('/')}/")
