"""What makes one kind of authorization server differ from another: facts and policies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from oauth_widgets._sandbox.client import Client


@dataclass(frozen=True, kw_only=True)
class Paths:
    """Where the endpoints are, from the issuer on."""

    authorization: str
    token: str
    userinfo: str
    end_session: str
    revocation: str
    jwks: str

    def page(self, name: str) -> str:
        """Return the path of one of the server's own pages: beside the authorization endpoint.

        Being siblings, the pages can name each other without knowing the prefix they run under.
        """
        return f"{self.authorization.rpartition('/')[0]}/{name}"


@dataclass(frozen=True, kw_only=True)
class ScopeMeaning:
    """A scope and what it gives, in words for the person who is asked to agree.

    `personal` scopes speak about the person who signed in, so no machine is granted one.
    """

    name: str
    gives: str
    personal: bool = False
    claims: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One kind of authorization server with its API.

    `clients` makes the registered clients from a seed; the first one is the default.
    """

    name: str
    title: str
    paths: Paths
    scopes: tuple[ScopeMeaning, ...]
    clients: Callable[[int], tuple[Client, ...]]

    def meaning(self, scope: str) -> ScopeMeaning:
        """Return what `scope` means; raises KeyError for one this profile does not know."""
        return {meaning.name: meaning for meaning in self.scopes}[scope]
