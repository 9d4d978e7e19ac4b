"""The revocation endpoint (RFC 7009)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from oauth_widgets.sandbox.server.endpoints.client_authentication import authenticate
from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.wire import answer, form_of


async def revoke(realm: Realm, request: Request) -> Response:
    """Revoke the whole family of a token; an unknown token is a success (RFC 7009 2.2)."""
    form = await form_of(request)
    client = authenticate(realm, request, form)
    value = form.need("token")
    token = realm.grants.access_token(value) or realm.grants.refresh_token(value)
    if token is not None:
        if token.grant.client_id != client.client_id:
            raise Refusal("unauthorized_client", "The token was issued to another client.")
        token.grant.revoked = True
        request.state.sign_in = token.grant.number
    # Some clients refuse a response that is not JSON.
    return answer({})
