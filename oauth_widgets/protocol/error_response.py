"""The server's refusal, as a typed error (RFC 6749 4.1.2.1 and 5.2, OIDC Core 3.1.2.6)."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import parse_qsl

from oauth_widgets import errors
from oauth_widgets._net.address import absolute, origin
from oauth_widgets._net.document import Document, object_of, parse_object
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
    # GitHub's, Slack's, Entra ID's and LinkedIn's.
    "bad_verification_code": errors.InvalidGrant,
    "bad_refresh_token": errors.InvalidGrant,
    "incorrect_client_credentials": errors.InvalidClient,
    "invalid_code": errors.InvalidGrant,
    "invalid_refresh_token": errors.InvalidGrant,
    "authorization_declined": errors.AccessDenied,
    "user_cancelled_login": errors.AccessDenied,
    "user_cancelled_authorize": errors.AccessDenied,
    # Whoever asked decides what these mean.
    **dict.fromkeys(("authorization_pending", "slow_down", "expired_token"), errors.ErrorResponse),
    **dict.fromkeys(("invalid_token", "insufficient_scope"), errors.ErrorResponse),
}
KNOWN = frozenset(_BY_CODE)
"""Codes that are shown as they are, even if a secret is a part of one."""

_SAYS_NO = ("err", "fault", "message", "reason", "detail")
_SENTENCE = re.compile(r"[\w .,:;'()!?-]{1,200}")
_FORM = "application/x-www-form-urlencoded"


def error_of(
    code: str, description: str | None = None, uri: str | None = None, *, secrets: Secrets = ()
) -> errors.ErrorResponse:
    """Return the error for the server's `code`; an unknown one becomes a plain ErrorResponse.

    `secrets` are those that the request or the same answer contains: none is quoted.
    """
    shown = code if code in KNOWN else quoted(code, secrets)
    more = (quoted(words or "", secrets) for words in (description, uri))
    return _BY_CODE.get(code, errors.ErrorResponse)(shown, *more)


def answered(
    response: Response, member: str, *, what: str, error: type[errors.InvalidResponse]
) -> Document:
    """Return the JSON object of an answer with `member` in it. Raises the refusal that it is.

    A refusal may have status 200 (GitHub, Slack), and a success status 201 (RFC 9110 15.3.2).
    """
    if response.status == 201:
        response = replace(response, status=200)
    document = _document(response)
    says_no = any(name.lower().startswith(_SAYS_NO) for name in document)
    if response.status != 200 or (says_no and not document.get(member)):
        raise refusal(response, what=what, error=error)
    return object_of(response, error=error)


def refusal(
    response: Response, *, what: str, error: type[errors.InvalidResponse]
) -> errors.OAuthError:
    """Return the error that a refusal stands for (RFC 6749 5.2, or a form of the server's own).

    `what` names the endpoint. An answer that gives no reason becomes `error`, or
    TemporarilyUnavailable if the status says that it may work later.
    """
    document = _document(response)
    code, words = reason_of(document, KNOWN)
    later = passes(response.status)
    if code or words:
        tokens = [value for name, value in document.items() if name.endswith("_token")]
        secrets = [*response.secrets, *(value for value in tokens if isinstance(value, str))]
        uri = document.get("error_uri")
        problem = error_of(code or f"status {response.status}", words, None, secrets=secrets)
        problem.error_uri = quoted(uri, secrets) if isinstance(uri, str) else None
        if code in KNOWN or not later:
            return problem
        return errors.TemporarilyUnavailable(problem.error, problem.error_description)
    if later:
        return errors.TemporarilyUnavailable("temporarily_unavailable", f"status {response.status}")
    if response.status == 401:
        # This status is for a client that is not known (RFC 6749 5.2).
        return error_of("invalid_client", "status 401")
    if 300 <= response.status < 400:
        return error(
            f"The {what} answered with a redirect (status {response.status}) to "
            f"{redirect_target(response)}, which is not followed.",
            next_step="If that is the same server, describe it with that address.",
        )
    said = f"The {what} answered with status {response.status} and gave no reason."
    return by_status(error(said), response.status)


def redirect_target(response: Response) -> str:
    """Return the origin that a redirect leads to, fit to show."""
    try:
        target = absolute(response.headers.get("location", ""), response.url)
        return quoted(origin(target), response.secrets)
    except errors.ConfigurationError:
        return "an invalid address"


def _document(response: Response) -> Document:
    """Return what a refusal may be read from: JSON of any kind and type, a form, a sentence."""
    # Of a success that is no object nothing is read: it may be a token.
    bodies = response.body, b'{"error": %b}' % response.body
    for body in bodies[: 2 if response.status >= 400 else 1]:
        try:
            return parse_object(body)
        except errors.InvalidDocument:
            continue
    words = response.body[:4096].decode(errors="replace").strip()
    if words.startswith("error=") and response.media_type in (_FORM, "text/plain"):
        return dict(parse_qsl(words))
    # Of a page nothing is shown, nor of what may contain a token.
    plain = response.media_type == "text/plain" and response.status >= 400
    return {"message": words} if plain and _SENTENCE.fullmatch(words) else {}
