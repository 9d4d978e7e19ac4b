"""The page where a person types the code that a device shows (RFC 8628 3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from oauth_widgets._sandbox import pages
from oauth_widgets._sandbox.answering import grant_for
from oauth_widgets._sandbox.browsers import Browser
from oauth_widgets._sandbox.refusals import PageRefusal
from oauth_widgets._sandbox.wire import form_of, query_of, redirect

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from oauth_widgets._sandbox.browsers import SignIn
    from oauth_widgets._sandbox.device import DeviceRequest
    from oauth_widgets._sandbox.realm import Realm

SIGN_IN = "sign-in"
_WRONG = "No device waits with this code. Codes last ten minutes; look at your device again."


async def type_code(realm: Realm, request: Request) -> Response:
    """Take the code; a link that brings it along only fills it in (RFC 8628 5.4)."""
    browser = realm.browsers.of(request)
    if request.method == "POST" and browser is not None:
        form = await form_of(request)
        browser.check_form(form)
        typed = form.get("user_code") or ""
        device = realm.devices.shown(typed)
        if device is None:
            shown = typed.encode(errors="replace").decode()
            return pages.device_page(browser.form_token, user_code=shown, problem=_WRONG)
        return redirect(SIGN_IN, {"request": realm.browsers.begin(device.asked, browser)})
    known = browser or Browser()
    typed = query_of(request).get("user_code") or ""
    response = pages.device_page(
        known.form_token, user_code=typed.encode(errors="replace").decode()
    )
    if browser is None:
        realm.browsers.remember(known, request, response)
    return response


def decide(realm: Realm, asked: DeviceRequest, who: SignIn, *, allowed: bool) -> Response:
    """Keep the person's decision for the device to collect, and tell the person to go there."""
    device = realm.devices.shown(asked.user_code)
    if device is None:
        raise PageRefusal("This code is over", "It was used or has expired. Ask for another one.")
    if allowed:
        device.grant = grant_for(realm, asked, who)
    else:
        device.refused = True
    return pages.device_decided_page(asked.client, allowed=allowed)
