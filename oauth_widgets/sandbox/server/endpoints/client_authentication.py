"""Client authentication by the methods of the profile, one at a time (W2, O2, O3)."""

from __future__ import annotations

import base64
from urllib.parse import unquote_plus

from starlette.requests import Request

from oauth_widgets.sandbox.server.profiles.client import Client
from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.wire import Params, same

_HOW = {
    "client_secret_basic": "by HTTP Basic",
    "client_secret_post": "with client_id and client_secret in the body",
}


def authenticate(realm: Realm, request: Request, form: Params) -> Client:
    """Return the client that authenticated, or the public client that was named (RFC 6749 2.3).

    Raises Refusal `invalid_client` (401 with a Basic challenge) for a wrong client_id or secret,
    and `invalid_request` if two methods are used or the body names another client.
    """
    header = request.headers.get("authorization")
    secret = form.get("client_secret")
    methods = realm.profile.policy.auth_methods
    if form.get("client_assertion") is not None:
        raise _failed(realm, "This server does not accept client assertions.")
    if secret is not None and "client_secret_post" not in methods:
        raise _failed(realm, "This server does not accept client_secret in the body.")
    if secret is not None and header is not None:
        raise Refusal("invalid_request", "Authenticate the client in one way, not in two at once.")
    if header is not None:
        return _by_basic(realm, header, form)
    if secret is not None:
        return _with_secret(realm, form.need("client_id"), secret)
    return _public(realm, form)


def confidential(realm: Realm, request: Request, form: Params) -> Client:
    """Return the client that authenticated; a public client, which proves nothing, is refused."""
    client = authenticate(realm, request, form)
    if client.public:
        raise _failed(realm, "Only clients with a secret may call this.")
    return client


def _by_basic(realm: Realm, header: str, form: Params) -> Client:
    client = _with_secret(realm, *_basic(realm, header))
    if form.get("client_id") not in {None, client.client_id}:
        raise Refusal(
            "invalid_request", "client_id differs from that of the client that authenticated."
        )
    return client


def _with_secret(realm: Realm, client_id: str, secret: str) -> Client:
    client = realm.clients.get(client_id)
    # For a public client the expected secret is empty, which no request can match.
    expected = (client.client_secret if client else None) or ""
    right = same(secret, expected)
    if client is None or not right:
        raise _failed(realm, "No client has this client_id and client_secret.")
    return client


def _public(realm: Realm, form: Params) -> Client:
    client = realm.clients.get(form.get("client_id") or "")
    if client is None or not client.public:
        raise _failed(realm, "This client is unknown, or must use its secret.")
    return client


def _basic(realm: Realm, header: str) -> tuple[str, str]:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        raise _failed(realm, "The scheme is not Basic.")
    try:
        decoded = base64.b64decode(encoded.strip(), validate=True).decode()
    except ValueError:
        raise _failed(realm, "The Basic credentials are not base64 of UTF-8 text.") from None
    client_id, colon, secret = decoded.partition(":")
    if not colon or not secret:
        raise _failed(realm, "The Basic credentials need a client_id, a colon and a client_secret.")
    return unquote_plus(client_id), unquote_plus(secret)


def _failed(realm: Realm, description: str) -> Refusal:
    ways = " or ".join(_HOW[method] for method in realm.profile.policy.secret_methods)
    return Refusal(
        "invalid_client",
        f"{description} Authenticate the client {ways}.",
        status=401,
        challenge='Basic realm="sandbox", charset="UTF-8"',
    )
