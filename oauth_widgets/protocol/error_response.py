"""The server's own no, as a typed error (RFC 6749 4.1.2.1 and 5.2, OIDC Core 3.1.2.6)."""

from __future__ import annotations

from oauth_widgets import errors
from oauth_widgets.protocol.document import Document, parse_object, text
from oauth_widgets.protocol.message import Response
from oauth_widgets.protocol.retry_after import by_status, passes
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
}
_WORDS = {*_BY_CODE, "authorization_pending", "slow_down", "expired_token"}
"""Codes of the standards, which stay as they are even where a secret is a part of one."""


def error_of(
    code: str, description: str | None = None, uri: str | None = None, *, secrets: Secrets = ()
) -> errors.ErrorResponse:
    """Return the error for the server's `code`; an unknown one becomes a plain ErrorResponse.

    `secrets` are those that the server was told, or tells in the same answer: none is quoted.
    """
    shown = code if code in _WORDS else quoted(code, secrets)
    more = (quoted(words or "", secrets) for words in (description, uri))
    return _BY_CODE.get(code, errors.ErrorResponse)(shown, *more)


def refusal(
    response: Response, *, what: str, error: type[errors.InvalidResponse]
) -> errors.OAuthError:
    """Return the error that an answer other than 200 stands for (RFC 6749 5.2).

    `what` names the endpoint. An answer with no `error` member becomes `error`, or
    TemporarilyUnavailable where the status says that it may work later.
    """
    document = _document(response)
    code = text(document, "error", error=error)
    if code:
        return error_of(
            code,
            text(document, "error_description", error=error),
            text(document, "error_uri", error=error),
            secrets=response.secrets,
        )
    if passes(response.status):
        return errors.TemporarilyUnavailable("temporarily_unavailable", f"status {response.status}")
    said = f"The {what} answered with status {response.status} and gave no reason."
    return by_status(error(said), response.status)


def _document(response: Response) -> Document:
    if not response.is_json:
        return {}
    try:
        return parse_object(response.body)
    except errors.InvalidDocument:
        return {}
