"""The authorization endpoint: the request is checked, then a person is asked.

RFC 6749 4.1.1 and 4.2.1, OpenID Connect Core 3.1.2.
"""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from oauth_widgets.sandbox.server.endpoints import authorization_response
from oauth_widgets.sandbox.server.endpoints.claims import subject
from oauth_widgets.sandbox.server.endpoints.sign_in import SIGN_IN, still_good
from oauth_widgets.sandbox.server.profiles.client import Client
from oauth_widgets.sandbox.server.profiles.redirect_uri import imitated
from oauth_widgets.sandbox.server.refusals import PageRefusal, Refusal, choice_of
from oauth_widgets.sandbox.server.state.browsers import Browser, SignIn
from oauth_widgets.sandbox.server.state.grants import NO_CLAIMS, ClaimsRequest
from oauth_widgets.sandbox.server.state.question import (
    AuthorizationRequest,
    ReturnAddress,
    requested_scope,
)
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.wire import Params, form_of, query_of, redirect

PROMPTS = frozenset({"none", "login", "consent", "select_account"})
_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
_UNSUPPORTED = {
    "request": "request_not_supported",
    "request_uri": "request_uri_not_supported",
    "registration": "registration_not_supported",
}
_IN_A_NOTEBOOK = (
    "In your notebook, leave out `redirect_uri`, so that you return to a registered address:\n"
    "`session = await ow.login(sandbox.server, sandbox.client)`"
)


async def authorize(realm: Realm, request: Request) -> Response:
    """Answer the authorization endpoint, by GET or POST (OpenID Connect Core 3.1.2.1)."""
    params = await form_of(request) if request.method == "POST" else query_of(request)
    client, back = _return_address(realm, params)
    browser = realm.browsers.of(request)
    try:
        question = _authorization_request(realm, client, back, params)
        request.state.sign_in = question.number
        if "none" in question.prompt:
            return authorization_response.give(realm, question, _silently(realm, question, browser))
    except Refusal as refusal:
        return authorization_response.refuse(realm, back, refusal, _state(params))
    visitor = browser or Browser()
    response = redirect(SIGN_IN, {"request": realm.browsers.begin(question, visitor)})
    if browser is None:
        realm.browsers.remember(visitor, request, response)
    return response


def _silently(realm: Realm, question: AuthorizationRequest, browser: Browser | None) -> SignIn:
    here = still_good(browser, question) if browser else None
    if here is None:
        raise Refusal("login_required", "The person hasn't signed in here, or not recently enough.")
    if question.subject not in {None, subject(realm, realm.people[here.username], question.client)}:
        raise Refusal("login_required", "The client asked for a different person.")
    if not realm.agreed(here.username, question):
        raise Refusal("consent_required", "The person has not agreed to this before.")
    return here


def _state(params: Params) -> str | None:
    try:
        return params.get("state")
    except Refusal:
        # With two states it is unclear which one is the client's, so neither is returned.
        return None


def _return_address(realm: Realm, params: Params) -> tuple[Client, ReturnAddress]:
    """Return the client and its return address, checked before anything is sent there.

    Raises PageRefusal for an unknown client or an address that is not registered for it:
    redirecting there would hand people and codes to the author of the link (RFC 6749 4.1.2.1).
    """
    named = params.get("client_id") or ""
    client = realm.clients.get(named)
    if client is None:
        raise _unknown(named)
    uri, policy = params.get("redirect_uri"), realm.profile.policy
    in_fragment = _response_type(params) in _response_types(realm) - {frozenset({"code"})}
    if uri is None and policy.redirect_uri_optional and len(client.redirect_uris) == 1:
        return client, ReturnAddress(
            uri=client.redirect_uris[0], named=False, in_fragment=in_fragment
        )
    ignores_query = policy.redirect_uri_ignores_query
    if uri is None or not client.may_return_to(uri, ignores_query=ignores_query):
        raise _unregistered(client, uri)
    name = imitated(uri)
    if name is not None:
        raise PageRefusal(
            "The return address cannot be used",
            f"After you sign in, {client.name} wants to send you to this address. Its parameter "
            f"`{name}` is one that the answer needs, so nothing was sent there.\n{_IN_A_NOTEBOOK}",
            sent=uri,
            for_author="Choose another name for that parameter.",
        )
    return client, ReturnAddress(uri=uri, in_fragment=in_fragment)


def _unknown(client_id: str) -> PageRefusal:
    names = "has no application ID (`client_id`)."
    if client_id:
        names = "names an application (`client_id`) that this practice server doesn't know:"
    return PageRefusal(
        "This application is not registered here",
        f"The link that brought you here {names}\nYou weren't asked to sign in. In your notebook, "
        "sign in with the application that is registered here, `sandbox.client`:\n"
        "`session = await ow.login(sandbox.server, sandbox.client)`",
        sent=client_id,
        for_author="Register it here, and send its ID as `client_id`.",
    )


def _unregistered(client: Client, uri: str | None) -> PageRefusal:
    address = "to an address that isn't registered for it:"
    if not uri:
        address = "back, but the link has no address (`redirect_uri`)."
    return PageRefusal(
        "The return address is not registered",
        f"After you sign in, {client.name} wants to send you {address}\n"
        "Someone else may have made that link, so the sign-in stops here. Nothing was shared.\n"
        f"{_IN_A_NOTEBOOK}",
        sent=uri or "",
        for_author=choice_of("redirect_uri", client.redirect_uris),
        addresses=client.redirect_uris,
    )


def _response_type(params: Params) -> frozenset[str]:
    try:
        return frozenset((params.get("response_type") or "").split())
    except Refusal:
        return frozenset()


def _response_types(realm: Realm) -> set[frozenset[str]]:
    # The order of the words has no meaning (OAuth 2.0 Multiple Response Types 5).
    return {frozenset(kinds.split()) for kinds in realm.profile.policy.response_types}


def _authorization_request(
    realm: Realm, client: Client, back: ReturnAddress, params: Params
) -> AuthorizationRequest:
    """Return the request as a checked value.

    Raises Refusal with the error to send back to the client.
    """
    for name, error in _UNSUPPORTED.items():
        if params.get(name) is not None:
            raise Refusal(error, f"This server does not support the parameter {name}.")
    scope, nonce = requested_scope(client, params), params.get("nonce")
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
    requested, supported = _response_type(params), realm.profile.policy.response_types
    if requested not in _response_types(realm):
        raise Refusal("unsupported_response_type", f"This server supports: {', '.join(supported)}.")
    implicit = "code" not in requested
    mode = "fragment" if implicit else "query"
    if params.get("response_mode") not in {None, mode}:
        raise Refusal("invalid_request", f"This response_type is only answered in the {mode}.")
    if ("implicit" if implicit else "authorization_code") not in client.grant_types:
        raise Refusal("unauthorized_client", "This client may not use this response_type.")
    if "id_token" in requested and not ("openid" in scope and params.get("nonce")):
        # OpenID Connect Core 3.2.2.1.
        raise Refusal("invalid_request", "An id_token here needs the scope openid and a nonce.")
    return requested


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
            "invalid_request",
            "The parameter prompt must be none, or any of login, consent and select_account.",
        )
    return prompt


def _max_age(params: Params) -> int | None:
    value = params.get("max_age")
    if value is None:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", value):
        raise Refusal("invalid_request", "max_age must be a whole number of seconds.")
    return int(value)


def _hinted_subject(realm: Realm, params: Params) -> str | None:
    # A hint from before a restart cannot be read, but that is no reason to refuse.
    content = realm.keys.read(params.get("id_token_hint") or "") or {}
    return content.get("sub")


def _claims(realm: Realm, params: Params) -> ClaimsRequest:
    # The server may ignore acr_values, ui_locales and display: there is one language, and the ID
    # token names the acr that was used (OpenID Connect Core 3.1.2.1).
    text, policy = params.get("claims"), realm.profile.policy
    if text is None or not policy.claims_parameter:
        return NO_CLAIMS
    requested = _claims_request(text, frozenset(realm.profile.claims()) - {"sub"})
    if requested.acr is not None and policy.acr not in requested.acr:
        raise Refusal(
            "unmet_authentication_requirements",
            f"People here sign in with a password, so the only acr is {policy.acr}.",
        )
    return requested


def _claims_request(text: str, known: frozenset[str]) -> ClaimsRequest:
    """Return what the parameter asks for, without claims that are not `known`.

    OpenID Connect Core 5.5. Raises Refusal `invalid_request` for anything but such an object.
    """
    try:
        requested = json.loads(text)
    except (ValueError, RecursionError):
        raise _unreadable() from None
    if not isinstance(requested, dict):
        raise _unreadable()
    userinfo, id_token = _members(requested, "userinfo"), _members(requested, "id_token")
    person = (id_token.get("sub") or {}).get("value")
    if person is not None and not isinstance(person, str):
        raise _unreadable()
    return ClaimsRequest(
        frozenset(userinfo) & known,
        frozenset(id_token) & known,
        _essential(id_token.get("acr")),
        person,
    )


def _members(requested: dict[str, Any], place: str) -> dict[str, dict[str, Any] | None]:
    members = requested.get(place)
    if members is None:
        return {}
    if not isinstance(members, dict):
        raise _unreadable()
    if not all(how is None or isinstance(how, dict) for how in members.values()):
        raise _unreadable()
    return members


def _essential(how: dict[str, Any] | None) -> frozenset[str] | None:
    # Only an essential acr can fail; for a voluntary one the used acr is enough (5.5.1.1).
    if not how or how.get("essential") is not True:
        return None
    values = how["values"] if "values" in how else [how["value"]] if "value" in how else None
    if values is None:
        return None
    if not isinstance(values, list):
        raise _unreadable()
    return frozenset(value for value in values if isinstance(value, str))


def _unreadable() -> Refusal:
    return Refusal(
        "invalid_request",
        "The parameter claims must be JSON such as "
        '{"userinfo": {"email": null}, "id_token": {"acr": null}}.',
    )
