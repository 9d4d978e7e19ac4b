"""Who a person is to one client: subject identifier, session identifier and claims."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable
from typing import Any

from oauth_widgets.sandbox.server.profiles.client import Client
from oauth_widgets.sandbox.server.profiles.people import Person
from oauth_widgets.sandbox.server.state.browsers import SignIn
from oauth_widgets.sandbox.server.state.grants import Grant, Scope
from oauth_widgets.sandbox.server.state.realm import Realm


def subject(realm: Realm, person: Person, client: Client) -> str:
    """Return the subject identifier of `person` for `client` (OpenID Connect Core 8).

    A pairwise identifier differs from sector to sector (8.1); a public one is the same for all.
    """
    salt = f"sector salt {realm.seed}".encode()
    sector = client.sector if realm.profile.policy.pairwise else ""
    return base64url(hmac.digest(salt, f"{sector}\0{person.username}".encode(), "sha256"))


def session_id(realm: Realm, sign_in: SignIn, client: Client) -> str:
    """Return what ID tokens for `client` call the sign-in.

    With pairwise subjects it differs from sector to sector too: a shared `sid` would tell two
    clients that their users are the same person (W8).
    """
    sector = client.sector if realm.profile.policy.pairwise else ""
    return base64url(hmac.digest(sign_in.key, sector.encode(), "sha256")[:12])


def claims(
    realm: Realm, grant: Grant, scope: Scope, *, single: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the claims about the person that `scope` releases, and the `single` claims."""
    person = realm.people[grant.username or ""]
    every = {"sub": subject(realm, person, realm.clients[grant.client_id]), **person.claims()}
    released = {claim for name in scope for claim in realm.profile.meaning(name).claims}
    return {name: value for name, value in every.items() if name in released.union(single)}


def base64url(data: bytes) -> str:
    """Return `data` in base64url without padding (RFC 7515 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
