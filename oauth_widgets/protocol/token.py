"""What the token endpoint is asked and answers (RFC 6749 5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from oauth_widgets.errors import ConfigurationError, InvalidTokenResponse
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata, client_request
from oauth_widgets.protocol.document import Document, needed_text, number, object_of, text
from oauth_widgets.protocol.error_response import refusal
from oauth_widgets.protocol.message import Request, Response
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret

_DECIMAL = re.compile(r"[0-9]{1,15}")
_SENDABLE = re.compile(r"[\x21-\x7E]+")


@dataclass(frozen=True, kw_only=True)
class TokenResponse:
    """A token answer, well formed and not yet judged any further.

    `expires_in` is in seconds; `scope` is None where the server did not name it, which means
    that it granted what was asked.
    """

    access_token: Secret
    expires_in: float | None = None
    refresh_token: Secret | None = None
    scope: Scope | None = None
    id_token: Secret | None = None


def token_request(
    server: AuthorizationServer, client: ClientMetadata, **parameters: str
) -> Request:
    """Return the request for one grant (RFC 6749 3.2)."""
    return client_request(server, client, "token_endpoint", **parameters)


def token_response(response: Response) -> TokenResponse:
    """Judge the token endpoint's answer (RFC 6749 5.1).

    Raises the server's own refusal, or InvalidTokenResponse.
    """
    if response.refuses:
        raise refusal(response, what="token endpoint", error=InvalidTokenResponse)
    return token_members(object_of(response, error=InvalidTokenResponse))


def token_members(document: Document) -> TokenResponse:
    """Judge a token answer's members, from a body or a fragment. Raises InvalidTokenResponse."""
    kind = needed_text(document, "token_type", error=InvalidTokenResponse)
    # check: token/access-token
    if kind.lower() != "bearer":
        raise InvalidTokenResponse("The server gave a token of a kind that cannot be used here.")
    refresh_token = text(document, "refresh_token", error=InvalidTokenResponse)
    scope = text(document, "scope", error=InvalidTokenResponse)
    id_token = text(document, "id_token", error=InvalidTokenResponse)
    access_token = needed_text(document, "access_token", error=InvalidTokenResponse)
    # check: token/access-token
    if not _SENDABLE.fullmatch(access_token):
        raise InvalidTokenResponse("The access token has a character in it that no header takes.")
    return TokenResponse(
        access_token=Secret(access_token),
        expires_in=_expires_in(document),
        refresh_token=Secret(refresh_token) if refresh_token else None,
        scope=_scope(scope) if scope is not None else None,
        id_token=Secret(id_token) if id_token else None,
    )


def as_asked(tokens: TokenResponse, asked: Scope) -> TokenResponse:
    """Return `tokens` with their scope split at its commas, where it is names of `asked` then.

    GitHub writes it so. Otherwise a comma is a part of a name (RFC 6749 3.3).
    """
    names = "" if tokens.scope is None else str(tokens.scope)
    split = names.split(",")
    if len(split) > 1 and all(name in asked for name in split):
        return replace(tokens, scope=Scope(split))
    return tokens


def _expires_in(document: Document) -> float | None:
    value = document.get("expires_in")
    # some servers send the number as a string
    # check: token/expires-in
    if isinstance(value, str) and _DECIMAL.fullmatch(value):
        document = {"expires_in": int(value)}
    seconds = number(document, "expires_in", error=InvalidTokenResponse)
    # check: token/expires-in
    if seconds is not None and seconds < 0:
        raise InvalidTokenResponse('"expires_in" is below zero.')
    return seconds


def _scope(names: str) -> Scope:
    try:
        return Scope(names)
    except ConfigurationError:
        raise InvalidTokenResponse('"scope" has a name in it that no scope can have.') from None
