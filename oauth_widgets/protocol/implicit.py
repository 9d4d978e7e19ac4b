"""Tokens that arrive through the browser (RFC 6749 4.2, OIDC Core 3.2)."""

from __future__ import annotations

from oauth_widgets.errors import InvalidAuthorizationResponse, InvalidTokenResponse
from oauth_widgets.protocol.authorization import AuthorizationRequest, answer_parameters
from oauth_widgets.protocol.introspection import Introspection
from oauth_widgets.protocol.token import TokenResponse, token_members


def implicit_response(request: AuthorizationRequest, url: str, *, now: float) -> TokenResponse:
    """Judge the address that the browser was sent back to, whose fragment contains the tokens.

    Raises what `authorization_response` raises, and InvalidTokenResponse.
    """
    # An error found before there is a token may be in the query (RFC 6749 4.2.2.1).
    answer = answer_parameters(request, url, "fragment" if "#" in url else "query", now=now)
    if "#" not in url or {"response", "code", "refresh_token"} & answer.keys():
        raise InvalidAuthorizationResponse(
            "The answer has no token in its fragment (#), but tokens were requested."
        )
    # check: answer/shape
    if "id_token" in answer and "openid" not in request.scope:
        raise InvalidAuthorizationResponse(
            "The answer has an id_token, but openid was not requested."
        )
    return token_members(answer, request.server)


def check_bound(introspection: Introspection, client_id: str) -> None:
    """Check that a token that came without an ID token was issued to this client.

    Without either proof, a token stolen at another client could be slipped in (RFC 9700 2.1.2).
    Raises InvalidTokenResponse.
    """
    if not introspection.active or introspection.claims.get("client_id") != client_id:
        raise InvalidTokenResponse(f"The returned token was not issued to the client {client_id}.")
