"""A session for the bench, with a token that is never checked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import oauth_widgets as ow
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.resource.resource import declared_api


def signed_in(api: str) -> ow.Session:
    """Return a session as after a sign-in, for the API at `api`."""
    server = ow.AuthorizationServer(issuer=api, api=api)
    tokens = ValidatedTokens(
        access_token=ow.Secret("a-token"),
        refresh_token=None,
        id_token=None,
        requested_scope=ow.Scope("items.read"),
        scope=ow.Scope("items.read"),
        expires_at=datetime.now(UTC) + timedelta(hours=1),
    )
    client = ow.ClientMetadata(client_id="bench", redirect_uris=["http://127.0.0.1/callback"])
    return ow.Session(server, client, tokens, declared_api(server, None, ()), again=ow.Scope)
