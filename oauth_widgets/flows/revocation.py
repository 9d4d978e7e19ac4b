"""Giving tokens back (RFC 7009)."""

from __future__ import annotations

from oauth_widgets.flows._drive import Exchange
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.revocation import check_revocation, revocation_request
from oauth_widgets.protocol.validated_tokens import ValidatedTokens


def revocation(
    server: AuthorizationServer, client: ClientMetadata, tokens: ValidatedTokens
) -> Exchange[None]:
    """Revoke the refresh token, where there is one, and then the access token."""
    if tokens.refresh_token is not None:
        check_revocation(
            (yield revocation_request(server, client, tokens.refresh_token, "refresh_token"))
        )
    check_revocation(
        (yield revocation_request(server, client, tokens.access_token, "access_token"))
    )
