"""The log-out endpoint (OpenID Connect RP-Initiated Logout 1.0)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from oauth_widgets.sandbox.server.endpoints.claims import session_id
from oauth_widgets.sandbox.server.pages.sign_out import sign_out_page, signed_out_page
from oauth_widgets.sandbox.server.profiles.client import Client
from oauth_widgets.sandbox.server.refusals import PageRefusal, choice_of
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.wire import Params, form_of, query_of, redirect

_STOPPED = "The sign-out stops here. Go back to your notebook, and sign out there."


async def log_out(realm: Realm, request: Request) -> Response:
    """Sign the person out and redirect them, or ask first if the request proves nothing.

    An ID token proves which sign-in is meant, even without the browser's cookie.
    """
    form = await form_of(request) if request.method == "POST" else None
    confirmed = form is not None and form.get("form_token") is not None
    # Our own form is posted to the page's address, which has the request's parameters.
    params = query_of(request) if form is None or confirmed else form
    client, sid = _hinted(realm, params)
    onward = _onward(client, params)
    browser = realm.browsers.of(request)
    if client is not None and sid is not None:
        realm.browsers.sign_out(lambda sign_in: session_id(realm, sign_in, client) == sid)
    elif browser is not None and browser.sign_in is not None:
        if form is None:
            return sign_out_page(realm.people[browser.sign_in.username], browser.form_token)
        if not confirmed:
            return _ask(realm, params)
        browser.check_form(form)
        ended = browser.sign_in
        realm.browsers.sign_out(lambda sign_in: sign_in is ended)
    if onward is None:
        return signed_out_page()
    return redirect(onward, {"state": params.get("state")})


def _ask(realm: Realm, params: Params) -> Response:
    here = realm.profile.paths.end_session.rpartition("/")[2]
    carried = ("client_id", "post_logout_redirect_uri", "state")
    return redirect(here, {name: params.get(name) for name in carried})


def _hinted(realm: Realm, params: Params) -> tuple[Client | None, str | None]:
    hint, client_id = params.get("id_token_hint"), params.get("client_id")
    if hint is None:
        return realm.clients.get(client_id or ""), None
    claims = realm.keys.read(hint)
    client = realm.clients.get(str((claims or {}).get("aud")))
    if claims is None or client is None or claims["iss"] != realm.issuer or "sid" not in claims:
        raise PageRefusal(
            "This sign-out is not for this server",
            "The application named a sign-in that this server doesn't know, perhaps from before "
            f"it was restarted.\n{_STOPPED}",
        )
    if client_id not in {None, claims["aud"]}:
        raise PageRefusal(
            "This link contradicts itself",
            f"It names two different applications.\n{_STOPPED}",
            for_author="`client_id` must be the `aud` of the `id_token_hint`.",
        )
    return client, claims["sid"]


def _onward(client: Client | None, params: Params) -> str | None:
    onward = params.get("post_logout_redirect_uri")
    if onward is None:
        return None
    if client is None:
        raise PageRefusal(
            "The return address is unknown",
            "The link names an address to send you to after you sign out, but not the application "
            f"that it is from.\n{_STOPPED}",
            for_author="Send `id_token_hint` or `client_id` too.",
        )
    if not client.may_sign_out_to(onward):
        raise PageRefusal(
            "The return address is not registered",
            f"After you sign out, {client.name} wants to send you to an address that isn't "
            f"registered for it:\n{_STOPPED}",
            sent=onward,
            for_author=choice_of("post_logout_redirect_uri", client.post_logout_redirect_uris),
            addresses=client.post_logout_redirect_uris,
        )
    return onward
