"""Sending the browser back to the client with the authorization response."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.responses import Response

from oauth_widgets.sandbox.server.endpoints.claims import session_id, subject
from oauth_widgets.sandbox.server.endpoints.issuing import id_token
from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.state import misbehaviour
from oauth_widgets.sandbox.server.state.browsers import SignIn
from oauth_widgets.sandbox.server.state.grants import Grant
from oauth_widgets.sandbox.server.state.question import (
    AuthorizationRequest,
    Question,
    ReturnAddress,
    still_granted,
)
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.wire import redirect


def grant_for(realm: Realm, question: Question, who: SignIn, *, nonce: str | None = None) -> Grant:
    """Return what `who` granted by agreeing to `question`.

    Raises Refusal `login_required` if the client named another person
    (OpenID Connect Core 3.1.2.2 and 5.5.1), `invalid_scope` if it may no longer have any of this.
    """
    person = realm.people[who.username]
    if question.subject not in {None, subject(realm, person, question.client)}:
        raise Refusal("login_required", "The client asked for a different person.")
    # Two clients could match their users by the second they signed in, so a client that must not
    # know gets `auth_time` only if its `max_age` requires it (OpenID Connect Core 2).
    timed = question.max_age is not None or not realm.profile.policy.pairwise
    return Grant(
        client_id=question.client.client_id,
        # The registration may have changed while the person made up their mind.
        scope=still_granted(realm.clients[question.client.client_id], question.scope),
        number=question.number,
        username=who.username,
        sid=session_id(realm, who, question.client),
        auth_time=who.auth_time if timed else None,
        nonce=nonce,
        claims=question.claims,
    )


def give(realm: Realm, question: AuthorizationRequest, who: SignIn) -> Response:
    """Send the browser back with a code, or with tokens if the request is implicit."""
    try:
        grant = grant_for(realm, question, who, nonce=question.nonce)
    except Refusal as refusal:
        return refuse(realm, question.back, refusal, question.state)
    if "code" in question.response_type:
        code = realm.grants.new_code(
            grant,
            question.back.uri,
            redirect_uri_named=question.back.named,
            code_challenge=question.code_challenge,
        )
        return _send(realm, question.back, {"code": code}, question.state)
    return _send(realm, question.back, _implicit(realm, question, grant), question.state)


def refuse(realm: Realm, back: ReturnAddress, refusal: Refusal, state: str | None) -> Response:
    """Send the browser back with an error (RFC 6749 4.1.2.1 and 4.2.2.1)."""
    error = {"error": refusal.error, "error_description": refusal.description}
    return _send(realm, back, error, state)


def _implicit(realm: Realm, question: AuthorizationRequest, grant: Grant) -> dict[str, str]:
    # The implicit grant never has a refresh token (RFC 6749 4.2.2).
    access_token = realm.grants.new_access_token(grant, grant.scope)
    response = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": str(realm.grants.token_lifetime),
        "scope": " ".join(grant.scope),
    }
    if "id_token" in question.response_type:
        response["id_token"] = id_token(realm, grant, grant.scope, access_token, nonce=grant.nonce)
    return response


def _send(
    realm: Realm, back: ReturnAddress, response: Mapping[str, str], state: str | None
) -> Response:
    issuer = realm.issuer if realm.profile.policy.issuer_in_answers else None
    params = misbehaviour.answer(realm.switches, {**response, "state": state, "iss": issuer})
    return redirect(back.uri, params, in_fragment=back.in_fragment)
