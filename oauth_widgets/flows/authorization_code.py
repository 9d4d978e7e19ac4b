"""Redeeming a code for tokens (RFC 6749 4.1.3, OIDC Core 3.1.3)."""

from __future__ import annotations

from oauth_widgets.flows._drive import Exchange
from oauth_widgets.flows.id_token import validated
from oauth_widgets.protocol.authorization import AuthorizationResponse
from oauth_widgets.protocol.token import token_request, token_response
from oauth_widgets.protocol.validated_tokens import ValidatedTokens


def authorization_code(response: AuthorizationResponse, *, now: float) -> Exchange[ValidatedTokens]:
    """Redeem the code once; the ID token is judged before anything is handed out."""
    request = response.request
    proof = {"code_verifier": request.code_verifier.reveal()} if request.server.pkce else {}
    answer = yield token_request(
        request.server,
        request.client,
        grant_type="authorization_code",
        code=response.code.reveal(),
        redirect_uri=request.redirect_uri,
        **proof,
    )
    tokens = token_response(answer, request.server)
    return (yield from validated(request.server, request.client, tokens, request.expected(now)))
