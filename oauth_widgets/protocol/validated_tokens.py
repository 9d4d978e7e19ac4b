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
    """What a session lives on.

    `requested_scope` is what was asked and `scope` what was granted: they may differ both ways
    (RFC 6749 3.3). `expires_at` is an aware datetime, None where the server did not say.
    """

    access_token: Secret
    refresh_token: Secret | None
    id_token: IDToken | None
    requested_scope: Scope
    scope: Scope
    expires_at: datetime | None

    def widens(self, earlier: ValidatedTokens) -> bool:
        """Whether this can stand in the place of `earlier` tokens of the same client.

        It is for the same person, as far as the server tells (OIDC Core 5.7), and has all scope.
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
    """Join an answer with what was known before it.

    `granted_before` holds where the answer names no scope, `refresh_token` where it brings none.
    """
    refresh_token = response.refresh_token or refresh_token
    scope = response.scope
    if scope is None:
        # What was asked counts as granted (RFC 6749 5.1), but for what evidently was not.
        ungranted = () if refresh_token else ("offline_access",)
        scope = Scope(name for name in granted_before if name not in ungranted)
    expires_at = None
    if response.expires_in is not None:
        # a lifetime beyond the calendar is no lifetime
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
