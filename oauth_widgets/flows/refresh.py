"""Trading a refresh token for fresh tokens (RFC 6749 6, OIDC Core 12)."""

from __future__ import annotations

from oauth_widgets.errors import ConfigurationError, WrongSubject
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.flows.jwks import signed_claims
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import (
    IDToken,
    check_claims,
    check_nonce,
    check_token_hash,
    header_of,
    id_token,
)
from oauth_widgets.protocol.token import TokenResponse, token_request, token_response
from oauth_widgets.protocol.validated_tokens import ValidatedTokens, validated_tokens


def refresh(
    server: AuthorizationServer, client: ClientMetadata, old: ValidatedTokens, *, now: float
) -> Exchange[ValidatedTokens]:
    """Return fresh tokens for the same person; what the server leaves out stays as it was.

    Raises ConfigurationError without a refresh token, WrongSubject for another person's answer.
    """
    if old.refresh_token is None:
        raise ConfigurationError(
            "There is no refresh token, so the sign-in cannot be renewed.",
            next_step='Sign in again; ask for "offline_access" if the server offers it.',
        )
    answer = yield token_request(
        server,
        client,
        grant_type="refresh_token",
        refresh_token=old.refresh_token.reveal(),
    )
    tokens = token_response(answer)
    renewed = yield from _judged(server, client, tokens, old.id_token, now)
    return validated_tokens(
        tokens,
        id_token=renewed,
        requested_scope=old.requested_scope,
        granted_before=old.scope,
        refresh_token=old.refresh_token,
        now=now,
    )


def _judged(
    server: AuthorizationServer,
    client: ClientMetadata,
    tokens: TokenResponse,
    old: IDToken | None,
    now: float,
) -> Exchange[IDToken | None]:
    if tokens.id_token is None or old is None:
        return old
    header = header_of(tokens.id_token, client)
    jwks_uri = server.needed("jwks_uri")
    claims = yield from signed_claims(jwks_uri, tokens.id_token, header, now=now)
    check_claims(claims, server=server, client=client, now=now)
    if "nonce" in claims:
        check_nonce(claims, old.claims.get("nonce"))
    check_token_hash(claims, header, tokens.access_token)
    renewed = id_token(claims, tokens.id_token)
    if renewed.subject != old.subject:
        raise WrongSubject("The renewed ID token speaks of another person.")
    return renewed
