"""What makes one kind of authorization server differ from another: facts and policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from oauth_widgets._sandbox.client import Client
    from oauth_widgets._sandbox.policy import Policy


@dataclass(frozen=True, kw_only=True)
class Paths:
    """Where the endpoints are, from the issuer on; None where the profile has none.

    `device` is the page where a person types the code that a device shows (RFC 8628 3.3); it is
    a sibling of the authorization endpoint.
    """

    authorization: str
    token: str
    userinfo: str
    end_session: str
    revocation: str
    jwks: str
    introspection: str | None = None
    device_authorization: str | None = None
    device: str | None = None

    def page(self, name: str) -> str:
        """Return the path of one of the server's own pages: beside the authorization endpoint.

        Being siblings, the pages can name each other without knowing the prefix they run under.
        """
        return f"{self.authorization.rpartition('/')[0]}/{name}"


@dataclass(frozen=True, kw_only=True)
class ScopeMeaning:
    """A scope and what it gives, in words for the person who is asked to agree.

    `personal` scopes speak about the person who signed in. `identifier` ones stand for a value
    that identifies the person, which introspection then tells a resource server (O8). `brings`
    says to a client's developer what comes of it beside that.
    """

    name: str
    gives: str
    brings: str = ""
    personal: bool = False
    identifier: bool = False
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One kind of authorization server with its API.

    `clients` makes the registered clients from a seed; the first one is the default.
    """

    name: str
    title: str
    paths: Paths
    policy: Policy
    scopes: tuple[ScopeMeaning, ...]
    clients: Callable[[int], tuple[Client, ...]]

    def meaning(self, scope: str) -> ScopeMeaning:
        """Return what `scope` means; one of a client's own naming says little."""
        known = {meaning.name: meaning for meaning in self.scopes}
        return known.get(scope) or ScopeMeaning(name=scope, gives="Use a service of its own")

    def claims(self, *scopes: str) -> tuple[str, ...]:
        """Return the claims that `scopes`, or without any all scopes, tell, each once."""
        names = scopes or tuple(meaning.name for meaning in self.scopes)
        told = (claim for name in names for claim in self.meaning(name).claims)
        return tuple(dict.fromkeys(told))
