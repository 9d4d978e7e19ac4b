"""From an authorization request to its answer: sign-in, consent and the way back."""

from __future__ import annotations

import hmac
import time
from typing import TYPE_CHECKING

from oauth_widgets._sandbox import pages
from oauth_widgets._sandbox.authorization import authorization_request, return_address
from oauth_widgets._sandbox.browsers import Browser, SignIn
from oauth_widgets._sandbox.grants import Grant
from oauth_widgets._sandbox.refusals import PageRefusal, Refusal
from oauth_widgets._sandbox.wire import form_of, query_of, redirect

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from oauth_widgets._sandbox.authorization import AuthorizationRequest
    from oauth_widgets._sandbox.browsers import Pending
    from oauth_widgets._sandbox.realm import Realm
    from oauth_widgets._sandbox.wire import Params

SIGN_IN = "sign-in"
CONSENT = "consent"


async def authorize(realm: Realm, request: Request) -> Response:
    """Answer the authorization endpoint, by GET or POST (OpenID Connect Core 3.1.2.1)."""
    params = await form_of(request) if request.method == "POST" else query_of(request)
    client, redirect_uri = return_address(realm, params)
    try:
        asked = authorization_request(client, redirect_uri, params)
        browser = realm.browsers.of(request)
        if "none" in asked.prompt:
            return _answer_silently(realm, asked, browser)
    except Refusal as refusal:
        return redirect(redirect_uri, _error(refusal, params))
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
        check_form_token(pending.browser, form)
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
    """Ask the person whether the client may have what it asks for; send the answer back."""
    handle, pending = _pending(realm, request)
    if pending.sign_in is None or pending.sign_in is not pending.browser.sign_in:
        # Not said yet for this request, or signed out or changed in another tab since.
        return redirect(SIGN_IN, {"request": handle})
    if request.method == "POST":
        form = await form_of(request)
        check_form_token(pending.browser, form)
        return _decide(realm, handle, pending, pending.sign_in, form.get("decision"))
    return pages.consent_page(
        pending.asked.client,
        realm.people[pending.sign_in.username],
        [realm.profile.meaning(name) for name in pending.asked.scope],
        pending.asked.redirect_uri,
        pending.browser.form_token,
    )


def check_form_token(browser: Browser, form: Params) -> None:
    """Raise PageRefusal unless the form came from a page of ours shown in this browser."""
    given = form.get("form_token") or ""
    if not hmac.compare_digest(given.encode(errors="replace"), browser.form_token.encode()):
        raise PageRefusal(
            "This form is not ours",
            "It was sent from another page, or from one opened before you signed in. "
            "Go back to where you came from and start again.",
            status=403,
        )


def _pending(realm: Realm, request: Request) -> tuple[str, Pending]:
    handle = query_of(request).need("request")
    return handle, realm.browsers.pending(handle, request)


def _still_good(browser: Browser, asked: AuthorizationRequest) -> SignIn | None:
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


def _decide(
    realm: Realm, handle: str, pending: Pending, who: SignIn, decision: str | None
) -> Response:
    asked = pending.asked
    if decision not in {"allow", "refuse"}:
        raise PageRefusal("This form is incomplete", "Go back and choose Allow or Refuse.")
    realm.browsers.finish(handle)
    if decision == "refuse":
        refusal = Refusal("access_denied", "The person refused what was asked for.")
        return redirect(asked.redirect_uri, _answer(refusal, asked.state))
    realm.agree(who.username, asked.client.client_id, asked.scope)
    return _grant(realm, asked, who)


def _answer_silently(
    realm: Realm, asked: AuthorizationRequest, browser: Browser | None
) -> Response:
    here = _still_good(browser, asked) if browser else None
    if here is None:
        raise Refusal("login_required", "Nobody is signed in here, or too long ago.")
    if not realm.agreed(here.username, asked.client.client_id, asked.scope):
        raise Refusal("consent_required", "The person has not agreed to this before.")
    return _grant(realm, asked, here)


def _grant(realm: Realm, asked: AuthorizationRequest, who: SignIn) -> Response:
    grant = Grant(
        client_id=asked.client.client_id,
        scope=asked.scope,
        username=who.username,
        sid=who.sid,
        auth_time=who.auth_time,
        nonce=asked.nonce,
    )
    code = realm.grants.new_code(grant, asked.redirect_uri, asked.code_challenge)
    return redirect(asked.redirect_uri, {"code": code, "state": asked.state})


def _error(refusal: Refusal, params: Params) -> dict[str, str | None]:
    try:
        return _answer(refusal, params.get("state"))
    except Refusal:
        # Two states: neither is the client's own for certain, so none goes back.
        return _answer(refusal, None)


def _answer(refusal: Refusal, state: str | None) -> dict[str, str | None]:
    return {
        "error": refusal.error,
        "error_description": refusal.description,
        "state": state,
    }
