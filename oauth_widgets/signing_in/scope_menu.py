"""The scopes that can be asked for: what each one gives, and its state."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.resource.service import Service
from oauth_widgets.servers.scopes import STANDARD


@dataclass(frozen=True, kw_only=True)
class ScopeOption:
    """One scope on the menu.

    `needed_by` names the services that require it. A `default` one is in every token, requested or
    not. The server refuses one that is not `registered` for the client.
    """

    name: str
    gives: str
    needed_by: tuple[str, ...]
    default: bool
    registered: bool


@dataclass(frozen=True)
class ScopeMenu:
    """The scopes that a server, a client and its services mention, and those services."""

    options: tuple[ScopeOption, ...]
    services: tuple[Service, ...]

    @property
    def open(self) -> Scope:
        """What may be asked for."""
        return Scope(option.name for option in self.options if option.registered)

    def used(self, addresses: Iterable[str]) -> Scope:
        """Return the scopes of the services that `addresses` belong to."""
        urls = tuple(addresses)
        in_use = (service for service in self.services if any(service.has(url) for url in urls))
        return Scope(name for service in in_use for name in service.scopes)


def scope_menu(
    server: AuthorizationServer,
    client: ClientMetadata,
    services: Iterable[Service] = (),
    *,
    named: Iterable[str] = (),
) -> ScopeMenu:
    """Return the menu, in the server's order, then the client's; `named` are further scopes.

    Without a registered scope (RFC 7591 2) a client may ask for anything.
    """
    offered = tuple(service.at(server.api) for service in services)
    names = Scope(
        [
            *server.scope_meanings,
            *(server.scopes_supported or ()),
            *(client.scope or ()),
            *client.default_scope,
            *(name for service in offered for name in service.scopes),
            *named,
        ]
    )
    options = tuple(_option(name, server, client, offered) for name in names)
    return ScopeMenu(options, offered)


def scope_meanings(server: AuthorizationServer, scope: Iterable[str]) -> dict[str, str]:
    """Return what each known scope lets a client do, as one sentence."""
    known = {**STANDARD, **server.scope_meanings}
    return {name: known[name].partition(". ")[0].rstrip(".") for name in scope if name in known}


def _option(
    name: str, server: AuthorizationServer, client: ClientMetadata, services: tuple[Service, ...]
) -> ScopeOption:
    return ScopeOption(
        name=name,
        gives=server.scope_meanings.get(name) or STANDARD.get(name, ""),
        needed_by=tuple(service.name for service in services if name in service.scopes),
        default=name in client.default_scope,
        registered=client.scope is None or name in client.scope,
    )


def scope_marks(
    *, asked: Scope, granted: Scope, used: Scope, refused: Scope
) -> Mapping[str, tuple[str, ...]]:
    """Return the marks of each scope: granted, extra, missing, used, refused.

    `extra` was granted without being requested, `missing` was requested and not granted, `used`
    opened a service, and a service refused a request that lacked a `refused` one.
    """
    ways = {
        "granted": granted & asked,
        "extra": granted - asked,
        "missing": asked - granted,
        "used": used & granted,
        "refused": refused - granted,
    }
    names = Scope([*asked, *granted, *refused])
    return {name: tuple(way for way, those in ways.items() if name in those) for name in names}
