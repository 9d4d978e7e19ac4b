"""Revoking tokens (RFC 7009)."""

from __future__ import annotations

from oauth_widgets.errors import OAuthError
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.revocation import TokenKind, check_revocation, revocation_request
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret

Owed = list[tuple[TokenKind, Secret]]
"""Tokens whose revocation the server has not confirmed."""


def owed_of(tokens: ValidatedTokens) -> Owed:
    """Return the tokens to revoke, the refresh token first."""
    owed: Owed = [("access_token", tokens.access_token)]
    # check: revocation/confirmed
    if tokens.refresh_token is not None:
        owed.insert(0, ("refresh_token", tokens.refresh_token))
    return owed


def revocation(server: AuthorizationServer, client: ClientMetadata, owed: Owed) -> Exchange[None]:
    """Revoke each token in `owed`, and remove those that the server confirms from that list.

    All are tried, since a server may revoke one but not the other (RFC 7009 2.2.1), or a
    connection may be lost. Raises the first failure.
    """
    failures: list[OAuthError] = []
    for entry in tuple(owed):
        try:
            check_revocation((yield revocation_request(server, client, entry[1], entry[0])))
        except OAuthError as problem:
            failures.append(problem)
        else:
            owed[:] = [other for other in owed if other is not entry]
    if failures:
        raise failures[0]
