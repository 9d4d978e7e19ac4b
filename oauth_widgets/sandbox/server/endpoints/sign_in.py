"""From an authorization request to its answer: sign-in, consent and the way back."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from oauth_widgets._sandbox import answering, devicepage, pages
from oauth_widgets._sandbox.authorization import (
    AuthorizationRequest,
    authorization_request,
    return_address,
)
from oauth_widgets._sandbox.browsers import Browser, SignIn
from oauth_widgets._sandbox.device import DeviceRequest
from oauth_widgets._sandbox.profile import ScopeMeaning
from oauth_widgets._sandbox.refusals import PageRefusal, Refusal
from oauth_widgets._sandbox.subject import subject
from oauth_widgets._sandbox.wire import form_of, query_of, redirect

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from oauth_widgets._sandbox.asked import Asked
    from oauth_widgets._sandbox.browsers import Pending
    from oauth_widgets._sandbox.realm import Realm
    from oauth_widgets._sandbox.wire import Params

SIGN_IN = "sign-in"
CONSENT = "consent"


async def authorize(realm: Realm, request: Request) -> Response:
    """Answer the authorization endpoint, by GET or POST (OpenID Connect Core 3.1.2.1)."""
    params = await form_of(request) if request.method == "POST" else query_of(request)
    client, back = return_address(realm, params)
    browser = realm.browsers.of(request)
    try:
        asked = authorization_request(realm, client, back, params)
        if "none" in asked.prompt:
            return answering.give(realm, asked, _silently(realm, asked, browser))
    except Refusal as refusal:
        return answering.refuse(realm, back, refusal, _state(params))
    known = browser or Browser()
    response = redirect(SIGN_IN, {"request": realm.browsers.begin(asked, known)})
    if browser is None:
        realm.browsers.remember(known, request, response)
    return response


async def sign_in(realm: Realm, request: Request) -> Response:
    """Ask who the person is, or whether they are still who signed in here before."""
    handle, pending = _pending(realm, request)
    if request.method == "POST":
        form = await form_of(request)
        pending.browser.check_form(form)
        who = form.get("who")
        if who == "other":
            return redirect(SIGN_IN, {"request": handle, "someone": "else"})
        if who == "same":
            return _continue(pending, handle)
        return _take_password(realm, request, handle, form)
    client, here = pending.asked.client, _still_good(pending.browser, pending.asked)
    if here is not None and query_of(request).get("someone") is None:
        return pages.choose_page(client, realm.people[here.username], pending.browser.form_token)
    hinted = realm.people.get(pending.asked.login_hint or "")
    return pages.sign_in_page(
        client,
        realm.people.values(),
        pending.browser.form_token,
        username=hinted.username if hinted else "",
    )


async def consent(realm: Realm, request: Request) -> Response:
    """Ask the person whether the client may have what it asks for; send the answer back.

    It is all or nothing: among the scopes a person cannot choose here (O10).
    """
    handle, pending = _pending(realm, request)
    if pending.sign_in is None or pending.sign_in is not pending.browser.sign_in:
        # Not said yet for this request, or signed out or changed in another tab since.
        return redirect(SIGN_IN, {"request": handle})
    asked = pending.asked
    if request.method == "POST":
        form = await form_of(request)
        pending.browser.check_form(form)
        return _decide(realm, handle, asked, pending.sign_in, form.get("decision"))
    return pages.consent_page(
        asked.client,
        realm.people[pending.sign_in.username],
        _meanings(realm, asked),
        pending.browser.form_token,
        redirect_uri=asked.back.uri if isinstance(asked, AuthorizationRequest) else None,
        user_code=asked.user_code if isinstance(asked, DeviceRequest) else None,
    )


def _meanings(realm: Realm, asked: Asked) -> list[ScopeMeaning]:
    told = realm.profile.claims(*asked.scope)
    single = [name for name in asked.single_claims if name not in told]
    return [
        *(realm.profile.meaning(name) for name in asked.scope),
        *(ScopeMeaning(name=name, gives=f"See your {name.replace('_', ' ')}") for name in single),
    ]


def _pending(realm: Realm, request: Request) -> tuple[str, Pending]:
    handle = query_of(request).need("request")
    return handle, realm.browsers.pending(handle, request)


def _still_good(browser: Browser, asked: Asked) -> SignIn | None:
    here = browser.sign_in
    if here is None or "login" in asked.prompt:
        return None
    aged = asked.max_age is not None and time.time() - here.auth_time > asked.max_age
    return None if aged else here


def _continue(pending: Pending, handle: str) -> Response:
    pending.sign_in = _still_good(pending.browser, pending.asked)
    return redirect(SIGN_IN if pending.sign_in is None else CONSENT, {"request": handle})


def _take_password(realm: Realm, request: Request, handle: str, form: Params) -> Response:
    pending = realm.browsers.pending(handle, request)
    username, password = form.get("username") or "", form.get("password") or ""
    person = realm.people.get(username.strip().lower())
    if person is None or password != person.password:
        return pages.sign_in_page(
            pending.asked.client,
            realm.people.values(),
            pending.browser.form_token,
            # What is no text cannot be shown again.
            username=username.encode(errors="replace").decode(),
            problem="That username and password do not belong together. Both are listed below.",
        )
    pending.browser.enter(SignIn(person.username, int(time.time())))
    pending.sign_in = pending.browser.sign_in
    response = redirect(CONSENT, {"request": handle})
    realm.browsers.forget(request)
    realm.browsers.remember(pending.browser, request, response)
    return response


def _decide(realm: Realm, handle: str, asked: Asked, who: SignIn, decision: str | None) -> Response:
    if decision not in {"allow", "refuse"}:
        raise PageRefusal("This form is incomplete", "Go back and choose Allow or Refuse.")
    realm.browsers.finish(handle)
    allowed = decision == "allow"
    if allowed:
        realm.agree(who.username, asked)
    if isinstance(asked, DeviceRequest):
        return devicepage.decide(realm, asked, who, allowed=allowed)
    if not isinstance(asked, AuthorizationRequest):
        raise TypeError(asked)
    if not allowed:
        refusal = Refusal("access_denied", "The person refused what was asked for.")
        return answering.refuse(realm, asked.back, refusal, asked.state)
    return answering.give(realm, asked, who)


def _silently(realm: Realm, asked: AuthorizationRequest, browser: Browser | None) -> SignIn:
    here = _still_good(browser, asked) if browser else None
    if here is None:
        raise Refusal("login_required", "Nobody is signed in here, or too long ago.")
    if asked.subject not in {None, subject(realm, realm.people[here.username], asked.client)}:
        raise Refusal("login_required", "Somebody else is signed in than the client asks for.")
    if not realm.agreed(here.username, asked):
        raise Refusal("consent_required", "The person has not agreed to this before.")
    return here


def _state(params: Params) -> str | None:
    try:
        return params.get("state")
    except Refusal:
        # Two states: neither is the client's own for certain, so none goes back.
        return None
