"""The teacher's own door: switches, reset and registration for whoever has the key.

The key is random, made at each start, and travels in a header: no link and no form of another
site can use it, and it stands in no address.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from typing import TYPE_CHECKING, Any

from oauth_widgets._sandbox.misbehaviour import SWITCHES
from oauth_widgets._sandbox.refusals import Refusal
from oauth_widgets._sandbox.registration import RegistrationError, register
from oauth_widgets._sandbox.wire import answer, body_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from oauth_widgets._sandbox.site import Site

PATH = "/sandbox/admin"
KEY_HEADER = "X-Sandbox-Key"


async def administer(site: Site, request: Request) -> Response:
    """Answer `GET /sandbox/admin` with what can be switched; do what a POST below it says.

    `misbehave` takes {"name": …, "on": true}, `rotate-keys` {"keep_old": true}, `register` a
    registration record and `reset` nothing. Raises Refusal 403 without the key.
    """
    given = request.headers.get(KEY_HEADER, "").encode(errors="replace")
    if not hmac.compare_digest(given, site.admin_key.encode()):
        raise Refusal("access_denied", f"Send the admin key as {KEY_HEADER}.", status=403)
    if "action" not in request.path_params:
        return answer({"switches": SWITCHES, "on": site.realm.switches.on})
    action = _ACTIONS.get(request.path_params["action"])
    if action is None:
        raise Refusal("invalid_request", f"There is {', '.join(_ACTIONS)}.", status=404)
    try:
        return answer(await action(site, await _object(request)))
    except RegistrationError as error:
        field = error.refusals[0][0]
        kind = "invalid_redirect_uri" if field == "redirect_uris" else "invalid_client_metadata"
        raise Refusal(kind, str(error)) from None


async def _object(request: Request) -> dict[str, Any]:
    text = await body_of(request)
    try:
        value = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Refusal("invalid_request", "Send a JSON object.")
    return value


async def _misbehave(site: Site, given: dict[str, Any]) -> dict[str, Any]:
    name, on = given.get("name"), given.get("on", True)
    if not isinstance(name, str) or name not in SWITCHES or not isinstance(on, bool):
        raise Refusal("invalid_request", f"name is one of {', '.join(SWITCHES)}; on is a boolean.")
    site.realm.switches.turn(name, on=on)
    return {"on": site.realm.switches.on}


async def _rotate_keys(site: Site, given: dict[str, Any]) -> dict[str, Any]:
    await asyncio.to_thread(site.realm.keys.rotate, keep_old=given.get("keep_old", True) is True)
    return site.realm.keys.jwks()


async def _register(site: Site, given: dict[str, Any]) -> dict[str, Any]:
    return register(site.realm, given)


async def _reset(site: Site, _given: dict[str, Any]) -> dict[str, Any]:
    await asyncio.to_thread(site.reset)
    return {}


_ACTIONS: dict[str, Callable[[Site, dict[str, Any]], Awaitable[dict[str, Any]]]] = {
    "misbehave": _misbehave,
    "rotate-keys": _rotate_keys,
    "register": _register,
    "reset": _reset,
}
