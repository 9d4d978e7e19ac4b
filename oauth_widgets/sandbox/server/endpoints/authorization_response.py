"""What an authorization request is answered with, and how the answer travels."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oauth_widgets._sandbox import misbehaviour
from oauth_widgets._sandbox.grants import Grant
from oauth_widgets._sandbox.issuing import id_token_for
from oauth_widgets._sandbox.refusals import Refusal
from oauth_widgets._sandbox.subject import subject
from oauth_widgets._sandbox.wire import redirect

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from oauth_widgets._sandbox.asked import Asked
    from oauth_widgets._sandbox.authorization import AuthorizationRequest, ReturnAddress
    from oauth_widgets._sandbox.browsers import SignIn
    from oauth_widgets._sandbox.realm import Realm


def grant_for(realm: Realm, asked: Asked, who: SignIn, *, nonce: str | None = None) -> Grant:
    """Return what `who` granted by agreeing to `asked`.

    Raises Refusal `login_required` where the client would have somebody else only
    (OpenID Connect Core 3.1.2.2 and 5.5.1).
    """
    person = realm.people[who.username]
    if asked.subject not in {None, subject(realm, person, asked.client)}:
        raise Refusal("login_required", "Somebody else signed in than the client asked for.")
    return Grant(
        client_id=asked.client.client_id,
        scope=asked.scope,
        username=who.username,
        sid=who.sid,
        auth_time=who.auth_time,
        nonce=nonce,
        claims=asked.claims,
    )


def give(realm: Realm, asked: AuthorizationRequest, who: SignIn) -> Response:
    """Send the browser back with a code, or with tokens where the grant is implicit."""
    try:
        grant = grant_for(realm, asked, who, nonce=asked.nonce)
    except Refusal as refusal:
        return refuse(realm, asked.back, refusal, asked.state)
    if "code" in asked.response_type:
        code = realm.grants.new_code(
            grant,
            asked.back.uri,
            redirect_uri_named=asked.back.named,
            code_challenge=asked.code_challenge,
        )
        return _send(realm, asked.back, {"code": code}, asked.state)
    return _send(realm, asked.back, _implicit(realm, asked, grant), asked.state)


def refuse(realm: Realm, back: ReturnAddress, refusal: Refusal, state: str | None) -> Response:
    """Send the browser back with an error (RFC 6749 4.1.2.1 and 4.2.2.1)."""
    told = {"error": refusal.error, "error_description": refusal.description}
    return _send(realm, back, told, state)


def _implicit(realm: Realm, asked: AuthorizationRequest, grant: Grant) -> dict[str, str]:
    # No refresh token ever (RFC 6749 4.2.2).
    access_token = realm.grants.new_access_token(grant, grant.scope)
    answer = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": str(realm.grants.token_lifetime),
        "scope": " ".join(grant.scope),
    }
    if "id_token" in asked.response_type:
        answer["id_token"] = id_token_for(
            realm, grant, grant.scope, access_token, nonce=grant.nonce
        )
    return answer


def _send(
    realm: Realm, back: ReturnAddress, told: Mapping[str, str], state: str | None
) -> Response:
    issuer = realm.issuer if realm.profile.policy.issuer_in_answers else None
    answer = misbehaviour.answer(realm.switches, {**told, "state": state, "iss": issuer})
    return redirect(back.uri, answer, in_fragment=back.in_fragment)
