"""The ASGI application: which endpoint is at which path, and how each reports a refusal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from oauth_widgets.sandbox.server import wire
from oauth_widgets.sandbox.server.admin import ACTION_PATH, administer
from oauth_widgets.sandbox.server.api.documentation import documentation, front
from oauth_widgets.sandbox.server.api.endpoint import endpoint
from oauth_widgets.sandbox.server.controls import ADMIN_PATH, Controls
from oauth_widgets.sandbox.server.endpoints.authorization import authorize
from oauth_widgets.sandbox.server.endpoints.device import device_authorization, type_code
from oauth_widgets.sandbox.server.endpoints.introspection import introspect
from oauth_widgets.sandbox.server.endpoints.logout import log_out
from oauth_widgets.sandbox.server.endpoints.metadata import jwks, metadata
from oauth_widgets.sandbox.server.endpoints.revocation import revoke
from oauth_widgets.sandbox.server.endpoints.sign_in import CONSENT, SIGN_IN, consent, sign_in
from oauth_widgets.sandbox.server.endpoints.token import exchange
from oauth_widgets.sandbox.server.endpoints.userinfo import userinfo
from oauth_widgets.sandbox.server.pages.layout import refusal_page
from oauth_widgets.sandbox.server.profiles.profile import Profile
from oauth_widgets.sandbox.server.refusals import PageRefusal, Refusal
from oauth_widgets.sandbox.server.state.realm import Realm
from oauth_widgets.sandbox.server.state.site import Site

Endpoint = Callable[[Realm, Request], Awaitable[Response]]
Routes = list[tuple[str | None, Endpoint, tuple[str, ...]]]

_UNREADABLE = "This request cannot be answered"
_GET = ("GET",)
_POST = ("POST",)
_BOTH = ("GET", "POST")
# People open these in a browser, so a refusal is a page.
_FOR_PEOPLE = {authorize, sign_in, consent, type_code, log_out}
_WELL_KNOWN = ("/.well-known/openid-configuration", "/.well-known/oauth-authorization-server")


def application(controls: Controls) -> Starlette:
    """Return the authorization server and the sample API as one ASGI application."""
    site, administered = controls.site, _administered(controls)
    app = Starlette(
        routes=[
            *(
                Route(path, _bound(site, end), methods=list(how))
                for path, end, how in _routes(site.settings.profile)
                if path is not None
            ),
            Route(ADMIN_PATH, administered, methods=["GET"]),
            Route(ACTION_PATH, administered, methods=["POST"]),
        ],
        exception_handlers={HTTPException: _unserved(site), Exception: _broken},
    )
    # Such a redirect has an absolute path, which lacks the prefix that a proxy removed.
    app.router.redirect_slashes = False
    return app


def _routes(profile: Profile) -> Routes:
    paths = profile.paths
    return [
        *((path, metadata, _GET) for path in _WELL_KNOWN),
        (paths.jwks, jwks, _GET),
        (paths.authorization, authorize, _BOTH),
        (paths.page(SIGN_IN), sign_in, _BOTH),
        (paths.page(CONSENT), consent, _BOTH),
        (paths.device, type_code, _BOTH),
        (paths.device_authorization, device_authorization, _POST),
        (paths.token, exchange, _POST),
        (paths.userinfo, userinfo, _BOTH),
        (paths.introspection, introspect, _POST),
        (paths.revocation, revoke, _POST),
        (paths.end_session, log_out, _BOTH),
        ("/", front, _GET),
        ("/api", documentation, _GET),
        ("/api/", documentation, _GET),
        *((f"/api/{service.name}", endpoint(service), _GET) for service in profile.services),
    ]


def _bound(site: Site, answers: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    for_people = answers in _FOR_PEOPLE

    async def bound(request: Request) -> Response:
        # Read once, so that a reset in the meantime doesn't affect this request.
        realm = site.realm
        try:
            realm.switches.check_service(request.scope["path"], for_people=for_people)
            response = await answers(realm, request)
        except Refusal as refusal:
            request.state.refusal = f"{refusal.error}: {refusal.description}"
            response = _page(refusal) if for_people else wire.refuse(refusal)
        except PageRefusal as refusal:
            request.state.refusal = refusal.title
            response = refusal_page(refusal)
        realm.seen.add(request, response)
        if for_people and "opener_policy" in realm.switches:
            response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
        return response

    return bound


def _page(refusal: Refusal) -> Response:
    page = refusal_page(PageRefusal(_UNREADABLE, refusal.description, status=refusal.status))
    if refusal.retry_after is not None:
        page.headers["Retry-After"] = str(refusal.retry_after)
    return page


def _administered(controls: Controls) -> Callable[[Request], Awaitable[Response]]:
    async def administered(request: Request) -> Response:
        try:
            return await administer(controls, request)
        except Refusal as refusal:
            return wire.refuse(refusal)

    return administered


def _unserved(site: Site) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def unserved(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        title = "Page not found" if status == 404 else "This page doesn't take that method"
        response = _explanation(
            request, title, "Check the address and the method of the request.", status
        )
        if isinstance(error, HTTPException):
            response.headers.update(error.headers or {})
        request.state.refusal = title
        site.realm.seen.add(request, response)
        return response

    return unserved


async def _broken(request: Request, _error: Exception) -> Response:
    return _explanation(
        request, "The sandbox failed", "This is a bug in the sandbox. Try again.", 500
    )


def _explanation(request: Request, title: str, explanation: str, status: int) -> Response:
    if wire.reads_pages(request):
        return refusal_page(PageRefusal(title, explanation, status=status))
    error = "server_error" if status == 500 else "invalid_request"
    return wire.refuse(Refusal(error, f"{title}. {explanation}", status=status))
