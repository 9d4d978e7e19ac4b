"""The ASGI application: which endpoint is where, and how each says no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from oauth_widgets._sandbox import admin, api, devicepage, pages, signin, wire
from oauth_widgets._sandbox.device import device_authorization
from oauth_widgets._sandbox.exchange import exchange
from oauth_widgets._sandbox.introspection import introspect
from oauth_widgets._sandbox.logout import log_out
from oauth_widgets._sandbox.metadata import jwks, metadata
from oauth_widgets._sandbox.refusals import PageRefusal, Refusal
from oauth_widgets._sandbox.revocation import revoke
from oauth_widgets._sandbox.userinfo import userinfo

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from oauth_widgets._sandbox.profile import Paths
    from oauth_widgets._sandbox.realm import Realm
    from oauth_widgets._sandbox.site import Site

    Endpoint = Callable[[Realm, Request], Awaitable[Response]]
    Table = list[tuple[str | None, Endpoint, tuple[str, ...]]]

_UNREADABLE = "This request cannot be followed"
_GET = ("GET",)
_POST = ("POST",)
_BOTH = ("GET", "POST")
# Who gets these wrong is a person with a browser, and reads a page.
_FOR_PEOPLE = {signin.authorize, signin.sign_in, signin.consent, devicepage.type_code, log_out}
_WELL_KNOWN = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")


def application(site: Site) -> Starlette:
    """Return the whole server, authorization and sample API, as one ASGI application."""
    app = Starlette(
        routes=[
            *(
                Route(path, _bound(site, end), methods=list(how))
                for path, end, how in _table(site.settings.profile.paths)
                if path is not None
            ),
            Route(admin.PATH, _administered(site), methods=["GET"]),
            Route(f"{admin.PATH}/{{action}}", _administered(site), methods=["POST"]),
        ],
        exception_handlers={HTTPException: _unserved, Exception: _broken},
    )
    # Such a redirect names the whole path, and loses the prefix that a proxy has taken off.
    app.router.redirect_slashes = False
    return app


def _table(paths: Paths) -> Table:
    return [
        *((path, metadata, _GET) for path in _WELL_KNOWN),
        (paths.jwks, jwks, _GET),
        (paths.authorization, signin.authorize, _BOTH),
        (paths.page(signin.SIGN_IN), signin.sign_in, _BOTH),
        (paths.page(signin.CONSENT), signin.consent, _BOTH),
        (paths.device, devicepage.type_code, _BOTH),
        (paths.device_authorization, device_authorization, _POST),
        (paths.token, exchange, _POST),
        (paths.userinfo, userinfo, _BOTH),
        (paths.introspection, introspect, _POST),
        (paths.revocation, revoke, _POST),
        (paths.end_session, log_out, _BOTH),
        *((path, end, _GET) for path, end in api.ENDPOINTS),
    ]


def _bound(site: Site, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    for_people = endpoint in _FOR_PEOPLE

    async def bound(request: Request) -> Response:
        # Taken once: a reset in the meantime changes nothing for this request.
        realm = site.realm
        try:
            realm.switches.check_service(request.scope["path"], for_people=for_people)
            response = await endpoint(realm, request)
        except Refusal as refusal:
            response = _page(refusal) if for_people else wire.refuse(refusal)
        except PageRefusal as refusal:
            response = pages.refusal_page(refusal.title, refusal.explanation, refusal.status)
        if for_people and "opener_policy" in realm.switches:
            response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        return response

    return bound


def _page(refusal: Refusal) -> Response:
    page = pages.refusal_page(_UNREADABLE, refusal.description, refusal.status)
    if refusal.retry_after is not None:
        page.headers["Retry-After"] = str(refusal.retry_after)
    return page


def _administered(site: Site) -> Callable[[Request], Awaitable[Response]]:
    async def administered(request: Request) -> Response:
        try:
            return await admin.administer(site, request)
        except Refusal as refusal:
            return wire.refuse(refusal)

    return administered


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
