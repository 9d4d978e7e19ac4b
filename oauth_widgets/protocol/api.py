"""The API that a token is for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.protocol.address import check_endpoint, origin
from oauth_widgets.protocol.authorization_server import AuthorizationServer


@dataclass(frozen=True)
class Api:
    """What relative addresses are under, and the origins that may be sent the token.

    Both empty means that the first address a person asks for decides.
    """

    base: str | None
    origins: frozenset[str]


def declared_api(server: AuthorizationServer, api: str | None, origins: Iterable[str]) -> Api:
    """Return the API that the caller names, or else the server. Raises ConfigurationError."""
    if isinstance(origins, str):
        raise ConfigurationError("api_origins is a list of addresses, not one string.")
    base = api if api is not None else server.api
    named = () if base is None else (check_endpoint(base, "api address"),)
    return Api(base, frozenset(origin(address) for address in (*named, *origins)))
