"""Device authorization (RFC 8628): codes for a device, and the page to type a code."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from oauth_widgets.sandbox.server.endpoints.client_authentication import authenticate
from oauth_widgets.sandbox.server.endpoints.sign_in import SIGN_IN
from oauth_widgets.sandbox.server.pages.device import device_page
from oauth_widgets.sandbox.server.profiles.policy import DEVICE_GRANT
from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.state.browsers import Browser
from oauth_widgets.sandbox.server.state.devices import LIFETIME, Device, new_user_code
from oauth_widgets.sandbox.server.state.question import DeviceRequest, requested_scope
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.wire import answer, form_of, query_of, redirect

_WRONG = (
    "No device is waiting for this code. Compare it with the one that your notebook or device "
    "shows. If they're the same, it has expired or was used, so get a new one there. You can use a "
    f"code once, within {LIFETIME // 60} minutes of getting it."
)


async def device_authorization(realm: Realm, request: Request) -> Response:
    """Give a device its codes (RFC 8628 3.2)."""
    form = await form_of(request)
    client = authenticate(realm, request, form)
    if DEVICE_GRANT not in client.grant_types:
        raise Refusal("unauthorized_client", "This client may not use this grant type.")
    question = DeviceRequest(
        client=client, scope=requested_scope(client, form), user_code=new_user_code()
    )
    request.state.sign_in = question.number
    device = Device(question=question, interval=realm.profile.policy.device_interval)
    page = f"{realm.issuer}{realm.profile.paths.device}"
    return answer(
        {
            "device_code": realm.devices.add(device),
            "user_code": question.user_code,
            "verification_uri": page,
            "verification_uri_complete": f"{page}?user_code={question.user_code}",
            "expires_in": LIFETIME,
            "interval": device.interval,
        }
    )


async def type_code(realm: Realm, request: Request) -> Response:
    """Take the code (RFC 8628 3.3); a code in the link only fills in the form (5.4)."""
    browser = realm.browsers.of(request)
    if request.method == "POST" and browser is not None:
        form = await form_of(request)
        browser.check_form(form)
        typed = form.get("user_code") or ""
        device = realm.devices.by_user_code(typed)
        if device is None:
            printable = typed.encode(errors="replace").decode()
            return device_page(browser.form_token, user_code=printable, problem=_WRONG)
        return redirect(SIGN_IN, {"request": realm.browsers.begin(device.question, browser)})
    visitor = browser or Browser()
    typed = query_of(request).get("user_code") or ""
    response = device_page(visitor.form_token, user_code=typed.encode(errors="replace").decode())
    if browser is None:
        realm.browsers.remember(visitor, request, response)
    return response
