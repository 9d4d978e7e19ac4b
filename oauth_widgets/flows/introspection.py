"""Asking what an access token stands for (RFC 7662)."""

from __future__ import annotations

from oauth_widgets.flows._drive import Exchange
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.introspection import Introspection, introspection_request
from oauth_widgets.protocol.introspection import introspection as judged
from oauth_widgets.secret import Secret


def introspection(
    server: AuthorizationServer, client: ClientMetadata, token: Secret
) -> Exchange[Introspection]:
    """Return what the server tells of `token` right now."""
    return judged((yield introspection_request(server, client, token)))
