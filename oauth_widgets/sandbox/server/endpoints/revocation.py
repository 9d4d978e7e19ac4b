"""The revocation endpoint (RFC 7009)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oauth_widgets._sandbox.clientauth import authenticate
from oauth_widgets._sandbox.refusals import Refusal
from oauth_widgets._sandbox.wire import answer, form_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from oauth_widgets._sandbox.realm import Realm


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
    # An empty JSON object: some clients refuse an answer of another type.
    return answer({})
