"""Judging the ID token that came with an answer, keys fetched where they must be."""

from __future__ import annotations

from oauth_widgets.errors import InvalidTokenResponse
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.flows.jwks import signed_claims
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import (
    Expected,
    IDToken,
    check_claims,
    check_token_hash,
    header_of,
    id_token,
)
from oauth_widgets.protocol.token import TokenResponse
from oauth_widgets.protocol.validated_tokens import ValidatedTokens, validated_tokens


def judged_id_token(
    server: AuthorizationServer, client: ClientMetadata, tokens: TokenResponse, expected: Expected
) -> Exchange[IDToken | None]:
    """Return the ID token of `tokens` once every check has passed; None where none is due.

    Where `openid` was asked and granted, one is due (OIDC Core 3.1.3.3), but not at a renewal
    (OIDC Core 12.2). Raises InvalidTokenResponse or a kind of InvalidIDToken.
    """
    if tokens.id_token is None:
        granted = expected.scope if tokens.scope is None else tokens.scope
        if expected.due and "openid" in expected.scope and "openid" in granted:
            raise InvalidTokenResponse("The server granted openid but sent no ID token.")
        return expected.previous
    header = header_of(tokens.id_token, client.id_token_signed_response_alg)
    jwks_uri = server.needed("jwks_uri")
    claims = yield from signed_claims(jwks_uri, tokens.id_token, header, now=expected.now)
    check_claims(claims, server=server, client=client, expected=expected)
    check_token_hash(claims, header, tokens.access_token, needed=expected.bound)
    return id_token(claims, tokens.id_token)


def validated(
    server: AuthorizationServer,
    client: ClientMetadata,
    tokens: TokenResponse,
    expected: Expected,
    *,
    old: ValidatedTokens | None = None,
) -> Exchange[ValidatedTokens]:
    """Return what may be used of `tokens`, once judged; `old` are those that they renew."""
    return validated_tokens(
        tokens,
        id_token=(yield from judged_id_token(server, client, tokens, expected)),
        requested_scope=old.requested_scope if old else expected.scope,
        granted_before=expected.scope,
        refresh_token=old.refresh_token if old else None,
        now=expected.now,
    )
