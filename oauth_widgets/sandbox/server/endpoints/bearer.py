"""Checking the access token of a request (RFC 6750), which must be in the header."""

from __future__ import annotations

from starlette.requests import Request

from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.state.grants import AccessToken
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.wire import query_of

CHALLENGE = 'Bearer realm="sandbox"'


def bearer(realm: Realm, request: Request, *needed: str) -> AccessToken:
    """Return the request's access token, whose scope must include every scope in `needed`.

    Raises Refusal with a Bearer challenge (RFC 6750 3.1): 401 without a valid token, 400 for a
    token in the address, 403 `insufficient_scope` with every scope needed.
    """
    if query_of(request).get("access_token") is not None:
        raise _challenged("invalid_request", "Send the token in the Authorization header.", 400)
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not value.strip():
        # The challenge has no error code if there was no token at all (RFC 6750 3.1).
        description = "Send an access token in this header: Authorization: Bearer TOKEN."
        raise Refusal("invalid_token", description, status=401, challenge=CHALLENGE)
    token = realm.grants.access_token(value.strip())
    if token is None:
        description = "The access token is expired, revoked, unknown or from before a restart."
        raise _challenged("invalid_token", description, 401)
    request.state.sign_in = token.grant.number
    if not set(needed) <= set(token.scope):
        description = f"This needs an access token with the scopes {' '.join(needed)}."
        raise _challenged("insufficient_scope", description, 403, needed)
    return token


def _challenged(error: str, description: str, status: int, needed: tuple[str, ...] = ()) -> Refusal:
    challenge = f'{CHALLENGE}, error="{error}", error_description="{description}"'
    if needed:
        challenge += f', scope="{" ".join(needed)}"'
    return Refusal(error, description, status=status, challenge=challenge)
