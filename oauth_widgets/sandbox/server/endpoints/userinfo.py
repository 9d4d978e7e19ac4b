"""The userinfo endpoint (OpenID Connect Core 5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from oauth_widgets._sandbox import misbehaviour
from oauth_widgets._sandbox.bearer import CHALLENGE, bearer
from oauth_widgets._sandbox.refusals import Refusal
from oauth_widgets._sandbox.subject import claims
from oauth_widgets._sandbox.wire import NO_STORE, answer

if TYPE_CHECKING:
    from starlette.requests import Request

    from oauth_widgets._sandbox.realm import Realm


async def userinfo(realm: Realm, request: Request) -> Response:
    """Tell what the access token's scopes tell about the person, by GET or POST."""
    token = bearer(realm, request, "openid")
    grant = token.grant
    if grant.username is None:
        description = "The access token is the client's own: there is no person to tell about."
        raise Refusal("invalid_token", description, status=401, challenge=CHALLENGE)
    told = claims(realm, grant, token.scope, single=grant.claims.userinfo)
    told = misbehaviour.userinfo(realm.switches, told)
    if realm.clients[grant.client_id].userinfo_signed_response_alg is None:
        return answer(told)
    # OpenID Connect Core 5.3.2: signed, it says who tells whom.
    signed = realm.keys.sign({"iss": realm.issuer, "aud": grant.client_id, **told})
    return Response(signed, media_type="application/jwt", headers=NO_STORE)
