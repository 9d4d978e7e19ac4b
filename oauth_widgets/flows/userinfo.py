"""Asking who signed in (OIDC Core 5.3)."""

from __future__ import annotations

from oauth_widgets.flows._drive import Exchange
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.userinfo import UserInfo, userinfo_request
from oauth_widgets.protocol.userinfo import userinfo as judged
from oauth_widgets.protocol.validated_tokens import ValidatedTokens


def userinfo(server: AuthorizationServer, tokens: ValidatedTokens) -> Exchange[UserInfo]:
    """Return what the server says, held against the ID token's subject."""
    response = yield userinfo_request(server, tokens.access_token)
    subject = tokens.id_token.claims["sub"] if tokens.id_token else None
    return judged(response, subject=subject)
