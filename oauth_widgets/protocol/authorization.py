"""The authorization request, and the answer that the browser brings back."""

from __future__ import annotations

import hmac
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal
from urllib.parse import parse_qsl, urlencode, urlsplit

from oauth_widgets._net.address import check_redirect_uri, is_loopback, place
from oauth_widgets.errors import (
    ConfigurationError,
    InvalidAuthorizationResponse,
    IssuerMismatch,
    StateMismatch,
)
from oauth_widgets.errors.advice import mismatch, same_server
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import (
    SIGNATURES,
    ClientMetadata,
    authentication_method,
    check_scope,
    scope_parameter,
)
from oauth_widgets.protocol.error_response import KNOWN, error_of
from oauth_widgets.protocol.extra import extra_parameters
from oauth_widgets.protocol.id_token import Expected
from oauth_widgets.protocol.pkce import code_challenge, code_verifier, random_token
from oauth_widgets.protocol.refusal import reason_of
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret
from oauth_widgets.secret.quoting import quoted

LIFETIME = 3600.0
"""Seconds for which an answer is taken, counted from the making of the request."""

NOT_OURS = "The answer belongs to another sign-in, was used already, or arrived too late."
"""The same words for all three, since a stranger must not learn which one it is."""

_SECRETS = {"code", "access_token", "refresh_token", "id_token", "response"}
_MAX_ANSWER = 16_384


@dataclass(frozen=True, kw_only=True)
class AuthorizationRequest:
    """A request to the authorization endpoint (RFC 6749 4.1.1, RFC 7636 4.3, OIDC Core 3.1.2.1).

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
        if self.response_type == "code" and self.server.pkce:
            parameters["code_challenge"] = code_challenge(self.code_verifier)
            parameters["code_challenge_method"] = "S256"
        parameters |= scope_parameter(self.server, self.scope)
        if "openid" in self.scope:
            parameters["nonce"] = self.nonce
        endpoint = self.server.needed("authorization_endpoint")
        separator = "&" if "?" in endpoint else "?"
        return endpoint + separator + urlencode({**self.extra, **parameters})

    def expected(self, now: float) -> Expected:
        """Return what an ID token for this request is checked against."""
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

    `extra` adds the server's own parameters, or the standard's `prompt`, `max_age`, `login_hint`,
    `acr_values`, `claims`, `ui_locales`. For `openid offline_access`, `prompt=consent` is sent
    unless the caller gives a prompt, as OIDC Core 11 requires. `implicit` asks for tokens instead
    of a code (RFC 6749 4.2). Raises ConfigurationError if `extra` would override what protects the
    sign-in, if the client is not registered for a scope, or if server and client don't fit.
    """
    server.needed("authorization_endpoint")
    if not implicit:
        server.needed("token_endpoint")
    check_scope(client, scope)
    _check_registered(server, client, redirect_uri)
    written = extra_parameters({**server.authorization_parameters, **extra_parameters(extra)})
    if not implicit:
        authentication_method(server, client)
    _check_protected(server, client, scope, implicit=implicit)
    # check: id-token/alg
    _check_signature(server, client, scope)
    if not implicit and "offline_access" in scope:
        written = {**server.offline_access_parameters, **written}
        # Without a prompt, a server has to ignore offline_access (OIDC Core 11).
        known = server.prompt_values_supported
        ignored = known is not None and "consent" not in known
        if "openid" in scope and not server.offline_access_parameters and not ignored:
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

    State and issuer are judged before anything the answer says, including an error. Raises
    StateMismatch, IssuerMismatch, InvalidAuthorizationResponse, or the server's own refusal.
    """
    answer = answer_parameters(request, url, "query", now=now)
    foreign = {"response", "access_token", "id_token"} & answer.keys()
    if foreign:
        names = ", ".join(sorted(foreign))
        raise InvalidAuthorizationResponse(f"The answer has {names}; only a code was expected.")
    if not answer.get("code"):
        raise InvalidAuthorizationResponse("The answer contains neither a code nor an error.")
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
    failure = {name: value for name, value in answer.items() if name.startswith("error")}
    if failure:
        given = [value for name, value in answer.items() if name in _SECRETS]
        code, words = reason_of(failure, KNOWN)
        secrets = [*_of(request), *given]
        raise error_of(code, words, answer.get("error_uri"), secrets=secrets)
    return answer


def _parameters(url: str, part: Literal["query", "fragment"]) -> dict[str, str]:
    # check: answer/words
    if len(url) > _MAX_ANSWER:
        raise InvalidAuthorizationResponse(
            f"The answer has {len(url)} characters; at most {_MAX_ANSWER} are accepted."
        )
    try:
        url.encode()  # Half a character raises UnicodeEncodeError.
        encoded = getattr(urlsplit(url), part)
        pairs = parse_qsl(encoded, keep_blank_values=True, errors="strict")
    except ValueError:
        raise InvalidAuthorizationResponse(
            "The answer is not a valid address.",
            next_step="Copy the whole address from the browser's address bar.",
        ) from None
    answer = dict(pairs)
    # check: answer/once
    if len(answer) != len(pairs):
        counted = Counter(name for name, _ in pairs)
        twice = ", ".join(sorted({quoted(name) for name, times in counted.items() if times > 1}))
        raise InvalidAuthorizationResponse(
            f"The answer has a parameter twice: {twice}. Each may appear only once.",
            next_step="If your redirect URI contains it, register an address without it.",
        )
    return answer


def _check_address(request: AuthorizationRequest, url: str) -> None:
    found, due = (set(parse_qsl(urlsplit(u).query, True)) for u in (url, request.redirect_uri))
    same_query = request.server.redirect_uri_ignores_query or due <= found
    if place(url) != place(request.redirect_uri) or not same_query:
        arrived = quoted("".join(place(url) or ["no address"]), _of(request))
        step = f"Paste the address that begins with {request.redirect_uri}."
        what = "The address that the answer arrived at"
        raise mismatch(InvalidAuthorizationResponse, what, arrived, request.redirect_uri, step)


def _check_registered(
    server: AuthorizationServer, client: ClientMetadata, redirect_uri: str
) -> None:
    def form(uri: str) -> str:
        parts = urlsplit(uri)
        # The port of a loopback address is chosen with the request (RFC 8252 7.3).
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


def _check_signature(server: AuthorizationServer, client: ClientMetadata, scope: Scope) -> None:
    known = server.id_token_signing_alg_values_supported
    alg = client.id_token_signed_response_alg
    if "openid" in scope:
        server.needed("jwks_uri")
    if "openid" not in scope or known is None or alg in known:
        return
    usable = [name for name in known if name in SIGNATURES]
    step = (
        "Have the server sign this client's ID tokens with RS256, or leave openid out of the scope."
    )
    if usable:
        step = (
            "Describe the client as it is registered: "
            f'ow.ClientMetadata(…, id_token_signed_response_alg="{usable[0]}").'
        )
    raise ConfigurationError(
        f"{server.title} signs ID tokens with {', '.join(known) or 'nothing'}, not with {alg}.",
        next_step=step,
    )


def _check_protected(
    server: AuthorizationServer, client: ClientMetadata, scope: Scope, *, implicit: bool
) -> None:
    """Refuse a request whose answer nothing would tie to this client."""
    public = client.client_secret is None
    # check: request/pkce
    if not implicit and public and not server.pkce:
        raise ConfigurationError(
            f"{server.title} doesn't support PKCE, and a public client has no other protection.",
            next_step='Describe the client with client_secret=ow.Secret.ask("client secret").',
        )
    methods = server.code_challenge_methods_supported
    if not implicit and server.pkce and methods and "S256" not in methods:
        found, step = ", ".join(methods), "Have the server accept S256, the secure method"
        step += "." if public else ", or describe the server with pkce=False."
        raise mismatch(ConfigurationError, f"PKCE at {server.title}", found, "S256", step)
    # check: answer/implicit-bound
    if implicit and "openid" not in scope and (public or server.introspection_endpoint is None):
        raise ConfigurationError(
            "Without openid, nothing shows that an access token from the implicit grant is for "
            "this client.",
            next_step=f'Ask for openid too, scope="{" ".join(["openid", *scope])}", or leave out '
            "implicit=True.",
        )


def _check_state(request: AuthorizationRequest, state: str | None, now: float) -> None:
    fitting = hmac.compare_digest((state or "").encode(), request.state.encode())
    # An unknown and an expired state look the same to a stranger.
    if not fitting or now >= request.expires_at:
        raise StateMismatch(NOT_OURS)


def _check_issuer(request: AuthorizationRequest, answer: Mapping[str, str]) -> None:
    issuer = answer.get("iss")
    due = request.server.authorization_response_iss_parameter_supported
    if request.response_type != "code" and "id_token" in answer:
        # The ID token names its issuer too, and is judged before anything is used.
        due = False
    if issuer is None and not due:
        return
    # check: answer/iss
    if issuer != request.server.issuer:
        found = quoted(issuer or "missing", _of(request))
        expected = request.server.issuer
        step = same_server(found) if issuer else ""
        raise mismatch(IssuerMismatch, "The issuer (iss) in the answer", found, expected, step)


def _of(request: AuthorizationRequest) -> tuple[str | Secret, ...]:
    return request.state, request.nonce, request.code_verifier
