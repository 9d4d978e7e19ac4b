"""The facts and policies that make one kind of authorization server differ from another."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from oauth_widgets.sandbox.server.profiles.client import Client
from oauth_widgets.sandbox.server.profiles.network.service import Service
from oauth_widgets.sandbox.server.profiles.policy import ALONE, Policy
from oauth_widgets.sandbox.server.profiles.scopes import ScopeMeaning

_NOBODY = "none"


@dataclass(frozen=True, kw_only=True)
class Paths:
    """The path of each endpoint, relative to the issuer; None if the profile has no such endpoint.

    `device` is the page for typing the code that a device shows (RFC 8628 3.3). It must have the
    same parent path as the authorization endpoint.
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
        """Return the path of one of the server's own pages, next to the authorization endpoint.

        Since the pages are siblings, they can link to each other under any path prefix.
        """
        return f"{self.authorization.rpartition('/')[0]}/{name}"


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One kind of authorization server with its API.

    `personal_scopes` are about the person who signs in; each of the API's `services` adds a
    scope, and an author may add `further_scopes`. The API is the `sample` one or an author's own.
    `clients` makes the registered clients from the profile and a seed, the default client first.
    """

    name: str
    paths: Paths
    policy: Policy
    personal_scopes: tuple[ScopeMeaning, ...]
    services: tuple[Service, ...]
    clients: Callable[[Profile, int], tuple[Client, ...]]
    further_scopes: tuple[ScopeMeaning, ...] = ()
    sample: bool = True

    @property
    def endpoints(self) -> tuple[tuple[str, str, str], ...]:
        """Every endpoint: its name in server metadata, its path, and who may call it how."""
        paths, client = self.paths, self.policy.client_credentials
        secret = client.removesuffix(ALONE)
        rows = (
            ("authorization_endpoint", paths.authorization, _NOBODY),
            ("token_endpoint", paths.token, client),
            ("userinfo_endpoint", paths.userinfo, "access token with openid"),
            ("end_session_endpoint", paths.end_session, _NOBODY),
            ("revocation_endpoint", paths.revocation, client),
            ("introspection_endpoint", paths.introspection, secret),
            ("device_authorization_endpoint", paths.device_authorization, client),
            ("jwks_uri", paths.jwks, _NOBODY),
        )
        return tuple((name, path, how) for name, path, how in rows if path is not None)

    @property
    def scopes(self) -> tuple[ScopeMeaning, ...]:
        """Every scope of this server, each once."""
        offered = (service.scope for service in self.services)
        every = (*self.personal_scopes, *offered, *self.further_scopes)
        return tuple({scope.name: scope for scope in every}.values())

    @property
    def scope_names(self) -> tuple[str, ...]:
        """Every scope by name."""
        return tuple(meaning.name for meaning in self.scopes)

    def is_personal(self, scope: str) -> bool:
        """Return whether `scope` is about the person who signs in."""
        return any(meaning.name == scope for meaning in self.personal_scopes)

    def meaning(self, scope: str) -> ScopeMeaning:
        """Return what `scope` means; a scope that a client was registered for may be unknown."""
        known = {meaning.name: meaning for meaning in self.scopes}
        return known.get(scope) or ScopeMeaning(name=scope, gives="Use a service with this scope")

    def claims(self, *scopes: str) -> tuple[str, ...]:
        """Return the claims that `scopes` release, each once; without arguments, of all scopes."""
        released = (
            claim for name in scopes or self.scope_names for claim in self.meaning(name).claims
        )
        return tuple(dict.fromkeys(released))
