"""An honest sign-in in pieces. A test takes one piece, damages one thing, and sees it refused."""

from __future__ import annotations

import json
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from oauth_widgets._net.message import Response
from oauth_widgets.errors import OAuthError
from oauth_widgets.protocol.authorization import AuthorizationRequest, authorization_request
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret

NOW = 1_800_000_000.0
ISSUER = "https://as.example"
TOKEN_ENDPOINT = f"{ISSUER}/token"
JWKS_URI = f"{ISSUER}/jwks"
REDIRECT_URI = "http://127.0.0.1:8400/callback"
SUBJECT = "person-7"

ACCESS_TOKEN = "Access-q8Zr1TnD0v"
REFRESH_TOKEN = "Refresh-m4Kc7WxS2p"
CODE = "Code-b6Yh3LfG9u"
STATE = "State-j5Nv0QeR8t"
NONCE = "Nonce-x2Bd6MgP1o"
VERIFIER = "Verifier-4wUa7JiC3z-4wUa7JiC3z-4wUa7JiC3z-4"
CLIENT_SECRET = "Secret-y1Ht5OsE7k"
_SECRETS = (ACCESS_TOKEN, REFRESH_TOKEN, CODE, STATE, NONCE, VERIFIER, CLIENT_SECRET)
_START_OF_A_JWT = "eyJ"

GONE = object()
"""Given for a member, leaves it out."""

METADATA = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": TOKEN_ENDPOINT,
    "jwks_uri": JWKS_URI,
    "userinfo_endpoint": f"{ISSUER}/userinfo",
    "revocation_endpoint": f"{ISSUER}/revoke",
    "end_session_endpoint": f"{ISSUER}/logout",
}
WHOLE = {
    **METADATA,
    "device_authorization_endpoint": f"{ISSUER}/device",
    "introspection_endpoint": f"{ISSUER}/introspect",
}
"""A description that leaves nothing out, so that no second one is asked for."""
NO_API = [Response(404)] * 2
"""The answers at the addresses at which an API would name its server."""
SERVER = AuthorizationServer(**METADATA)
OFFERING = AuthorizationServer(**WHOLE)
CLIENT = ClientMetadata(
    client_id="notebook", client_secret=CLIENT_SECRET, redirect_uris=[REDIRECT_URI]
)
PUBLIC_CLIENT = ClientMetadata(client_id="notebook", redirect_uris=[REDIRECT_URI])


@contextmanager
def refuses(error: type[OAuthError]) -> Iterator[pytest.ExceptionInfo[OAuthError]]:
    """Expect exactly `error`, with a next step in it and no secret, not even in its traceback."""
    with pytest.raises(OAuthError) as caught:
        yield caught
    problem = caught.value
    assert type(problem) is error, repr(problem)
    assert problem.message
    assert problem.next_step
    shown = repr(problem) + str(problem) + "".join(traceback.format_exception(problem))
    for secret in (*_SECRETS, _START_OF_A_JWT):
        assert secret not in shown


def but(honest: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Return a copy with `changes` in it, and without what they say is GONE."""
    return {name: value for name, value in {**honest, **changes}.items() if value is not GONE}


def json_answer(
    document: object, *, status: int = 200, content_type: str = "application/json"
) -> Response:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Response(status, {"content-type": content_type}, body)


def token_answer(**changes: Any) -> Response:
    honest = {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 3600}
    return json_answer(but(honest, changes))


def asked(
    *,
    server: AuthorizationServer = SERVER,
    client: ClientMetadata = CLIENT,
    scope: str = "openid",
    redirect_uri: str = REDIRECT_URI,
    extra: dict[str, str] | None = None,
    implicit: bool = False,
) -> AuthorizationRequest:
    """Return a request with known secrets in place of the random ones."""
    if redirect_uri != REDIRECT_URI:
        client = replace(client, redirect_uris=(redirect_uri,))
    request = authorization_request(
        server,
        client,
        scope=Scope(scope),
        redirect_uri=redirect_uri,
        now=NOW,
        extra=extra,
        implicit=implicit,
    )
    return replace(request, state=STATE, nonce=NONCE, code_verifier=Secret(VERIFIER))


def come_back(address: str = REDIRECT_URI, **changes: Any) -> str:
    """Return the address that the browser comes back to."""
    return f"{address}?{urlencode(but({'code': CODE, 'state': STATE}, changes))}"


def claims(**changes: Any) -> dict[str, Any]:
    honest = {
        "iss": ISSUER,
        "sub": SUBJECT,
        "aud": CLIENT.client_id,
        "exp": NOW + 600,
        "iat": NOW,
        "nonce": NONCE,
    }
    return but(honest, changes)
