"""Tokens that passed every check, and may be used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from oauth_widgets.protocol.id_token import IDToken
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.protocol.token import TokenResponse
from oauth_widgets.secret import Secret


@dataclass(frozen=True, kw_only=True)
class ValidatedTokens:
    """The tokens that a session uses.

    `requested_scope` is what was requested and `scope` what was granted: either may have more
    (RFC 6749 3.3). `expires_at` is an aware datetime, None if the server did not say.
    """

    access_token: Secret
    refresh_token: Secret | None
    id_token: IDToken | None
    requested_scope: Scope
    scope: Scope
    expires_at: datetime | None

    def widens(self, earlier: ValidatedTokens) -> bool:
        """Whether this can replace `earlier` tokens of the same client.

        They are for the same person, as far as the server says (OIDC Core 5.7), with no less scope.
        """
        both = (self.id_token, earlier.id_token)
        people = {token.claims["sub"] if token else None for token in both}
        return len(people) == 1 and earlier.scope <= self.scope


def validated_tokens(
    response: TokenResponse,
    *,
    id_token: IDToken | None,
    requested_scope: Scope,
    granted_before: Scope,
    refresh_token: Secret | None,
    now: float,
) -> ValidatedTokens:
    """Combine an answer with what was known before.

    `granted_before` is used if the answer names no scope, `refresh_token` if it contains none.
    """
    refresh_token = response.refresh_token or refresh_token
    scope = response.scope
    if scope is None:
        scope = granted_before
        # What was requested counts as granted (RFC 6749 5.1), except for what evidently was not.
        if not refresh_token:
            scope = Scope(name for name in scope if name != "offline_access")
    elif refresh_token and "offline_access" in requested_scope:
        # Entra ID and Google leave it out of the answer; the token says that it was granted.
        scope = Scope([*scope, "offline_access"])
    expires_at = None
    if response.expires_in is not None:
        # The calendar ends before some lifetimes do.
        latest = datetime.max.replace(tzinfo=UTC).timestamp() - 1
        expires_at = datetime.fromtimestamp(min(now + response.expires_in, latest), UTC)
    return ValidatedTokens(
        access_token=response.access_token,
        refresh_token=refresh_token,
        id_token=id_token,
        requested_scope=requested_scope,
        scope=scope,
        expires_at=expires_at,
    )
