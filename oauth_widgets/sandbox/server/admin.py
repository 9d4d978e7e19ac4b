"""Administration by HTTP, for the holder of the key: of a sandbox, and of a space in a classroom.

Each start makes a new random key. It is sent in a header, so no address contains it, and no link
or form on another site can send it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from oauth_widgets.sandbox.server.controls import ADMIN_PATH, KEY_HEADER, Controls
from oauth_widgets.sandbox.server.endpoints.registration import RegistrationError
from oauth_widgets.sandbox.server.refusals import Refusal
from oauth_widgets.sandbox.server.state.misbehaviour import SWITCHES
from oauth_widgets.sandbox.server.wire import answer, body_of, object_in, same

ACTION_PATH = ADMIN_PATH + "/{action}"


async def administer(controls: Controls, request: Request) -> Response:
    """List the switches for a GET, or run the action that a POST names.

    The JSON body of `misbehave` is {"name": …, "on": true}, of `rotate-keys` {"keep_old": true},
    of `register` a registration record, of `add-redirect-uri` {"client_id": …, "uri": …}; the
    others need none. Raises Refusal 403 without the key.
    """
    if not same(request.headers.get(KEY_HEADER, ""), controls.site.admin_key):
        raise Refusal("access_denied", f"Send the admin key as {KEY_HEADER}.", status=403)
    if "action" not in request.path_params:
        return answer({"switches": SWITCHES, "on": controls.switches_on})
    action = _ACTIONS.get(request.path_params["action"])
    if action is None:
        raise Refusal("invalid_request", f"The actions are {', '.join(_ACTIONS)}.", status=404)
    # An action that needs nothing may come without a body.
    body = object_in(await body_of(request) or b"{}")
    try:
        # Keys take their time.
        return answer(await asyncio.to_thread(action, controls, body))
    except RegistrationError as error:
        field = error.refusals[0][0]
        kind = "invalid_redirect_uri" if field == "redirect_uris" else "invalid_client_metadata"
        raise Refusal(kind, str(error)) from None


def _misbehave(controls: Controls, body: dict[str, Any]) -> dict[str, Any]:
    name, on = body.get("name"), body.get("on", True)
    if not isinstance(name, str) or name not in SWITCHES or not isinstance(on, bool):
        raise Refusal(
            "invalid_request",
            f'"name" must be one of {", ".join(SWITCHES)}, and "on" must be true or false.',
        )
    controls.misbehave(name, on=on)
    return {"on": controls.switches_on}


def _rotate_keys(controls: Controls, body: dict[str, Any]) -> dict[str, Any]:
    controls.rotate_keys(keep_old=body.get("keep_old", True) is True)
    return controls.site.realm.keys.jwks()


def _add_redirect_uri(controls: Controls, body: dict[str, Any]) -> dict[str, Any]:
    client_id, uri = body.get("client_id"), body.get("uri")
    if not isinstance(client_id, str) or not isinstance(uri, str):
        raise Refusal("invalid_request", '"client_id" and "uri" must be strings.')
    controls.add_redirect_uri(client_id, uri)
    return {}


def _reset(controls: Controls, _body: dict[str, Any]) -> dict[str, Any]:
    controls.reset()
    return {}


_ACTIONS: dict[str, Callable[[Controls, dict[str, Any]], dict[str, Any]]] = {
    "misbehave": _misbehave,
    "rotate-keys": _rotate_keys,
    "register": Controls.register,
    "add-redirect-uri": _add_redirect_uri,
    "reset": _reset,
    "describe": lambda controls, _: controls.whole_description(),
    "clients": lambda controls, _: controls.clients,
    "seen": lambda controls, _: {"requests": controls.seen},
}
