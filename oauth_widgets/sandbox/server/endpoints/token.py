"""The token endpoint: a code, a refresh token or a secret in exchange for tokens."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from oauth_widgets.sandbox.server.endpoints.client_authentication import authenticate
from oauth_widgets.sandbox.server.endpoints.issuing import issue
from oauth_widgets.sandbox.server.profiles.client import Client
from oauth_widgets.sandbox.server.profiles.policy import DEVICE_GRANT
from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.state.grants import Code, Grant
from oauth_widgets.sandbox.server.state.question import requested_scope, still_granted
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.wire import Params, answer, form_of

_UNKNOWN = (
    "The code is unknown, expired or another client's, or from before the sandbox was restarted."
)
_NO_SUCH_GRANT = (
    "The refresh token is unknown, revoked or another client's, or from before the sandbox was "
    "restarted: sign in again."
)
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")


async def exchange(realm: Realm, request: Request) -> Response:
    """Answer the token endpoint (RFC 6749 3.2)."""
    form = await form_of(request)
    client = authenticate(realm, request, form)
    grant_type = form.need("grant_type")
    supported = [name for name in _GRANTS if name in realm.profile.policy.grant_types]
    if grant_type not in supported:
        raise Refusal("unsupported_grant_type", f"This server supports: {', '.join(supported)}.")
    if grant_type not in client.grant_types:
        raise Refusal("unauthorized_client", "This client may not use this grant type.")
    tokens = _GRANTS[grant_type](realm, client, form)
    issued = realm.grants.access_token(tokens["access_token"])
    request.state.sign_in = issued and issued.grant.number
    return answer(tokens)


def _authorization_code(realm: Realm, client: Client, form: Params) -> dict[str, Any]:
    code = realm.grants.code(form.need("code"))
    if code is None or code.grant.client_id != client.client_id:
        raise Refusal("invalid_grant", _UNKNOWN)
    if code.used:
        # Two parties have the code, and one of them stole it (RFC 6749 4.1.2).
        code.grant.revoked = True
        raise Refusal("invalid_grant", "The code was used before, so its tokens are revoked.")
    code.used = True
    if code.expires_at < time.time():
        raise Refusal("invalid_grant", _UNKNOWN)
    if not _same_address(code, form.get("redirect_uri")):
        raise Refusal("invalid_grant", "redirect_uri differs from the authorization request's.")
    _check_verifier(code, form.get("code_verifier"))
    scope = still_granted(client, code.grant.scope)
    return issue(realm, code.grant, scope, nonce=code.grant.nonce)


def _same_address(code: Code, named: str | None) -> bool:
    # An address that the authorization request left out need not be named (RFC 6749 4.1.3).
    return named == code.redirect_uri or (named is None and not code.redirect_uri_named)


def _check_verifier(code: Code, verifier: str | None) -> None:
    if code.code_challenge is None:
        if verifier is not None:
            # An attacker may have removed the challenge from the request (RFC 9700 2.1.1).
            raise Refusal("invalid_grant", "The authorization request had no code_challenge.")
        return
    if verifier is None:
        raise Refusal("invalid_grant", "code_verifier is missing.")
    if not _VERIFIER.fullmatch(verifier):
        raise Refusal("invalid_grant", "code_verifier is not 43 to 128 unreserved characters.")
    digest = hashlib.sha256(verifier.encode()).digest()
    challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    if not hmac.compare_digest(challenge, code.code_challenge):
        raise Refusal("invalid_grant", "code_verifier does not match the code_challenge.")


def _refresh_token(realm: Realm, client: Client, form: Params) -> dict[str, Any]:
    token = realm.grants.refresh_token(form.need("refresh_token"))
    if token is None or token.grant.client_id != client.client_id:
        raise Refusal("invalid_grant", _NO_SUCH_GRANT)
    scope = granted = still_granted(client, token.grant.scope)
    if form.get("scope") is not None:
        scope = requested_scope(client, form)
        if not set(scope) <= set(granted):
            raise Refusal("invalid_scope", "A refresh cannot add scopes; sign in again for more.")
    if token.used:
        # The client or a thief has the newer token, so neither may keep it (RFC 9700 4.14.2).
        token.grant.revoked = True
        raise Refusal(
            "invalid_grant", "The refresh token was used before, so the sign-in is revoked."
        )
    return issue(realm, token.grant, scope, nonce=None, refreshed=True)


def _client_credentials(realm: Realm, client: Client, form: Params) -> dict[str, Any]:
    scope = requested_scope(client, form)
    if not realm.profile.policy.machines_get_personal_scopes:
        # Scopes about a person are left out, as the scope in the answer shows (RFC 6749 3.3).
        scope = tuple(name for name in scope if not realm.profile.is_personal(name))
    if not scope:
        raise Refusal(
            "invalid_scope", "Every requested scope is about a person, but no person is involved."
        )
    return issue(realm, Grant(client_id=client.client_id, scope=scope), scope, nonce=None)


def _device_code(realm: Realm, client: Client, form: Params) -> dict[str, Any]:
    grant = realm.devices.collect(client.client_id, form.need("device_code"))
    return issue(realm, grant, still_granted(client, grant.scope), nonce=None)


_GRANTS = {
    "authorization_code": _authorization_code,
    "refresh_token": _refresh_token,
    "client_credentials": _client_credentials,
    DEVICE_GRANT: _device_code,
}
