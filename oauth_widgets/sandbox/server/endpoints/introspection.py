"""The introspection endpoint (RFC 7662); OneWelcome calls it TokenInfo (O8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oauth_widgets._sandbox.clientauth import confidential
from oauth_widgets._sandbox.grants import AccessToken
from oauth_widgets._sandbox.subject import claims, subject
from oauth_widgets._sandbox.wire import answer, form_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from oauth_widgets._sandbox.grants import Grant, RefreshToken, Scope
    from oauth_widgets._sandbox.realm import Realm


async def introspect(realm: Realm, request: Request) -> Response:
    """Tell what an access or refresh token stands for.

    A token that is unknown, over or none of the asking client's business is not active and no
    more is said (RFC 7662 2.2); a resource server may ask about every client's.
    """
    form = await form_of(request)
    client = confidential(realm, request, form)
    value = form.need("token")
    # token_type_hint only says where to look first (2.1); both places are looked at here.
    token = realm.grants.access_token(value) or _unused(realm.grants.refresh_token(value))
    if token is None or not (client.resource_server or client.client_id == token.grant.client_id):
        return answer({"active": False})
    return answer(_about(realm, token))


def _unused(token: RefreshToken | None) -> RefreshToken | None:
    return None if token is None or token.used else token


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
    told = {"sub": subject(realm, person, realm.clients[grant.client_id])}
    if realm.profile.policy.identifiers_in_introspection:
        names = tuple(name for name in scope if realm.profile.meaning(name).identifier)
        return {**told, **claims(realm, grant, names)}
    return {**told, "username": grant.username}
