"""How long a session can continue without a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import kind_of
from oauth_widgets.protocol.validated_tokens import ValidatedTokens
from oauth_widgets.session.local_time import local_time


@dataclass(frozen=True)
class Lasts:
    """How long a session can continue without a person; prints as a sentence.

    `until` is an aware datetime, or None if no end is known. `renewable` says that tokens can be
    refreshed up to then.
    """

    until: datetime | None
    renewable: bool

    def covers(self, moment: datetime) -> bool:
        """Whether the session can be expected to work until `moment`, an aware datetime.

        Raises ConfigurationError for anything else.
        """
        if not isinstance(moment, datetime) or moment.tzinfo is None:
            raise ConfigurationError(
                f"The moment must be a datetime with a time zone, not {kind_of(moment)}.",
                next_step="Pass datetime.now(UTC) + timedelta(hours=…).",
            )
        return self.until is None or moment < self.until

    def __str__(self) -> str:
        if self.until is not None:
            return f"Until {local_time(self.until)}. After that, someone has to sign in."
        if self.renewable:
            return "Until the server ends it (no date given)."
        return "The server didn't say when the token expires, and it can't be refreshed."


def lasts(tokens: ValidatedTokens, *, fetched: bool) -> Lasts:
    """Return how long `tokens` last; `fetched` ones can be fetched again without a person."""
    if fetched or tokens.refresh_token is not None:
        return Lasts(None, renewable=True)
    return Lasts(tokens.expires_at, renewable=False)
