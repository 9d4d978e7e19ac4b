"""An access token from elsewhere, as the tokens of a session."""

from __future__ import annotations

from datetime import datetime
from typing import NoReturn

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import kind_of
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import SENDABLE
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.secret import Secret
from oauth_widgets.servers.kinds import check_kinds

UNKNOWN_CLIENT = ClientMetadata(client_id="unknown")
"""Stands for a client that wasn't named."""


def checked(
    server: AuthorizationServer, client: ClientMetadata | None
) -> tuple[AuthorizationServer, ClientMetadata]:
    """Return both if they are what they are called. Raises ConfigurationError."""
    client = UNKNOWN_CLIENT if client is None else client
    check_kinds(server, client)
    return server, client


def check_known(client: ClientMetadata) -> None:
    """Raise ConfigurationError if `client` is unknown, so the server can't be asked."""
    if client is UNKNOWN_CLIENT:
        raise ConfigurationError(
            "This session was made from a token alone, so its client isn't known.",
            next_step="Pass it: ow.Session.from_token(server, token, client=…).",
        )


def handed_over(token: str | Secret, scope: Scope, expires_at: datetime | None) -> ValidatedTokens:
    """Return `token` as tokens of a sign-in. Raises ConfigurationError."""
    if not isinstance(token, str | Secret):
        raise ConfigurationError(
            f"The token is {type(token).__name__}, not a Secret.",
            next_step='Pass Secret.env("NAME"), or the text of the token.',
        )
    secret = Secret.of(token)
    # Other HTTP clients would repeat the token in their errors
    # check: token/access-token
    if not SENDABLE.fullmatch(secret.reveal()):
        raise ConfigurationError(
            "The token contains a character not allowed in headers, such as a line break.",
            next_step="Pass the token alone: text.strip() removes line breaks around it.",
        )
    if expires_at is not None and (
        not isinstance(expires_at, datetime) or expires_at.tzinfo is None
    ):
        raise ConfigurationError(
            f"expires_at= must be a datetime with a time zone, not {kind_of(expires_at)}.",
            next_step="Pass expires_at=datetime.now(UTC) + timedelta(seconds=…).",
        )
    return ValidatedTokens(
        access_token=secret,
        refresh_token=None,
        id_token=None,
        requested_scope=scope,
        scope=scope,
        expires_at=expires_at,
    )


def no_more(scope: Scope) -> NoReturn:
    """Say that a token that was handed over can't be asked for more."""
    raise ConfigurationError(
        f"This session was made from a token, which can't be extended to {scope}.",
        next_step="Have a person sign in: ow.login(…), or pass a different token.",
    )
