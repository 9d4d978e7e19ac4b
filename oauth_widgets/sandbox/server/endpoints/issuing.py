"""Tokens, made from a grant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from oauth_widgets._sandbox import misbehaviour
from oauth_widgets._sandbox.subject import id_token

if TYPE_CHECKING:
    from oauth_widgets._sandbox.grants import Grant, Scope
    from oauth_widgets._sandbox.realm import Realm


def issue(
    realm: Realm, grant: Grant, scope: Scope, *, nonce: str | None, refreshed: bool = False
) -> dict[str, Any]:
    """Return the token endpoint's answer: `scope` is all of the grant's or a part."""
    access_token = realm.grants.new_access_token(grant, scope)
    tokens: dict[str, Any] = {
        "access_token": access_token,
        "token_type": "Bearer",
        "expires_in": realm.grants.token_lifetime,
        "scope": " ".join(scope),
    }
    # Nothing that speaks of a person where there is none, whatever the scopes say.
    if grant.username is None:
        return tokens
    if "offline_access" in grant.scope:
        tokens["refresh_token"] = realm.grants.new_refresh_token(grant)
    if "openid" in scope:
        tokens["id_token"] = id_token_for(
            realm, grant, scope, access_token, nonce=nonce, refreshed=refreshed
        )
    return tokens


def id_token_for(
    realm: Realm,
    grant: Grant,
    scope: Scope,
    access_token: str,
    *,
    nonce: str | None,
    refreshed: bool = False,
) -> str:
    """Return the signed ID token beside `access_token`."""
    content = id_token(realm, grant, scope, access_token, nonce=nonce)
    content = misbehaviour.id_token(realm.switches, content, refreshed=refreshed)
    return misbehaviour.sign(realm.switches, realm.keys, content)
