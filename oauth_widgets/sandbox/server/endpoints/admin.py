"""Administration by HTTP, for the holder of the key: switches, registration, reset.

Each start makes a new random key. It is sent in a header, so no address contains it, and no link
or form on another site can send it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from oauth_widgets.sandbox.server.endpoints.registration import RegistrationError, register
from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.state.misbehaviour import SWITCHES
from oauth_widgets.sandbox.server.state.site import Site
from oauth_widgets.sandbox.server.wire import answer, body_of, object_in, same

PATH = "/sandbox/admin"
KEY_HEADER = "X-Sandbox-Key"


async def administer(site: Site, request: Request) -> Response:
    """List the switches for `GET /sandbox/admin`, or run the action that a POST names.

    The JSON body of `misbehave` is {"name": …, "on": true}, of `rotate-keys` {"keep_old": true},
    of `register` a registration record; `reset` has none. Raises Refusal 403 without the key.
    """
    if not same(request.headers.get(KEY_HEADER, ""), site.admin_key):
        raise Refusal("access_denied", f"Send the admin key as {KEY_HEADER}.", status=403)
    if "action" not in request.path_params:
        return answer({"switches": SWITCHES, "on": site.realm.switches.on})
    action = _ACTIONS.get(request.path_params["action"])
    if action is None:
        raise Refusal("invalid_request", f"The actions are {', '.join(_ACTIONS)}.", status=404)
    try:
        # An action that needs nothing may come without a body.
        return answer(await action(site, object_in(await body_of(request) or b"{}")))
    except RegistrationError as error:
        field = error.refusals[0][0]
        kind = "invalid_redirect_uri" if field == "redirect_uris" else "invalid_client_metadata"
        raise Refusal(kind, str(error)) from None


async def _misbehave(site: Site, body: dict[str, Any]) -> dict[str, Any]:
    name, on = body.get("name"), body.get("on", True)
    if not isinstance(name, str) or name not in SWITCHES or not isinstance(on, bool):
        raise Refusal(
            "invalid_request",
            f"name must be one of {', '.join(SWITCHES)}, and on must be true or false.",
        )
    site.realm.switches.turn(name, on=on)
    return {"on": site.realm.switches.on}


async def _rotate_keys(site: Site, body: dict[str, Any]) -> dict[str, Any]:
    await asyncio.to_thread(site.realm.keys.rotate, keep_old=body.get("keep_old", True) is True)
    return site.realm.keys.jwks()


async def _register(site: Site, body: dict[str, Any]) -> dict[str, Any]:
    return register(site.realm, body)


async def _reset(site: Site, _body: dict[str, Any]) -> dict[str, Any]:
    await asyncio.to_thread(site.reset)
    return {}


_ACTIONS: dict[str, Callable[[Site, dict[str, Any]], Awaitable[dict[str, Any]]]] = {
    "misbehave": _misbehave,
    "rotate-keys": _rotate_keys,
    "register": _register,
    "reset": _reset,
}
