"""Telling the server that a token is no longer needed (RFC 7009)."""

from __future__ import annotations

from typing import Literal

from oauth_widgets._net.message import Request, Response
from oauth_widgets.errors import ErrorResponse, InvalidResponse
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata, client_request
from oauth_widgets.protocol.error_response import refusal
from oauth_widgets.secret import Secret

TokenKind = Literal["access_token", "refresh_token"]


def revocation_request(
    server: AuthorizationServer, client: ClientMetadata, token: Secret, kind: TokenKind
) -> Request:
    """Return the request to revoke `token` (RFC 7009 2.1)."""
    parameters = {"token": token.reveal(), "token_type_hint": kind}
    return client_request(server, client, "revocation_endpoint", **parameters)


def check_revocation(response: Response) -> None:
    """Judge the answer: 200 whatever its body, for an unknown token too (RFC 7009 2.2).

    Some servers say 204, and some say `invalid_token`, 404 or 410 for a token that is already gone.
    """
    # check: revocation/confirmed
    if response.status in (200, 201, 204, 404, 410):
        return
    problem = refusal(response, what="revocation endpoint", error=InvalidResponse)
    # check: revocation/confirmed
    if not (isinstance(problem, ErrorResponse) and problem.error == "invalid_token"):
        raise problem
