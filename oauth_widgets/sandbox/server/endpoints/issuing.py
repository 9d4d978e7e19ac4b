"""Making tokens from a grant."""

from __future__ import annotations

import hashlib
import time
from typing import Any

from oauth_widgets.sandbox.server.endpoints.claims import base64url, claims
from oauth_widgets.sandbox.server.state import misbehaviour
from oauth_widgets.sandbox.server.state.grants import Grant, Scope
from oauth_widgets.sandbox.server.state.question import still_granted
from oauth_widgets.sandbox.server.state.realm import Realm

ID_TOKEN_LIFETIME = 3600  # seconds


def issue(
    realm: Realm, grant: Grant, scope: Scope, *, nonce: str | None, refreshed: bool = False
) -> dict[str, Any]:
    """Return the token endpoint's answer; `scope` is all or part of the granted scope."""
    access_token = realm.grants.new_access_token(grant, scope)
    tokens: dict[str, Any] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": realm.grants.token_lifetime,
        "scope": " ".join(scope),
    }
    # Without a person there is no one to identify or to refresh for, whatever the scopes say.
    if grant.username is None:
        return tokens
    if "offline_access" in still_granted(realm.clients[grant.client_id], grant.scope):
        tokens["refresh_token"] = realm.grants.new_refresh_token(grant)
    if "openid" in scope:
        tokens["id_token"] = id_token(
            realm, grant, scope, access_token, nonce=nonce, refreshed=refreshed
        )
    return tokens


def id_token(
    realm: Realm,
    grant: Grant,
    scope: Scope,
    access_token: str,
    *,
    nonce: str | None,
    refreshed: bool = False,
) -> str:
    """Return the signed ID token that accompanies `access_token` (OpenID Connect Core 2)."""
    now, acr = int(time.time()), realm.profile.policy.acr
    content = {
        "iss": realm.issuer,
        "aud": grant.client_id,
        "iat": now,
        "exp": now + ID_TOKEN_LIFETIME,
        "sid": grant.sid,
        "at_hash": base64url(hashlib.sha256(access_token.encode()).digest()[:16]),
        **claims(realm, grant, scope, single=grant.claims.id_token),
        **({"auth_time": grant.auth_time} if grant.auth_time is not None else {}),
        **({"acr": acr, "amr": ["pwd"]} if acr else {}),
        **({"nonce": nonce} if nonce is not None else {}),
    }
    content = misbehaviour.id_token(realm.switches, content, refreshed=refreshed)
    return misbehaviour.sign(realm.switches, realm.keys, content)
