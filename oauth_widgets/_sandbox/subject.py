"""Who somebody is to one client: the subject identifier, the claims, the ID token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from oauth_widgets._sandbox.client import Client
    from oauth_widgets._sandbox.grants import Grant, Scope
    from oauth_widgets._sandbox.person import Person
    from oauth_widgets._sandbox.realm import Realm

ID_TOKEN_LIFETIME = 3600  # seconds


def subject(realm: Realm, person: Person, client: Client) -> str:
    """Return the pairwise identifier: one for each person and sector (OpenID Connect Core 8.1)."""
    salt = f"sector salt {realm.seed}".encode()
    who = f"{client.sector}\0{person.username}".encode()
    return _base64url(hmac.digest(salt, who, "sha256"))


def claims(realm: Realm, grant: Grant, scope: Scope) -> dict[str, Any]:
    """Return what `scope` tells about the person of `grant`, for ID token and userinfo alike."""
    person = realm.people[grant.username or ""]
    every = {
        "sub": subject(realm, person, realm.clients[grant.client_id]),
        "phone_number": person.phone_number,
        "phone_number_verified": True,
    }
    told = {claim for name in scope for claim in realm.profile.meaning(name).claims}
    return {name: value for name, value in every.items() if name in told}


def id_token(
    realm: Realm, grant: Grant, scope: Scope, access_token: str, *, nonce: str | None
) -> str:
    """Return a signed ID token (OpenID Connect Core 2), good for `ID_TOKEN_LIFETIME` seconds."""
    now = int(time.time())
    content = {
        "iss": realm.issuer,
        "aud": grant.client_id,
        "iat": now,
        "exp": now + ID_TOKEN_LIFETIME,
        "auth_time": grant.auth_time,
        "sid": grant.sid,
        "at_hash": _base64url(hashlib.sha256(access_token.encode()).digest()[:16]),
        **claims(realm, grant, scope),
    }
    if nonce is not None:
        content["nonce"] = nonce
    return realm.keys.sign(content)


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
