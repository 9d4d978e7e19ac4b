"""The userinfo endpoint (OpenID Connect Core 5.3)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from oauth_widgets.sandbox.server.endpoints.bearer import CHALLENGE, bearer
from oauth_widgets.sandbox.server.endpoints.claims import claims
from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.state import misbehaviour
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.wire import NO_STORE, answer


async def userinfo(realm: Realm, request: Request) -> Response:
    """Return the claims that the access token's scopes release, by GET or POST."""
    token = bearer(realm, request, "openid")
    grant = token.grant
    if grant.username is None:
        description = "The access token is for the client, not for a person."
        raise Refusal("invalid_token", description, status=401, challenge=CHALLENGE)
    about = claims(realm, grant, token.scope, single=grant.claims.userinfo)
    about = misbehaviour.userinfo(realm.switches, about)
    if realm.clients[grant.client_id].userinfo_signed_response_alg is None:
        return answer(about)
    # A signed response names its issuer and its audience (OpenID Connect Core 5.3.2).
    signed = realm.keys.sign({"iss": realm.issuer, "aud": grant.client_id, **about})
    return Response(signed, media_type="application/jwt", headers=NO_STORE)
