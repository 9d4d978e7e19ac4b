"""Redeeming a code for tokens (RFC 6749 4.1.3, OIDC Core 3.1.3)."""

from __future__ import annotations

from oauth_widgets.errors import InvalidTokenResponse
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.flows.jwks import signed_claims
from oauth_widgets.protocol.authorization import AuthorizationRequest, AuthorizationResponse
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


def authorization_code(response: AuthorizationResponse, *, now: float) -> Exchange[ValidatedTokens]:
    """Redeem the code once; the ID token is judged before anything is handed out."""
    request = response.request
    answer = yield token_request(
        request.server,
        request.client,
        grant_type="authorization_code",
        code=response.code.reveal(),
        redirect_uri=request.redirect_uri,
        code_verifier=request.code_verifier.reveal(),
    )
    tokens = token_response(answer)
    return validated_tokens(
        tokens,
        id_token=(yield from _judged(request, tokens, now)),
        requested_scope=request.scope,
        granted_before=request.scope,
        refresh_token=None,
        now=now,
    )


def _judged(
    request: AuthorizationRequest, tokens: TokenResponse, now: float
) -> Exchange[IDToken | None]:
    asked = "openid" in request.scope
    if tokens.id_token is None:
        if asked and "openid" in (tokens.scope or request.scope):
            raise InvalidTokenResponse("The server granted openid but sent no ID token.")
        return None
    header = header_of(tokens.id_token, request.client)
    jwks_uri = request.server.needed("jwks_uri")
    claims = yield from signed_claims(jwks_uri, tokens.id_token, header, now=now)
    check_claims(claims, server=request.server, client=request.client, now=now)
    check_nonce(claims, request.nonce if asked else None)
    check_token_hash(claims, header, tokens.access_token)
    return id_token(claims, tokens.id_token)
