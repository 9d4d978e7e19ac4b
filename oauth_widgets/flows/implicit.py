"""Accepting tokens from the browser (RFC 6749 4.2), which is older than the code, and weaker."""

from __future__ import annotations

from oauth_widgets.errors import InvalidTokenResponse
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.flows.id_token import validated
from oauth_widgets.flows.introspection import introspection
from oauth_widgets.protocol.authorization import AuthorizationRequest
from oauth_widgets.protocol.implicit import check_bound
from oauth_widgets.protocol.token import TokenResponse
from oauth_widgets.protocol.validated_tokens import ValidatedTokens


def implicit(
    request: AuthorizationRequest, tokens: TokenResponse, *, now: float
) -> Exchange[ValidatedTokens]:
    """Judge tokens that belong to `request`: the access token must be shown to be this client's.

    An ID token shows it by its `at_hash`; without one the server is asked. Raises
    InvalidTokenResponse if neither is available.
    """
    server, client = request.server, request.client
    result = yield from validated(server, client, tokens, request.expected(now))
    if result.id_token is None:
        if server.introspection_endpoint is None or client.client_secret is None:
            raise InvalidTokenResponse(
                "The server sent no ID token, so nothing shows that the access token is for this "
                "client.",
                next_step="Sign in with a code: leave out implicit=True.",
            )
        answer = yield from introspection(server, client, tokens.access_token)
        # check: answer/implicit-bound
        check_bound(answer, client.client_id)
    return result
