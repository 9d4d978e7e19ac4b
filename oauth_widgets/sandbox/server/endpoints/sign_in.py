"""The pages between a question and its answer: sign-in and consent."""

from __future__ import annotations

import time
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from oauth_widgets.sandbox.server.endpoints import authorization_response
from oauth_widgets.sandbox.server.pages.device import device_decided_page
from oauth_widgets.sandbox.server.pages.sign_in import choose_page, consent_page, sign_in_page
from oauth_widgets.sandbox.server.profiles.scopes import ScopeMeaning
from oauth_widgets.sandbox.server.refusals import PageRefusal, Refusal
from oauth_widgets.sandbox.server.state.browsers import Browser, Pending, SignIn
from oauth_widgets.sandbox.server.state.question import (
    AuthorizationRequest,
    DeviceRequest,
    Question,
)
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.wire import Params, form_of, query_of, redirect

SIGN_IN = "sign-in"
CONSENT = "consent"


async def sign_in(realm: Realm, request: Request) -> Response:
    """Ask for a password, or, if someone is signed in here, whether to continue as that person."""
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
    client, here = pending.question.client, still_good(pending.browser, pending.question)
    if here is not None and query_of(request).get("someone") is None:
        return choose_page(client, realm.people[here.username], pending.browser.form_token)
    hinted = realm.people.get(pending.question.login_hint or "")
    return sign_in_page(
        client,
        realm.people.values(),
        pending.browser.form_token,
        username=hinted.username if hinted else "",
    )


async def consent(realm: Realm, request: Request) -> Response:
    """Ask whether the client may have what it asks for, and send the answer back.

    The answer is for all scopes at once; a person cannot choose among them here (O10).
    """
    handle, pending = _pending(realm, request)
    if pending.sign_in is None or pending.sign_in is not pending.browser.sign_in:
        # The person has not signed in for this question, or signed out in another tab since.
        return redirect(SIGN_IN, {"request": handle})
    question = pending.question
    if request.method == "POST":
        form = await form_of(request)
        pending.browser.check_form(form)
        return _decide(realm, handle, question, pending.sign_in, form.get("decision"))
    return consent_page(
        question.client,
        realm.people[pending.sign_in.username],
        _meanings(realm, question),
        pending.browser.form_token,
        other=f"{SIGN_IN}?{urlencode({'request': handle, 'someone': 'else'})}",
        redirect_uri=question.back.uri if isinstance(question, AuthorizationRequest) else None,
        user_code=question.user_code if isinstance(question, DeviceRequest) else None,
    )


def still_good(browser: Browser, question: Question) -> SignIn | None:
    """Return the sign-in in `browser` if it is recent enough for the question, or None."""
    here = browser.sign_in
    if here is None or "login" in question.prompt:
        return None
    aged = question.max_age is not None and time.time() - here.auth_time > question.max_age
    return None if aged else here


def _meanings(realm: Realm, question: Question) -> list[ScopeMeaning]:
    released = realm.profile.claims(*question.scope)
    single = [name for name in question.single_claims if name not in released]
    return [
        *(realm.profile.meaning(name) for name in question.scope),
        *(ScopeMeaning(name=name, gives=f"See your {name.replace('_', ' ')}") for name in single),
    ]


def _pending(realm: Realm, request: Request) -> tuple[str, Pending]:
    handle = query_of(request).need("request")
    pending = realm.browsers.pending(handle, request)
    request.state.sign_in = pending.question.number
    return handle, pending


def _continue(pending: Pending, handle: str) -> Response:
    pending.sign_in = still_good(pending.browser, pending.question)
    return redirect(SIGN_IN if pending.sign_in is None else CONSENT, {"request": handle})


def _take_password(realm: Realm, request: Request, handle: str, form: Params) -> Response:
    pending = realm.browsers.pending(handle, request)
    username, password = form.get("username") or "", form.get("password") or ""
    person = realm.people.get((form.get("as") or username).strip().lower())
    # The page's buttons send only a name, since the password is printed next to them.
    if person is None or (form.get("as") is None and password != person.password):
        return sign_in_page(
            pending.question.client,
            realm.people.values(),
            pending.browser.form_token,
            # Bytes that are not text cannot be shown again.
            username=username.encode(errors="replace").decode(),
            problem="Wrong username or password.",
        )
    pending.browser.enter(SignIn(person.username, int(time.time())))
    pending.sign_in = pending.browser.sign_in
    response = redirect(CONSENT, {"request": handle})
    realm.browsers.forget(request)
    realm.browsers.remember(pending.browser, request, response)
    return response


def _decide(
    realm: Realm, handle: str, question: Question, who: SignIn, decision: str | None
) -> Response:
    if decision not in {"allow", "refuse"}:
        raise PageRefusal("This form is incomplete", "Go back and choose Allow or Don't allow.")
    realm.browsers.finish(handle)
    allowed = decision == "allow"
    if allowed:
        realm.agree(who.username, question)
    if isinstance(question, DeviceRequest):
        return _decide_for_device(realm, question, who, allowed=allowed)
    if not isinstance(question, AuthorizationRequest):
        raise TypeError(question)
    if not allowed:
        refusal = Refusal("access_denied", "The person refused what the client asked for.")
        return authorization_response.refuse(realm, question.back, refusal, question.state)
    return authorization_response.give(realm, question, who)


def _decide_for_device(
    realm: Realm, question: DeviceRequest, who: SignIn, *, allowed: bool
) -> Response:
    device = realm.devices.by_user_code(question.user_code)
    if device is None:
        raise PageRefusal(
            "This code has expired",
            "It was already used, or it wasn't used in time. Get a new one in your notebook or on "
            "your device.",
        )
    if allowed:
        device.grant = authorization_response.grant_for(realm, question, who)
    else:
        device.refused = True
    return device_decided_page(question.client, allowed=allowed)
