"""Asking who signed in (OIDC Core 5.3)."""

from __future__ import annotations

from oauth_widgets._net.document import Document
from oauth_widgets._net.message import Response
from oauth_widgets.errors import InvalidIDToken, InvalidUserInfo
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.flows.jwks import signed_claims
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import header_of
from oauth_widgets.protocol.userinfo import (
    UserInfo,
    check_signed,
    plain_claims,
    signed_token,
    userinfo_of,
    userinfo_request,
)
from oauth_widgets.protocol.validated_tokens import ValidatedTokens


def userinfo(
    server: AuthorizationServer, client: ClientMetadata, tokens: ValidatedTokens, *, now: float
) -> Exchange[UserInfo]:
    """Return what the server says, checked against the ID token's subject.

    A signed answer is verified; a plain one is refused if the client is registered for signed
    ones. Raises InvalidToken, InvalidUserInfo or WrongSubject.
    """
    response = yield userinfo_request(server, tokens.access_token)
    if response.media_type == "application/jwt" or client.userinfo_signed_response_alg:
        claims = yield from _signed(server, client, response, now)
    else:
        claims = plain_claims(response)
    return userinfo_of(claims, subject=tokens.id_token.claims["sub"] if tokens.id_token else None)


def _signed(
    server: AuthorizationServer, client: ClientMetadata, response: Response, now: float
) -> Exchange[Document]:
    alg = client.userinfo_signed_response_alg or client.id_token_signed_response_alg
    raw = signed_token(response)
    try:
        header = header_of(raw, alg)
        claims = yield from signed_claims(server.needed("jwks_uri"), raw, header, now=now)
    except InvalidIDToken as problem:
        raise InvalidUserInfo(problem.message) from problem
    # check: userinfo/signed
    check_signed(claims, issuer=server.issuer, client_id=client.client_id)
    return claims
