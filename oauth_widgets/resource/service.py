"""What an API offers at one address, and the scopes that it requires."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import check_text
from oauth_widgets.errors.members import names_nearest_member
from oauth_widgets.protocol.scope import Scope


@names_nearest_member("A service")
@dataclass(frozen=True, kw_only=True)
class Service:
    """One service of an API and the scopes that it requires, all of them at once.

    `gives` says in plain words what it gives. `address` is the beginning of its addresses, absolute
    or relative to the API, such as `/events`; without one, it never counts as used. `scopes` may
    have commas or spaces between the names. Raises ConfigurationError.

        events = ow.Service(name="events", scopes="events.read phone", address="/events")
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
        if not check_text(name, "name of the service"):
            raise ConfigurationError(
                "A service needs a name.", next_step='Pass a name: ow.Service(name="events", …).'
            )
        check_text(gives, "description that the service gives")
        if address is not None and not check_text(address, "address of the service"):
            raise ConfigurationError(
                "The address of the service is empty.",
                next_step='Pass address="/events", or leave it out.',
            )
        names = scopes.replace(",", " ") if isinstance(scopes, str) else scopes
        values = {"name": name, "scopes": Scope(names), "gives": gives, "address": address}
        for member, value in values.items():
            object.__setattr__(self, member, value)

    def at(self, api: str | None) -> Service:
        """Return it with its absolute address: `service.at("https://api.example")`."""
        if self.address is None or api is None or "://" in self.address:
            return self
        return replace(self, address=f"{api.rstrip('/')}/{self.address.lstrip('/')}")

    def has(self, url: str) -> bool:
        """Return whether `url` is at or below it: `service.has("https://api.example/events/7")`."""
        check_text(url, "address")
        return self.address is not None and f"{url}/".startswith(f"{self.address.rstrip('/')}/")
