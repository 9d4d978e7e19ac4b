"""The authorization server refused, in the standard's words."""

from __future__ import annotations

import re

from oauth_widgets.errors.root import OAuthError, foreign_text

# A code as the standards write it. Anything else may be a sentence about a person.
_CODE = re.compile(r"[a-z_]{1,40}")


class ErrorResponse(OAuthError):
    """The authorization server refused (RFC 6749 4.1.2.1 and 5.2).

    `error`, `error_description` and `error_uri` are the server's own words, made fit to show.
    """

    next_step = "Correct what the server describes, or ask whoever runs it."

    def __init__(
        self,
        error: str,
        error_description: str | None = None,
        error_uri: str | None = None,
        *,
        next_step: str | None = None,
    ) -> None:
        self.error = foreign_text(error)
        self.error_description = foreign_text(error_description or "") or None
        self.error_uri = foreign_text(error_uri or "") or None
        said = f"{self.error}: {self.error_description}" if self.error_description else self.error
        message = f"{self.summary} The server said: {said.rstrip('.')}."
        super().__init__(message, next_step=next_step)

    summary = "The server refused the request."
    """What happened, in this package's words."""

    @property
    def own_words(self) -> str:
        """What happened, in this package's words, with at most the server's code."""
        code = f" The server said: {self.error}." if _CODE.fullmatch(self.error) else ""
        return self.summary + code

    @property
    def server_words(self) -> str:
        """What the server said, which may name a person; "" if it said nothing else."""
        code = "" if _CODE.fullmatch(self.error) else self.error
        return ": ".join(filter(None, [code, self.error_description]))


class AccessDenied(ErrorResponse):
    """`access_denied`: the person, or the server on their behalf, refused."""

    person_can_help = True
    summary = "Permission was refused on the sign-in page."
    next_step = "Sign in again and allow access, or ask for fewer scopes."


class InvalidRequest(ErrorResponse):
    """`invalid_request`: something in the request is missing or wrong."""

    summary = "The server could not understand the request."
    next_step = "Compare redirect_uri, scope and extra with the client's registration."


class InvalidClient(ErrorResponse):
    """`invalid_client`: the server does not accept the client's id and secret."""

    summary = "The server did not accept the client's id and secret."
    next_step = (
        "Check client_id, client_secret and token_endpoint_auth_method. If they are right, "
        "describe the server with client_secret_basic_raw=True (for a secret with special "
        "characters) or pkce=False (if it rejects code_challenge)."
    )


class InvalidGrant(ErrorResponse):
    """`invalid_grant`: the code or refresh token is expired, used or revoked."""

    person_can_help = True
    summary = "The sign-in is no longer valid."
    next_step = "Sign in again."


class InvalidScope(ErrorResponse):
    """`invalid_scope`: a scope is unknown to the server or not allowed for this client."""

    person_can_help = True
    summary = "The server does not grant the requested scope."
    next_step = "Ask for at least one scope, and only for those the client is registered for."


class UnauthorizedClient(ErrorResponse):
    """`unauthorized_client`: this client may not sign in this way."""

    summary = "This client isn't allowed to sign in this way."
    next_step = "Have the client registered for this grant."


class UnsupportedGrantType(ErrorResponse):
    """`unsupported_grant_type`: the server does not know this grant."""

    summary = "The server does not offer this way to sign in."
    next_step = (
        "Use another way: ow.login, ow.begin_login, ow.device_login or ow.client_credentials."
    )


class UnsupportedResponseType(UnsupportedGrantType):
    """`unsupported_response_type`: the server does not know this kind of answer."""


class ServerFailure(ErrorResponse):
    """`server_error`: the server failed."""

    retry_may_help = True
    summary = "The server reported an internal error."
    next_step = "Try again in a moment."


class TemporarilyUnavailable(ServerFailure):
    """`temporarily_unavailable`: the server is overloaded or in maintenance."""

    summary = "The server cannot answer right now."


class PersonNeeded(ErrorResponse):
    """`login_required`, `consent_required` and their kin: only a person can continue."""

    person_can_help = True
    summary = "A person has to do something on the sign-in page."
    next_step = 'Sign in again, without "prompt": "none" in extra=.'
