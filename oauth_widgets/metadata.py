"""Asking a server to describe itself."""

from __future__ import annotations

from oauth_widgets._loop import arun, run
from oauth_widgets.flows._drive import drive
from oauth_widgets.flows.discovery import discovery
from oauth_widgets.protocol.authorization_server import AuthorizationServer


def discover(issuer: str, *, api: str | None = None) -> AuthorizationServer:
    """Ask `issuer` to describe itself (OIDC Discovery 4, RFC 8414).

    `api` is the address of the API that its tokens are for. Raises InvalidMetadata,
    ServerUnreachable or ConfigurationError.
    """
    return run(drive(discovery(issuer, api=api)))


async def adiscover(issuer: str, *, api: str | None = None) -> AuthorizationServer:
    """Await `discover`."""
    return await arun(drive(discovery(issuer, api=api)))
