"""The ASGI application: which endpoint is where, and how each says no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from oauth_widgets._sandbox import api, pages, signin, wire
from oauth_widgets._sandbox.exchange import exchange
from oauth_widgets._sandbox.logout import log_out
from oauth_widgets._sandbox.metadata import jwks, metadata
from oauth_widgets._sandbox.refusals import PageRefusal, Refusal
from oauth_widgets._sandbox.revocation import revoke
from oauth_widgets._sandbox.userinfo import userinfo

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from oauth_widgets._sandbox.realm import Realm

    Endpoint = Callable[[Realm, Request], Awaitable[Response]]

_UNREADABLE = "This request cannot be followed"
_GET = ("GET",)
_POST = ("POST",)
_BOTH = ("GET", "POST")
# Who gets these wrong is a person with a browser, and reads a page.
_FOR_PEOPLE = {signin.authorize, signin.sign_in, signin.consent, log_out}
_WELL_KNOWN = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")


def application(realm: Realm) -> Starlette:
    """Return the whole server, authorization and sample API, as one ASGI application."""
    paths = realm.profile.paths
    table: list[tuple[str, Endpoint, tuple[str, ...]]] = [
        *((path, metadata, _GET) for path in _WELL_KNOWN),
        (paths.jwks, jwks, _GET),
        (paths.authorization, signin.authorize, _BOTH),
        (paths.page(signin.SIGN_IN), signin.sign_in, _BOTH),
        (paths.page(signin.CONSENT), signin.consent, _BOTH),
        (paths.token, exchange, _POST),
        (paths.userinfo, userinfo, _BOTH),
        (paths.revocation, revoke, _POST),
        (paths.end_session, log_out, _BOTH),
        ("/api/events", api.events, _GET),
    ]
    return Starlette(
        routes=[Route(path, _bound(realm, end), methods=list(how)) for path, end, how in table],
        exception_handlers={HTTPException: _unserved, Exception: _broken},
    )


def _bound(realm: Realm, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def bound(request: Request) -> Response:
        try:
            return await endpoint(realm, request)
        except Refusal as refusal:
            if endpoint in _FOR_PEOPLE:
                return pages.refusal_page(_UNREADABLE, refusal.description, refusal.status)
            return wire.refuse(refusal)
        except PageRefusal as refusal:
            return pages.refusal_page(refusal.title, refusal.explanation, refusal.status)

    return bound


async def _unserved(request: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    known = status != 404
    title = "Not this way" if known else "There is nothing here"
    response = _said(request, title, "Check the address and the method of the request.", status)
    if isinstance(error, HTTPException):
        response.headers.update(error.headers or {})
    return response


async def _broken(request: Request, _error: Exception) -> Response:
    return _said(request, "The sandbox failed", "This is a fault of the sandbox; try again.", 500)


def _said(request: Request, title: str, explanation: str, status: int) -> Response:
    if "text/html" in request.headers.get("accept", ""):
        return pages.refusal_page(title, explanation, status)
    error = "server_error" if status == 500 else "invalid_request"
    return wire.refuse(Refusal(error, f"{title}. {explanation}", status=status))
