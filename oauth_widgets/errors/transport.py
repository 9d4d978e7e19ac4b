"""No usable answer arrived; the same call may work later."""

from __future__ import annotations

from oauth_widgets.errors.root import OAuthError


class TransportError(OAuthError):
    """No usable answer arrived. `sent` says whether the request may have reached the server."""

    next_step = "Try again in a moment."
    retry_may_help = True

    def __init__(self, message: str, *, sent: bool = True, next_step: str | None = None) -> None:
        super().__init__(message, next_step=next_step)
        self.sent = sent


class ServerUnreachable(TransportError):
    """Refused, unknown host, TLS failure, or the connection was lost."""

    next_step = "Check the address, your network and any proxy, then try again."


class DeadlineExceeded(TransportError):
    """The whole exchange took longer than allowed."""


class AnswerTooLarge(TransportError):
    """The answer was larger than any such answer needs to be; reading stopped."""

    next_step = "Check the address for typos."
    retry_may_help = False


class AnswerLost(TransportError):
    """The request went out and may have worked, but its answer was lost.

    A server that issues a new refresh token at each refresh may have used the old one up.
    """

    next_step = "Try again. If that is refused, sign in again."
