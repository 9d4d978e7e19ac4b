"""The token endpoint: a code, a refresh token or a client's own name for an access token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from typing import TYPE_CHECKING, Any

from oauth_widgets._sandbox.authorization import asked_scope
from oauth_widgets._sandbox.clientauth import authenticate
from oauth_widgets._sandbox.grants import Grant
from oauth_widgets._sandbox.refusals import Refusal
from oauth_widgets._sandbox.subject import id_token
from oauth_widgets._sandbox.wire import answer, form_of

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from oauth_widgets._sandbox.client import Client
    from oauth_widgets._sandbox.grants import Code, Scope
    from oauth_widgets._sandbox.realm import Realm
    from oauth_widgets._sandbox.wire import Params

_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


async def exchange(realm: Realm, request: Request) -> Response:
    """Answer the token endpoint (RFC 6749 3.2)."""
    form = await form_of(request)
    client = authenticate(realm, request, form)
    grant_type = form.need("grant_type")
    if grant_type not in _GRANTS:
        raise Refusal("unsupported_grant_type", f"Supported are {', '.join(_GRANTS)}.")
    if grant_type not in client.grant_types:
        raise Refusal("unauthorized_client", "This client may not use this grant type.")
    return answer(_GRANTS[grant_type](realm, client, form))


def _authorization_code(realm: Realm, client: Client, form: Params) -> dict[str, Any]:
    code = realm.grants.code(form.need("code"))
    if code is None or code.grant.client_id != client.client_id:
        raise Refusal("invalid_grant", "The code is unknown, too old or another client's.")
    if code.used:
        # Two parties hold the code, and one of them stole it (RFC 6749 4.1.2).
        code.grant.revoked = True
        raise Refusal("invalid_grant", "The code was used before; what it gave is revoked.")
    code.used = True
    if code.expires_at < time.time():
        raise Refusal("invalid_grant", "The code is unknown, too old or another client's.")
    if form.get("redirect_uri") != code.redirect_uri:
        raise Refusal("invalid_grant", "redirect_uri differs from the authorization request's.")
    _check_verifier(code, form.get("code_verifier"))
    return _tokens(realm, code.grant, code.grant.scope, nonce=code.grant.nonce)


def _check_verifier(code: Code, verifier: str | None) -> None:
    if code.code_challenge is None:
        if verifier is not None:
            # Someone took the challenge out on the way (RFC 9700 2.1.1).
            raise Refusal("invalid_grant", "The authorization request had no code_challenge.")
        return
    if verifier is None:
        raise Refusal("invalid_grant", "code_verifier is missing.")
    if not _VERIFIER.fullmatch(verifier):
        raise Refusal("invalid_grant", "code_verifier is not 43 to 128 unreserved characters.")
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not hmac.compare_digest(challenge, code.code_challenge):
        raise Refusal("invalid_grant", "code_verifier does not fit the code_challenge.")


def _refresh_token(realm: Realm, client: Client, form: Params) -> dict[str, Any]:
    token = realm.grants.refresh_token(form.need("refresh_token"))
    if token is None or token.grant.client_id != client.client_id:
        raise Refusal("invalid_grant", "The refresh token is unknown, revoked or another client's.")
    scope = token.grant.scope
    if form.get("scope") is not None:
        scope = asked_scope(client, form)
        if not set(scope) <= set(token.grant.scope):
            raise Refusal("invalid_scope", "A refresh cannot add scopes; sign in again for more.")
    if token.used:
        # Either the client or a thief has the newer one: nobody keeps anything (RFC 9700 4.14.2).
        token.grant.revoked = True
        raise Refusal("invalid_grant", "The refresh token was used before; the sign-in is revoked.")
    token.used = True
    return _tokens(realm, token.grant, scope, nonce=None)


def _client_credentials(realm: Realm, client: Client, form: Params) -> dict[str, Any]:
    # What speaks of a person is left out, and the answer's scope says so (RFC 6749 3.3).
    scope = tuple(
        name for name in asked_scope(client, form) if not realm.profile.meaning(name).personal
    )
    if not scope:
        raise Refusal("invalid_scope", "Each scope asked for needs a person, and here is none.")
    grant = Grant(client_id=client.client_id, scope=scope)
    return _tokens(realm, grant, scope, nonce=None)


_GRANTS = {
    "authorization_code": _authorization_code,
    "refresh_token": _refresh_token,
    "client_credentials": _client_credentials,
}


def _tokens(realm: Realm, grant: Grant, scope: Scope, *, nonce: str | None) -> dict[str, Any]:
    access_token = realm.grants.new_access_token(grant, scope)
    tokens: dict[str, Any] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": realm.grants.token_lifetime,
        "scope": " ".join(scope),
    }
    if "offline_access" in grant.scope:
        tokens["refresh_token"] = realm.grants.new_refresh_token(grant)
    if "openid" in scope:
        tokens["id_token"] = id_token(realm, grant, scope, access_token, nonce=nonce)
    return tokens
