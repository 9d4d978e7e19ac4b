"""Which client is calling: HTTP Basic, and nothing else (W2)."""

from __future__ import annotations

import base64
import hmac
from typing import TYPE_CHECKING
from urllib.parse import unquote_plus

from oauth_widgets._sandbox.refusals import Refusal

if TYPE_CHECKING:
    from starlette.requests import Request

    from oauth_widgets._sandbox.client import Client
    from oauth_widgets._sandbox.realm import Realm
    from oauth_widgets._sandbox.wire import Params


def authenticate(realm: Realm, request: Request, form: Params) -> Client:
    """Return the client that authenticated by HTTP Basic (RFC 6749 2.3.1).

    Raises Refusal `invalid_client` (401 with a Basic challenge) for anything but a right id and
    secret there, and `invalid_request` when the body names another client.
    """
    header = request.headers.get("authorization")
    if form.get("client_secret") is not None or form.get("client_assertion") is not None:
        raise _failed("This server takes client credentials by HTTP Basic only, not in the body.")
    if header is None:
        raise _failed("Authenticate the client by HTTP Basic: client_id and client_secret.")
    client_id, secret = _basic(header)
    client = realm.clients.get(client_id)
    expected = client.client_secret if client else ""
    right = hmac.compare_digest(secret.encode(errors="replace"), expected.encode())
    if client is None or not right:
        raise _failed("No client has this client_id and client_secret.")
    if form.get("client_id") not in {None, client_id}:
        raise Refusal("invalid_request", "client_id differs from the client that authenticated.")
    return client


def _basic(header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise _failed("Authenticate the client by HTTP Basic, not by another scheme.")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        raise _failed("The Basic credentials are not base64 of UTF-8 text.") from None
    client_id, colon, secret = decoded.partition(":")
    if not colon or not secret:
        raise _failed("The Basic credentials need a client_id, a colon and a client_secret.")
    return unquote_plus(client_id), unquote_plus(secret)


def _failed(description: str) -> Refusal:
    return Refusal(
        "invalid_client",
        description,
        status=401,
        challenge='Basic realm="sandbox", charset="UTF-8"',
    )
