"""The introspection endpoint (RFC 7662); OneWelcome calls it TokenInfo (O8)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from oauth_widgets.sandbox.server.endpoints.claims import claims, subject
from oauth_widgets.sandbox.server.endpoints.client_authentication import confidential
from oauth_widgets.sandbox.server.state.grants import AccessToken, Grant, RefreshToken, Scope
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.wire import answer, form_of


async def introspect(realm: Realm, request: Request) -> Response:
    """Report what an access or refresh token gives access to.

    A token that is unknown, expired or another client's is reported as not active, without
    details (RFC 7662 2.2). A resource server may ask about every client's tokens.
    """
    form = await form_of(request)
    client = confidential(realm, request, form)
    value = form.need("token")
    # token_type_hint only helps to look in the right place first (2.1), so it is not needed.
    token = realm.grants.access_token(value) or realm.grants.refresh_token(value)
    if token is None or (isinstance(token, RefreshToken) and token.used):
        return answer({"active": False})
    if not (client.resource_server or client.client_id == token.grant.client_id):
        return answer({"active": False})
    return answer(_about(realm, token))


def _about(realm: Realm, token: AccessToken | RefreshToken) -> dict[str, Any]:
    grant = token.grant
    scope, kind = grant.scope, {}
    if isinstance(token, AccessToken):
        scope, kind = token.scope, {"token_type": "Bearer"}
    return {
        "active": True,
        "client_id": grant.client_id,
        "scope": " ".join(scope),
        **kind,
        "iss": realm.issuer,
        "iat": token.issued_at,
        "exp": token.expires_at,
        **_about_the_person(realm, grant, scope),
    }


def _about_the_person(realm: Realm, grant: Grant, scope: Scope) -> dict[str, Any]:
    if grant.username is None:
        return {}
    person = realm.people[grant.username]
    known = {"sub": subject(realm, person, realm.clients[grant.client_id])}
    if realm.profile.policy.identifiers_in_introspection:
        names = tuple(name for name in scope if realm.profile.meaning(name).identifier)
        return {**known, **claims(realm, grant, names)}
    return {**known, "username": grant.username}
