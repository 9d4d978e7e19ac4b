"""What the server says about a token (RFC 7662; OneWelcome says TokenInfo)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from oauth_widgets._net.document import flag
from oauth_widgets._net.message import Request, Response
from oauth_widgets.errors import InvalidResponse
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata, client_request
from oauth_widgets.protocol.error_response import answered
from oauth_widgets.secret import Secret


@dataclass(frozen=True)
class Introspection:
    """Whether the token is valid now, and what the server says about it, by wire names.

    What belongs to a user stays out of the `repr`. It describes one moment and is never saved.
    """

    active: bool
    claims: Mapping[str, Any] = field(repr=False)


def introspection_request(
    server: AuthorizationServer, client: ClientMetadata, token: Secret
) -> Request:
    """Return the request to look at `token` (RFC 7662 2.1)."""
    return client_request(server, client, "introspection_endpoint", token=token.reveal())


def introspection(response: Response) -> Introspection:
    """Judge the answer (RFC 7662 2.2). Raises the server's refusal, or InvalidResponse."""
    document = answered(response, "active", what="introspection endpoint", error=InvalidResponse)
    active = flag(document, "active", error=InvalidResponse)
    if active is None:
        raise InvalidResponse('"active" is missing.')
    # Claims about a token that is not good have no meaning.
    return Introspection(active, MappingProxyType(dict(document) if active else {}))
