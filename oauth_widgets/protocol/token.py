"""Requests to the token endpoint, and its answers (RFC 6749 5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from oauth_widgets._net.document import Document, needed_text, parse_object, seconds, text
from oauth_widgets._net.message import Request, Response
from oauth_widgets.errors import ConfigurationError, InvalidTokenResponse, OAuthError
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata, client_request
from oauth_widgets.protocol.error_response import answered
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret
from oauth_widgets.secret.quoting import quoted

SENDABLE = re.compile(r"[\x21-\x7E]+")


@dataclass(frozen=True, kw_only=True)
class TokenResponse:
    """A token answer, well formed and not yet judged any further.

    `expires_in` is in seconds; without a `scope`, the server granted what was requested.
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


def token_response(response: Response, server: AuthorizationServer) -> TokenResponse:
    """Judge the token endpoint's answer (RFC 6749 5.1).

    Raises the server's own refusal, or InvalidTokenResponse.
    """
    return token_members(
        answered(response, "access_token", what="token endpoint", error=InvalidTokenResponse),
        server,
    )


def token_members(document: Document, server: AuthorizationServer) -> TokenResponse:
    """Judge a token answer's members, from a body or a fragment. Raises InvalidTokenResponse."""
    _check_kind(document, server)
    refresh_token = text(document, "refresh_token", error=InvalidTokenResponse)
    id_token = text(document, "id_token", error=InvalidTokenResponse)
    access_token = needed_text(document, "access_token", error=InvalidTokenResponse)
    expires_in = seconds(document, "expires_in", error=InvalidTokenResponse)
    # check: token/expires-in
    if expires_in is not None and expires_in < 0:
        raise InvalidTokenResponse(f'"expires_in" is {expires_in:g}, below zero.')
    # check: token/access-token
    if not SENDABLE.fullmatch(access_token):
        raise InvalidTokenResponse("The access token contains a character not allowed in headers.")
    return TokenResponse(
        access_token=Secret(access_token),
        expires_in=expires_in,
        refresh_token=Secret(refresh_token) if refresh_token else None,
        scope=_scope(document.get("scope"), server.scope_separator),
        id_token=Secret(id_token) if id_token else None,
    )


def refresh_token_in(response: Response) -> Secret | None:
    """Return the refresh token of an answer that may be unusable otherwise; None if it has none."""
    try:
        accepted = response.status in (200, 201)
        value = parse_object(response.body).get("refresh_token") if accepted else None
        return Secret(value) if value and isinstance(value, str) else None
    except OAuthError:
        return None


def as_requested(
    tokens: TokenResponse, requested: Scope, server: AuthorizationServer
) -> TokenResponse:
    """Return `tokens` with the names of their scope as in `requested`, if they mean the same.

    Some servers separate names by commas (GitHub), which are otherwise part of a name (RFC 6749
    3.3), and some grant a scope under an alias.
    """
    if tokens.scope is None:
        return tokens
    names = list(tokens.scope)
    split = str(tokens.scope).replace(",", " ").split()
    if all(name in requested for name in split):
        names = split
    aliases = {name: server.scope_aliases.get(name) for name in names if name not in requested}
    known = (aliases[name] if aliases.get(name) in requested else name for name in names)
    return replace(tokens, scope=Scope(name for name in known if name))


def _check_kind(document: Document, server: AuthorizationServer) -> None:
    """Accept a bearer token: by name, or without one, as LinkedIn and Shopify send it."""
    kind = (text(document, "token_type", error=InvalidTokenResponse) or "Bearer").strip()
    known = ("bearer", "bearertoken", *(name.lower() for name in server.bearer_token_types))
    # check: token/access-token
    if kind.lower() not in known:
        secrets = [value for value in document.values() if isinstance(value, str) and value != kind]
        shown = quoted(kind, secrets)
        raise InvalidTokenResponse(
            f"The server issued a token of type {shown}; a bearer token was expected.",
            next_step=f"If its API accepts that as a bearer token, describe the server with "
            f"bearer_token_types=[{shown!r}]. Otherwise have the client registered for bearer "
            "tokens.",
        )


def _scope(names: object, separator: str) -> Scope | None:
    if names is None:
        return None
    # Twitch sends a list.
    if isinstance(names, list) and all(isinstance(name, str) for name in names):
        names = separator.join(names)
    # check: token/members
    if not isinstance(names, str):
        raise InvalidTokenResponse('"scope" is neither text nor a list of names.')
    try:
        return Scope(names.replace(separator, " "))
    except ConfigurationError:
        raise InvalidTokenResponse('"scope" contains something that isn\'t a scope name.') from None
