"""The authorization request, checked (RFC 6749 4.1.1 and 4.2.1, OpenID Connect Core 3.1.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from oauth_widgets._sandbox.asked import Asked, asked_scope
from oauth_widgets._sandbox.claimsrequest import NO_CLAIMS, ClaimsRequest, claims_request
from oauth_widgets._sandbox.redirecturi import imitates_an_answer
from oauth_widgets._sandbox.refusals import PageRefusal, Refusal

if TYPE_CHECKING:
    from oauth_widgets._sandbox.client import Client
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
class ReturnAddress:
    """Where an answer goes and how.

    `named` is False where the request left out the only one registered (O4). The answer to an
    implicit request goes `in_fragment` (RFC 6749 4.2.2).
    """

    uri: str
    named: bool = True
    in_fragment: bool = False


@dataclass(frozen=True, kw_only=True)
class AuthorizationRequest(Asked):
    """A request that may be shown to a person."""

    response_type: frozenset[str]
    back: ReturnAddress
    state: str | None
    nonce: str | None
    code_challenge: str | None


def return_address(realm: Realm, params: Params) -> tuple[Client, ReturnAddress]:
    """Return the client and where its answer goes: checked before anything is sent there.

    Raises PageRefusal for an unknown client or an address that is not registered for it:
    redirecting there would hand people and codes to whoever wrote the link (RFC 6749 4.1.2.1).
    """
    client = realm.clients.get(params.get("client_id") or "")
    if client is None:
        raise PageRefusal(
            "This application is not known here",
            "The link that brought you here has no client_id, or one that is not registered. "
            "Nothing was signed in. If you wrote the application, check its client_id.",
        )
    uri, policy = params.get("redirect_uri"), realm.profile.policy
    if uri is None and policy.redirect_uri_optional and len(client.redirect_uris) == 1:
        return client, ReturnAddress(
            uri=client.redirect_uris[0], named=False, in_fragment=_in_fragment(realm, params)
        )
    ignores_query = policy.redirect_uri_ignores_query
    if uri is None or not client.may_return_to(uri, ignores_query=ignores_query):
        raise _unregistered(client)
    if ignores_query and imitates_an_answer(uri):
        raise PageRefusal(
            "The way back cannot be used",
            "Its own parameters could be mistaken for the answer, so nothing was sent there.",
        )
    return client, ReturnAddress(uri=uri, in_fragment=_in_fragment(realm, params))


def _unregistered(client: Client) -> PageRefusal:
    known = ", ".join(client.redirect_uris)
    advice = f"name one of these as its redirect_uri: {known} (with any port where it is loopback)"
    if not known:
        advice = "register a redirect_uri for it"
    return PageRefusal(
        "The way back is not registered",
        f"{client.name} asks to be answered at an address that is not registered for it, so "
        f"nothing was sent there. If you wrote the application, {advice}.",
    )


def _in_fragment(realm: Realm, params: Params) -> bool:
    return _response_type(params) in _response_types(realm) - {frozenset({"code"})}


def _response_type(params: Params) -> frozenset[str]:
    try:
        return frozenset((params.get("response_type") or "").split())
    except Refusal:
        return frozenset()


def _response_types(realm: Realm) -> set[frozenset[str]]:
    # Their order says nothing (OAuth 2.0 Multiple Response Types 5).
    return {frozenset(one.split()) for one in realm.profile.policy.response_types}


def authorization_request(
    realm: Realm, client: Client, back: ReturnAddress, params: Params
) -> AuthorizationRequest:
    """Return the request as a checked value.

    Raises Refusal with the error that goes back to the client in the redirect.
    """
    for name, error in _NOT_TAKEN.items():
        if params.get(name) is not None:
            raise Refusal(error, f"This server does not take the parameter {name}.")
    scope, nonce = asked_scope(client, params), params.get("nonce")
    claims = _claims(realm, params) if "openid" in scope else NO_CLAIMS
    return AuthorizationRequest(
        client=client,
        response_type=_checked_type(realm, client, params, set(scope)),
        back=back,
        scope=scope,
        state=params.get("state"),
        nonce=nonce,
        code_challenge=_code_challenge(realm, client, params),
        prompt=_prompt(params),
        max_age=_max_age(params),
        login_hint=params.get("login_hint"),
        claims=claims,
        subject=claims.subject or _hinted_subject(realm, params),
    )


def _checked_type(realm: Realm, client: Client, params: Params, scope: set[str]) -> frozenset[str]:
    params.need("response_type")
    wanted, known = _response_type(params), realm.profile.policy.response_types
    if wanted not in _response_types(realm):
        raise Refusal("unsupported_response_type", f"Supported are: {', '.join(known)}.")
    implicit = "code" not in wanted
    if params.get("response_mode") not in {None, "fragment" if implicit else "query"}:
        where = "fragment" if implicit else "query"
        raise Refusal(
            "invalid_request", f"The answer to this response_type is in the {where} only."
        )
    if ("implicit" if implicit else "authorization_code") not in client.grant_types:
        raise Refusal("unauthorized_client", "This client may not use this response_type.")
    if "id_token" in wanted and not ("openid" in scope and params.get("nonce")):
        # OpenID Connect Core 3.2.2.1.
        raise Refusal("invalid_request", "An id_token here needs the scope openid and a nonce.")
    return wanted


def _code_challenge(realm: Realm, client: Client, params: Params) -> str | None:
    challenge, method = params.get("code_challenge"), params.get("code_challenge_method")
    if challenge is None and method is None:
        if client.public and realm.profile.policy.public_clients_need_pkce:
            raise Refusal("invalid_request", "A client without a secret needs PKCE (RFC 7636).")
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


def _hinted_subject(realm: Realm, params: Params) -> str | None:
    # A hint from before a restart says nothing any more, and is no reason to refuse.
    told = realm.keys.read(params.get("id_token_hint") or "") or {}
    return told.get("sub")


def _claims(realm: Realm, params: Params) -> ClaimsRequest:
    # acr_values, ui_locales and display are wishes that may go unmet: the answer then says what
    # was done (acr), in the only language there is (OpenID Connect Core 3.1.2.1).
    text, policy = params.get("claims"), realm.profile.policy
    if text is None or not policy.claims_parameter:
        return NO_CLAIMS
    wanted = claims_request(text, frozenset(realm.profile.claims()) - {"sub"})
    if wanted.acr is not None and policy.acr not in wanted.acr:
        raise Refusal(
            "unmet_authentication_requirements",
            f"People here sign in by password only, which is the acr {policy.acr}.",
        )
    return wanted
