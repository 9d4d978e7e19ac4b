"""Asking what an access token is good for (RFC 7662)."""

from __future__ import annotations

from oauth_widgets._net.loop import arun, run
from oauth_widgets.flows._drive import Exchange, drive
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.introspection import Introspection, introspection_request
from oauth_widgets.protocol.introspection import introspection as judged
from oauth_widgets.secret import Secret, sendable
from oauth_widgets.servers.kinds import check_kinds


def introspect(
    server: AuthorizationServer, client: ClientMetadata, token: str | Secret
) -> Introspection:
    """Ask `server` about a token that a caller sent you, as an API does (RFC 7662).

    `client` is the API's own client, which the server has to allow this. `.active` says whether the
    token is good now, `.claims` what the server says. Raises ConfigurationError or its refusal.

        answer = ow.introspect(server, client, token)
    """
    check_kinds(server, client)
    return run(drive(introspection(server, client, sendable(token))))


async def aintrospect(
    server: AuthorizationServer, client: ClientMetadata, token: str | Secret
) -> Introspection:
    """Await `introspect`."""
    check_kinds(server, client)
    return await arun(drive(introspection(server, client, sendable(token))))


def introspection(
    server: AuthorizationServer, client: ClientMetadata, token: Secret
) -> Exchange[Introspection]:
    """Return what the server says about `token` right now."""
    return judged((yield introspection_request(server, client, token)))
