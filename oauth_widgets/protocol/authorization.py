"""The authorization request, and the answer that the browser brings back."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from oauth_widgets.errors import (
    ConfigurationError,
    InvalidAuthorizationResponse,
    IssuerMismatch,
    StateMismatch,
)
from oauth_widgets.errors.kinds import check_mapping
from oauth_widgets.protocol.address import check_redirect_uri, is_loopback, origin
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata, check_scope
from oauth_widgets.protocol.error_response import error_of
from oauth_widgets.protocol.id_token import Expected
from oauth_widgets.protocol.pkce import code_challenge, code_verifier, random_token
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret

RESERVED = frozenset(
    {
        *("response_type", "response_mode", "client_id", "client_secret", "redirect_uri", "scope"),
        *("state", "nonce", "code_challenge", "code_challenge_method", "request", "request_uri"),
        "id_token_hint",
    }
)
LIFETIME = 3600.0
"""Seconds for which an answer is taken, counted from the making of the request."""

NOT_OURS = "The answer does not belong to this sign-in, was used already, or came too late."
"""Of all three alike: from outside, they look the same."""

_SECRETS = {"code", "access_token", "refresh_token", "id_token", "response"}
_MAX_ANSWER = 16_384
_SECONDS = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, kw_only=True)
class AuthorizationRequest:
    """A question to the authorization endpoint (RFC 6749 4.1.1, RFC 7636 4.3, OIDC Core 3.1.2.1).

    Made by `authorization_request`. `expires_at` is in seconds since the epoch.
    """

    server: AuthorizationServer
    client: ClientMetadata
    redirect_uri: str
    scope: Scope
    expires_at: float
    state: str = field(default_factory=random_token, repr=False)
    nonce: str = field(default_factory=random_token, repr=False)
    code_verifier: Secret = field(default_factory=code_verifier)
    extra: Mapping[str, str] = field(default_factory=dict, repr=False)
    response_type: str = "code"

    @property
    def url(self) -> str:
        """The address to open in a browser."""
        parameters = {
            "response_type": self.response_type,
            "client_id": self.client.client_id,
            "redirect_uri": self.redirect_uri,
            "state": self.state,
        }
        if self.response_type == "code":
            parameters["code_challenge"] = code_challenge(self.code_verifier)
            parameters["code_challenge_method"] = "S256"
        if self.scope:
            parameters["scope"] = str(self.scope)
        if "openid" in self.scope:
            parameters["nonce"] = self.nonce
        endpoint = self.server.needed("authorization_endpoint")
        separator = "&" if "?" in endpoint else "?"
        return endpoint + separator + urlencode({**self.extra, **parameters})

    def expected(self, now: float) -> Expected:
        """Return what an ID token for this request is held against."""
        max_age = self.extra.get("max_age")
        return Expected(
            scope=self.scope,
            now=now,
            nonce=self.nonce if "openid" in self.scope else None,
            max_age=None if max_age is None else float(max_age),
            acr_values=tuple(self.extra.get("acr_values", "").split()),
            bound=self.response_type != "code",
        )


def authorization_request(
    server: AuthorizationServer,
    client: ClientMetadata,
    *,
    scope: Scope,
    redirect_uri: str,
    now: float,
    extra: Mapping[str, object] | None = None,
    implicit: bool = False,
) -> AuthorizationRequest:
    """Make a request with a fresh state, nonce and code verifier.

    `extra` adds parameters of the server's own, or the standard's `prompt`, `max_age`,
    `login_hint`, `acr_values`, `claims`, `ui_locales`. With `openid offline_access` and no prompt
    of the caller's, `prompt=consent` is sent, as OIDC Core 11 wants it. `implicit` asks for tokens
    instead of a code (RFC 6749 4.2). Raises ConfigurationError where `extra` would override what
    protects the sign-in, where the client is not registered for a scope, or where server and
    client do not fit.
    """
    server.needed("authorization_endpoint")
    if not implicit:
        server.needed("token_endpoint")
    check_scope(client, scope)
    _check_registered(server, client, redirect_uri)
    written = _written(extra or {})
    # check: id-token/alg
    _check_signature(server, client, scope)
    if not implicit and {"openid", "offline_access"} <= scope:
        # Without it a server has to ignore offline_access (OIDC Core 11).
        known = server.prompt_values_supported
        if known is None or "consent" in known:
            written.setdefault("prompt", "consent")
    tokens = "id_token token" if "openid" in scope else "token"
    return AuthorizationRequest(
        server=server,
        client=client,
        redirect_uri=check_redirect_uri(redirect_uri),
        scope=scope,
        expires_at=now + LIFETIME,
        extra=MappingProxyType(written),
        response_type=tokens if implicit else "code",
    )


@dataclass(frozen=True, kw_only=True)
class AuthorizationResponse:
    """A code that answers `request`. Made by `authorization_response` alone, so it is validated."""

    request: AuthorizationRequest
    code: Secret


def authorization_response(
    request: AuthorizationRequest, url: str, *, now: float
) -> AuthorizationResponse:
    """Judge the address that the browser was sent back to (RFC 6749 4.1.2, RFC 9207 2.4).

    State and issuer are judged before anything the answer says, an error among it. Raises
    StateMismatch, IssuerMismatch, InvalidAuthorizationResponse, or the server's own refusal.
    """
    answer = answer_parameters(request, url, "query", now=now)
    if {"response", "access_token", "id_token"} & answer.keys():
        raise InvalidAuthorizationResponse("The answer is of a kind that was not asked for.")
    if not answer.get("code"):
        raise InvalidAuthorizationResponse("The answer has neither a code nor a reason in it.")
    return AuthorizationResponse(request=request, code=Secret(answer["code"]))


def answer_parameters(
    request: AuthorizationRequest, url: str, part: Literal["query", "fragment"], *, now: float
) -> dict[str, str]:
    """Judge what every kind of answer has in common, and return the parameters in `part` of `url`.

    State and issuer are judged before an error is reported.
    """
    answer = _parameters(url, part)
    # check: answer/redirect-uri
    _check_address(request, url)
    _check_state(request, answer.get("state"), now)
    _check_issuer(request, answer)
    if "error" in answer:
        told = [value for name, value in answer.items() if name in _SECRETS]
        raise error_of(
            answer["error"],
            answer.get("error_description"),
            answer.get("error_uri"),
            secrets=[request.state, request.nonce, request.code_verifier, *told],
        )
    return answer


def _parameters(url: str, part: Literal["query", "fragment"]) -> dict[str, str]:
    # check: answer/words
    if len(url) > _MAX_ANSWER:
        raise InvalidAuthorizationResponse("The answer is too long to be one.")
    try:
        url.encode()  # half a character cannot be
        encoded = getattr(urlsplit(url), part)
        pairs = parse_qsl(encoded, keep_blank_values=True, errors="strict")
    except ValueError:
        raise InvalidAuthorizationResponse("The answer is not a proper address.") from None
    answer = dict(pairs)
    # check: answer/once
    if len(answer) != len(pairs):
        raise InvalidAuthorizationResponse("The answer has a parameter twice.")
    return answer


def _check_address(request: AuthorizationRequest, url: str) -> None:
    come, asked = (set(parse_qsl(urlsplit(u).query, True)) for u in (url, request.redirect_uri))
    same_query = request.server.redirect_uri_ignores_query or asked <= come
    if place(url) != place(request.redirect_uri) or not same_query:
        raise InvalidAuthorizationResponse(
            "This is not the address that the sign-in page sends people back to.",
            next_step=f"{request.redirect_uri} is what it should begin with.",
        )


def place(url: str) -> tuple[str, str] | None:
    """Return origin and path, which browsers write in their own way; None where there is none."""
    try:
        parts = urlsplit(url)
        return origin(f"{parts.scheme}://{parts.netloc}"), parts.path or "/"
    except (ConfigurationError, ValueError):
        return None


def _check_registered(
    server: AuthorizationServer, client: ClientMetadata, redirect_uri: str
) -> None:
    def form(uri: str) -> str:
        parts = urlsplit(uri)
        # RFC 8252 7.3: the port is chosen when the request is made
        place = parts.hostname if is_loopback(parts.hostname or "") else parts.netloc
        query = "" if server.redirect_uri_ignores_query else parts.query
        return f"{parts.scheme}://{place}{parts.path}?{query}"

    check_redirect_uri(redirect_uri)
    known = client.redirect_uris
    # check: answer/redirect-uri
    if known and form(redirect_uri) not in map(form, known):
        raise ConfigurationError(
            f"The client is not registered for the redirect URI {redirect_uri}.",
            next_step=f"Use one of: {', '.join(known)}. Or have the client registered for it.",
        )


def _written(extra: Mapping[str, object]) -> dict[str, str]:
    """Return the further parameters as the wire wants them: JSON for an object."""
    check_mapping(extra, "extra", '{"prompt": "consent"}')
    taken = RESERVED.intersection(extra)
    # check: request/reserved
    if taken:
        raise ConfigurationError(
            f"extra must not set {', '.join(sorted(taken))}.", next_step="Leave that out of extra."
        )
    written = {
        name: json.dumps(value) if isinstance(value, dict) else str(value)
        for name, value in extra.items()
        if value is not None
    }
    if not _SECONDS.fullmatch(written.get("max_age", "0")):
        raise ConfigurationError("extra['max_age'] is not a whole number of seconds.")
    return written


def _check_signature(server: AuthorizationServer, client: ClientMetadata, scope: Scope) -> None:
    known = server.id_token_signing_alg_values_supported
    alg = client.id_token_signed_response_alg
    if "openid" in scope:
        server.needed("jwks_uri")
    if "openid" in scope and known is not None and alg not in known:
        raise ConfigurationError(
            f"{server.title} does not sign by {alg}.",
            next_step=f"Describe the client with id_token_signed_response_alg, one of "
            f"{', '.join(known)}, as it is registered.",
        )


def _check_state(request: AuthorizationRequest, state: str | None, now: float) -> None:
    fitting = hmac.compare_digest((state or "").encode(), request.state.encode())
    # from outside, an unknown and an expired state look the same
    if not fitting or now >= request.expires_at:
        raise StateMismatch(NOT_OURS)


def _check_issuer(request: AuthorizationRequest, answer: Mapping[str, str]) -> None:
    issuer = answer.get("iss")
    due = request.server.authorization_response_iss_parameter_supported
    if request.response_type != "code" and "id_token" in answer:
        # the ID token beside it names its issuer, and is judged before anything is used
        due = False
    if issuer is None and not due:
        return
    # check: answer/iss
    if issuer != request.server.issuer:
        raise IssuerMismatch("The answer does not come from the server that was asked.")
