"""The record of a saved sign-in, and its format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from oauth_widgets.errors import ConfigurationError, StoreDamaged, StoreTooNew
from oauth_widgets.errors.kinds import check_text
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.unverified_token import unverified_token
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.resource.resource import Api
from oauth_widgets.secret import Secret

VERSION = 1
_AT_THE_SERVER = ("issuer", "token_endpoint", "client_id")


@dataclass(frozen=True, kw_only=True)
class Record:
    """A saved sign-in.

    `bound` is what it may be used with: server, client, scope and API. `generation` names the
    sign-in: it stays when tokens are refreshed, and a new sign-in gets a new one. `renewals` counts
    refreshes. `since` is when the person signed in.
    """

    bound: Mapping[str, Any]
    generation: str
    renewals: int
    since: datetime
    tokens: ValidatedTokens


def binding(
    server: AuthorizationServer,
    client: ClientMetadata,
    scope: Scope,
    api: Api,
    extra: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """Return what this sign-in may be used with: server, client, scope, API and `extra`."""
    # A record from before a connection could have these doesn't name them.
    further = {"extra": {name: str(value) for name, value in extra.items()}} if extra else {}
    return {
        "issuer": server.issuer,
        "token_endpoint": server.token_endpoint,
        "client_id": client.client_id,
        "scope": sorted(scope),
        "api": api.base,
        "api_origins": sorted(api.origins),
        **further,
    }


def same_server(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether both bindings are of the same client at the same server."""
    return all(one.get(name) == other.get(name) for name in _AT_THE_SERVER)


def written(record: Record) -> str:
    """Return `record` as JSON. It contains secrets."""
    tokens = record.tokens
    identity = tokens.id_token
    document = {
        "version": VERSION,
        "bound": dict(record.bound),
        "generation": record.generation,
        "renewals": record.renewals,
        "since": record.since.isoformat(),
        "access_token": tokens.access_token.reveal(),
        "expires_at": tokens.expires_at.isoformat() if tokens.expires_at else None,
        "refresh_token": tokens.refresh_token.reveal() if tokens.refresh_token else None,
        "id_token": identity.raw.reveal() if identity else None,
        "nonce": identity.nonce if identity else None,
        "requested_scope": str(tokens.requested_scope),
        "granted_scope": str(tokens.scope),
    }
    return json.dumps(document)


def read(text: str) -> Record:
    """Return what `written` wrote. Raises StoreTooNew or StoreDamaged."""
    try:
        document = json.loads(text)
        version = document["version"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _damaged() from None
    if isinstance(version, int) and version > VERSION:
        raise StoreTooNew("A newer version of oauth-widgets wrote this saved sign-in.")
    if version != VERSION:
        raise _damaged()
    try:
        return _record(document)
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, ConfigurationError):
        # The cause is left out, since its text may contain a token.
        raise _damaged() from None


def _damaged() -> StoreDamaged:
    return StoreDamaged("The saved sign-in is damaged.")


def _record(document: Mapping[str, Any]) -> Record:
    refresh_token = document["refresh_token"]
    tokens = ValidatedTokens(
        access_token=Secret(document["access_token"]),
        refresh_token=None if refresh_token is None else Secret(refresh_token),
        id_token=_identity(document["id_token"], document["nonce"]),
        requested_scope=Scope(check_text(document["requested_scope"], "scope")),
        scope=Scope(check_text(document["granted_scope"], "scope")),
        expires_at=_time(document["expires_at"]) if document["expires_at"] else None,
    )
    return Record(
        bound=dict(document["bound"]),
        generation=str(document["generation"]),
        renewals=int(document["renewals"]),
        since=_time(document["since"]),
        tokens=tokens,
    )


def _identity(raw: str | None, nonce: str | None) -> IDToken | None:
    """Return the ID token, which was validated before it was saved."""
    if raw is None:
        return None
    claims = unverified_token(Secret(raw)).claims
    if not {"iss", "sub"} <= claims.keys():
        raise ValueError("not an ID token")
    return IDToken(claims, Secret(raw), (), nonce)


def _time(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    return at.astimezone(UTC)
