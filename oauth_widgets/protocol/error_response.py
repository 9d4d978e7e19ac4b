"""The server's refusal, as a typed error (RFC 6749 4.1.2.1 and 5.2, OIDC Core 3.1.2.6)."""

from __future__ import annotations

from oauth_widgets import errors
from oauth_widgets._net.address import absolute, origin
from oauth_widgets._net.document import Document, parse_object
from oauth_widgets._net.message import Response
from oauth_widgets._net.retry_after import by_status, passes
from oauth_widgets.protocol.refusal import reason_of
from oauth_widgets.secret.quoting import Secrets, quoted

_BY_CODE: dict[str, type[errors.ErrorResponse]] = {
    "access_denied": errors.AccessDenied,
    "invalid_request": errors.InvalidRequest,
    "invalid_client": errors.InvalidClient,
    "invalid_grant": errors.InvalidGrant,
    "invalid_scope": errors.InvalidScope,
    "unauthorized_client": errors.UnauthorizedClient,
    "unsupported_grant_type": errors.UnsupportedGrantType,
    "unsupported_response_type": errors.UnsupportedResponseType,
    "server_error": errors.ServerFailure,
    "temporarily_unavailable": errors.TemporarilyUnavailable,
    "login_required": errors.PersonNeeded,
    "consent_required": errors.PersonNeeded,
    "interaction_required": errors.PersonNeeded,
    "account_selection_required": errors.PersonNeeded,
    # GitHub's, and Slack's.
    "bad_verification_code": errors.InvalidGrant,
    "bad_refresh_token": errors.InvalidGrant,
    "incorrect_client_credentials": errors.InvalidClient,
    "invalid_code": errors.InvalidGrant,
    "invalid_refresh_token": errors.InvalidGrant,
}
_KNOWN = frozenset(
    {*_BY_CODE, "authorization_pending", "slow_down", "expired_token", "invalid_token"}
)
"""Codes that are shown as they are, even if a secret is a part of one."""


def error_of(
    code: str, description: str | None = None, uri: str | None = None, *, secrets: Secrets = ()
) -> errors.ErrorResponse:
    """Return the error for the server's `code`; an unknown one becomes a plain ErrorResponse.

    `secrets` are those that the request or the same answer contains: none is quoted.
    """
    shown = code if code in _KNOWN else quoted(code, secrets)
    more = (quoted(words or "", secrets) for words in (description, uri))
    return _BY_CODE.get(code, errors.ErrorResponse)(shown, *more)


def refusal(
    response: Response, *, what: str, error: type[errors.InvalidResponse]
) -> errors.OAuthError:
    """Return the error that a refusal stands for (RFC 6749 5.2, or a form of the server's own).

    `what` names the endpoint. An answer that gives no reason becomes `error`, or
    TemporarilyUnavailable if the status says that it may work later.
    """
    document = _document(response)
    code, words = reason_of(document, _KNOWN)
    later = passes(response.status)
    if code or words:
        tokens = [value for name, value in document.items() if name.endswith("_token")]
        secrets = [*response.secrets, *(value for value in tokens if isinstance(value, str))]
        uri = document.get("error_uri")
        problem = error_of(code or f"status {response.status}", words, None, secrets=secrets)
        problem.error_uri = quoted(uri, secrets) if isinstance(uri, str) else None
        if code in _KNOWN or not later:
            return problem
        return errors.TemporarilyUnavailable(problem.error, problem.error_description)
    if later:
        return errors.TemporarilyUnavailable("temporarily_unavailable", f"status {response.status}")
    if 300 <= response.status < 400:
        return error(
            f"The {what} answered with a redirect (status {response.status}) to "
            f"{redirect_target(response)}, which is not followed.",
            next_step="If that is the same server, describe it with the address there.",
        )
    said = f"The {what} answered with status {response.status} and gave no reason."
    return by_status(error(said), response.status)


def redirect_target(response: Response) -> str:
    """Return the origin that a redirect leads to, fit to show."""
    try:
        target = absolute(response.headers.get("location", ""), response.url)
        return quoted(origin(target), response.secrets)
    except errors.ConfigurationError:
        return "no valid address"


def _document(response: Response) -> Document:
    # Some send JSON as text/plain.
    try:
        return parse_object(response.body)
    except errors.InvalidDocument:
        return {}
