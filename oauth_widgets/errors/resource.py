"""The API refused, or is not to be trusted with the token."""

from __future__ import annotations

import math
from typing import Self

from oauth_widgets.errors.root import OAuthError, foreign_text


class ResourceError(OAuthError):
    """The API refused, or is not to be trusted with the token."""

    next_step = "Check the address and try again."
    status: int | None = None
    """The status of the answer, such as 403, if the API refused."""
    said: str = ""
    """What the API said about it, quoted at the end of `message`; "" if it said nothing."""

    @property
    def own_words(self) -> str:
        """What happened, in this package's words, fit to be saved."""
        return self.message.replace(self.quotation, "")

    @property
    def server_words(self) -> str:
        """What the API said, which may name a person; "" if it said nothing."""
        return self.said

    @property
    def quotation(self) -> str:
        """The sentence that quotes the API, with a space before it; "" if it said nothing."""
        return f" It said: {self.said}." if self.said else ""

    def quoting(self, said: str) -> Self:
        """Return this error with what the API said, which must be fit to show, at its end.

        It replaces what the API was quoted with before.
        """
        own = self.own_words
        self.said = said.rstrip(".")
        self.message = own + self.quotation
        return self


class InvalidToken(ResourceError):
    """The token is expired, revoked or unknown to the API (RFC 6750 3.1)."""

    person_can_help = True
    next_step = "Sign in again."


class InsufficientScope(ResourceError):
    """The token is good but does not cover this (RFC 6750 3.1).

    `missing` names the scopes that are needed and were not granted.
    """

    person_can_help = True

    def __init__(self, message: str, *, missing: tuple[str, ...] = ()) -> None:
        wanted = foreign_text(" ".join(missing)) or "…"
        super().__init__(message, next_step=f"Ask for more: session.ask_for({wanted!r}).")
        self.missing = missing


class ForeignOrigin(ResourceError):
    """The address is not the API's, so the token was not sent there."""

    next_step = "If you trust that origin with this token, add it to api_origins."


class ResourceBusy(ResourceError):
    """The API is busy and asks you to wait (RFC 6585 4, RFC 9110 15.6.4).

    `retry_after` says how long, in seconds; None if the API did not say.
    """

    next_step = "Wait a while and try again."
    retry_may_help = True

    def __init__(self, message: str, *, retry_after: float | None = None) -> None:
        step = None
        if retry_after is not None:
            seconds = max(1, math.ceil(retry_after))
            step = f"Wait {seconds} second{'s' if seconds > 1 else ''} and try again."
        super().__init__(message, next_step=step)
        self.retry_after = retry_after


class UnexpectedAnswer(ResourceError):
    """The API answered with something other than the requested records."""


class MaybeIncompleteWarning(UserWarning):
    """What was fetched may not be all: the API doesn't say, or gave fewer rows than it says."""
