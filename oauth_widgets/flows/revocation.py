"""Giving tokens back (RFC 7009)."""

from __future__ import annotations

from oauth_widgets.errors import ErrorResponse
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.revocation import check_revocation, revocation_request
from oauth_widgets.protocol.validated_tokens import ValidatedTokens


def revocation(
    server: AuthorizationServer, client: ClientMetadata, tokens: ValidatedTokens
) -> Exchange[None]:
    """Revoke the refresh token, where there is one, and then the access token.

    Both are tried, since a server may take back the one and not the other (RFC 7009 2.2.1).
    """
    refused = None
    if tokens.refresh_token is not None:
        request = revocation_request(server, client, tokens.refresh_token, "refresh_token")
        try:
            check_revocation((yield request))
        except ErrorResponse as problem:
            refused = problem
    request = revocation_request(server, client, tokens.access_token, "access_token")
    try:
        check_revocation((yield request))
    except ErrorResponse as problem:
        refused = refused or problem
    if refused is not None:
        raise refused
