"""Every endpoint that the engine asks, and what using it looks like."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import oauth_widgets as ow
from oauth_widgets import errors
from tests.helpers.rigged import Answer, Sent
from tests.helpers.twins import blocking
from tests.protocol.builders import CLIENT
from tests.relying_party.client import follow, login
from tests.relying_party.server import Server, running

SCOPE = "openid offline_access"


@dataclass(frozen=True)
class Endpoint:
    """An endpoint at `path`. `error` is what a use of it raises for an answer that is none.

    `prepare` is done while the server still behaves, and returns the use itself.
    """

    name: str
    path: str
    prepare: Callable[[Server], Callable[[], Any]]
    error: type[errors.OAuthError]

    @contextmanager
    def answering(self, wrong: Answer | Callable[[Sent], Answer]) -> Iterator[Callable[[], Any]]:
        """Have a server answer so at this endpoint and well at all others; give the use of it."""
        with running() as server:
            use = self.prepare(server)
            server.behaviour.instead[self.path] = wrong
            yield use


def _discover(server: Server) -> Callable[[], Any]:
    return lambda: ow.discover(server.origin)


def _finish(server: Server) -> Callable[[], Any]:
    pending = ow.begin_login(ow.discover(server.origin), CLIENT, scope=SCOPE)
    back = follow(pending.url)
    return lambda: pending.finish(back)


def _use(method: str) -> Callable[[Server], Callable[[], Any]]:
    return lambda server: getattr(login(blocking, server), method)


def _device(server: Server) -> Callable[[], Any]:
    found = ow.discover(server.origin)
    return lambda: ow.device_login(found, CLIENT, scope=SCOPE)


METADATA = "/.well-known/openid-configuration"
ENDPOINTS = [
    Endpoint("metadata", METADATA, _discover, errors.InvalidMetadata),
    Endpoint("JWKS", "/jwks", _finish, errors.InvalidKeySet),
    Endpoint("token", "/token", _finish, errors.InvalidTokenResponse),
    Endpoint("refresh", "/token", _use("refresh"), errors.InvalidTokenResponse),
    Endpoint("userinfo", "/userinfo", _use("userinfo"), errors.InvalidUserInfo),
    Endpoint("introspection", "/introspect", _use("introspect"), errors.InvalidResponse),
    Endpoint("revocation", "/revoke", _use("revoke"), errors.InvalidResponse),
    Endpoint("device", "/device", _device, errors.InvalidResponse),
]
READ = [endpoint for endpoint in ENDPOINTS if endpoint.name != "revocation"]
"""Those whose body counts; of a revocation only the status does (RFC 7009 2.2)."""
