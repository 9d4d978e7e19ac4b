"""The authorization request, checked (RFC 6749 4.1.1, OpenID Connect Core 3.1.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oauth_widgets._sandbox.refusals import PageRefusal, Refusal

if TYPE_CHECKING:
    from oauth_widgets._sandbox.client import Client
    from oauth_widgets._sandbox.grants import Scope
    from oauth_widgets._sandbox.realm import Realm
    from oauth_widgets._sandbox.wire import Params

PROMPTS = frozenset({"none", "login", "consent", "select_account"})
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_NOT_TAKEN = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}


@dataclass(frozen=True, kw_only=True)
class AuthorizationRequest:
    """A request that may be shown to a person; `max_age` is in seconds."""

    client: Client
    redirect_uri: str
    scope: Scope
    state: str | None
    nonce: str | None
    code_challenge: str | None
    prompt: frozenset[str]
    max_age: int | None
    login_hint: str | None


def return_address(realm: Realm, params: Params) -> tuple[Client, str]:
    """Return the client and where its answer goes: checked before anything is sent there.

    Raises PageRefusal for an unknown client or an address that is not registered for it:
    redirecting there would hand people and codes to whoever wrote the link (RFC 6749 4.1.2.1).
    """
    client = realm.clients.get(params.get("client_id") or "")
    redirect_uri = params.get("redirect_uri")
    if client is None:
        raise PageRefusal(
            "This application is not known here",
            "The link that brought you here has no client_id, or one that is not registered. "
            "Nothing was signed in. If you wrote the application, check its client_id.",
        )
    if redirect_uri is None or not client.may_return_to(redirect_uri):
        raise PageRefusal(
            "The way back is not registered",
            f"{client.name} asks to be answered at an address that is not registered for it, so "
            "nothing was sent there. If you wrote the application, name one of these as its "
            f"redirect_uri: {', '.join(client.redirect_uris)} (with any port).",
        )
    return client, redirect_uri


def authorization_request(
    client: Client, redirect_uri: str, params: Params
) -> AuthorizationRequest:
    """Return the request as a checked value.

    Raises Refusal with the error that goes back to the client in the redirect.
    """
    for name, error in _NOT_TAKEN.items():
        if params.get(name) is not None:
            raise Refusal(error, f"This server does not take the parameter {name}.")
    if params.need("response_type") != "code":
        raise Refusal("unsupported_response_type", "This server answers response_type=code only.")
    if params.get("response_mode") not in {None, "query"}:
        raise Refusal("invalid_request", "This server answers in the query only.")
    if "authorization_code" not in client.grant_types:
        raise Refusal("unauthorized_client", "This client may not use the code grant.")
    return AuthorizationRequest(
        client=client,
        redirect_uri=redirect_uri,
        scope=asked_scope(client, params),
        state=params.get("state"),
        nonce=params.get("nonce"),
        code_challenge=_code_challenge(params),
        prompt=_prompt(params),
        max_age=_max_age(params),
        login_hint=params.get("login_hint"),
    )


def asked_scope(client: Client, params: Params) -> Scope:
    """Return the scopes asked for, each once and in the order given.

    Raises Refusal `invalid_scope` when none is asked for or one is not the client's.
    """
    scope = tuple(dict.fromkeys((params.get("scope") or "").split(" ")))
    scope = tuple(name for name in scope if name)
    if not scope:
        raise Refusal("invalid_scope", "Ask for at least one scope: there is no default here.")
    if not set(scope) <= set(client.scope):
        known = " ".join(client.scope)
        raise Refusal("invalid_scope", f"A scope is not registered for this client: {known} are.")
    return scope


def _code_challenge(params: Params) -> str | None:
    challenge, method = params.get("code_challenge"), params.get("code_challenge_method")
    if challenge is None and method is None:
        return None
    if method != "S256":
        raise Refusal("invalid_request", "PKCE here needs code_challenge_method=S256.")
    if challenge is None or not _CHALLENGE.fullmatch(challenge):
        raise Refusal("invalid_request", "code_challenge is not a base64url SHA-256 hash.")
    return challenge


def _prompt(params: Params) -> frozenset[str]:
    prompt = frozenset((params.get("prompt") or "").split())
    if not prompt <= PROMPTS or ("none" in prompt and len(prompt) > 1):
        raise Refusal(
            "invalid_request", "prompt is one of none, or login, consent, select_account."
        )
    return prompt


def _max_age(params: Params) -> int | None:
    value = params.get("max_age")
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise Refusal("invalid_request", "max_age is a whole number of seconds.")
    return int(value)
