"""The userinfo endpoint (OpenID Connect Core 5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oauth_widgets._sandbox.bearer import bearer
from oauth_widgets._sandbox.subject import claims
from oauth_widgets._sandbox.wire import answer

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from oauth_widgets._sandbox.realm import Realm


async def userinfo(realm: Realm, request: Request) -> Response:
    """Tell what the access token's scopes tell about the person, by GET or POST."""
    token = bearer(realm, request, "openid")
    return answer(claims(realm, token.grant, token.scope))
