"""Who somebody is to one client: the subject identifier, the claims, the ID token."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from oauth_widgets._sandbox.client import Client
    from oauth_widgets._sandbox.grants import Grant, Scope
    from oauth_widgets._sandbox.person import Person
    from oauth_widgets._sandbox.realm import Realm

ID_TOKEN_LIFETIME = 3600  # seconds


def subject(realm: Realm, person: Person, client: Client) -> str:
    """Return the subject identifier of `person` for `client` (OpenID Connect Core 8).

    Pairwise ones differ for each sector (8.1); public ones are the same for all clients.
    """
    salt = f"sector salt {realm.seed}".encode()
    sector = client.sector if realm.profile.policy.pairwise else ""
    return _base64url(hmac.digest(salt, f"{sector}\0{person.username}".encode(), "sha256"))


def claims(
    realm: Realm, grant: Grant, scope: Scope, *, single: Iterable[str] = ()
) -> dict[str, Any]:
    """Return what `scope`, and the `single` claims beside it, tell about the person of `grant`."""
    person = realm.people[grant.username or ""]
    every = {"sub": subject(realm, person, realm.clients[grant.client_id]), **person.told()}
    told = {claim for name in scope for claim in realm.profile.meaning(name).claims} | set(single)
    return {name: value for name, value in every.items() if name in told}


def id_token(
    realm: Realm, grant: Grant, scope: Scope, access_token: str, *, nonce: str | None
) -> dict[str, Any]:
    """Return an ID token's claims (OpenID Connect Core 2), good for `ID_TOKEN_LIFETIME` seconds."""
    now, acr = int(time.time()), realm.profile.policy.acr
    return {
        "iss": realm.issuer,
        "aud": grant.client_id,
        "iat": now,
        "exp": now + ID_TOKEN_LIFETIME,
        "auth_time": grant.auth_time,
        "sid": grant.sid,
        "at_hash": _base64url(hashlib.sha256(access_token.encode()).digest()[:16]),
        **claims(realm, grant, scope, single=grant.claims.id_token),
        **({"acr": acr, "amr": ["pwd"]} if acr else {}),
        **({"nonce": nonce} if nonce is not None else {}),
    }


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
