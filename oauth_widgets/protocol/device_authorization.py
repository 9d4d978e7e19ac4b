"""Signing in on another device (RFC 8628)."""

from __future__ import annotations

from dataclasses import dataclass, field

from oauth_widgets._net.address import check_endpoint
from oauth_widgets._net.document import needed_text, seconds, text
from oauth_widgets._net.message import Request, Response
from oauth_widgets._net.reach import check_reach
from oauth_widgets.errors import ErrorResponse, InvalidResponse, foreign_text
from oauth_widgets.protocol.authorization_server import AuthorizationServer
from oauth_widgets.protocol.client import ClientMetadata, client_request, scope_parameter
from oauth_widgets.protocol.error_response import answered
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.secret import Secret

SLOW_DOWN = 5.0
"""Seconds by which `slow_down` lengthens the interval (RFC 8628 3.5)."""

_DEFAULT_INTERVAL = 5.0
_LONGEST_LIFETIME = 24 * 3600.0


@dataclass(frozen=True, kw_only=True)
class DeviceAuthorizationResponse:
    """What to show a person (RFC 8628 3.2).

    `user_code` is typed at `verification_uri`; `verification_uri_complete` already contains it.
    `expires_at` is in seconds since the epoch, `interval` the seconds between two requests.
    `code_verifier` proves that whoever redeems the device code also asked for it (RFC 7636); None
    if the server takes no PKCE.
    """

    device_code: Secret = field(repr=False)
    user_code: str
    verification_uri: str
    verification_uri_complete: str | None
    expires_at: float
    interval: float
    code_verifier: Secret | None = field(default=None, repr=False)


def device_authorization_request(
    server: AuthorizationServer, client: ClientMetadata, scope: Scope, **fields: str
) -> Request:
    """Return the request for a code (RFC 8628 3.1)."""
    # Even next to Basic, which RFC 6749 3.2.1 allows: servers made with oauthlib insist on it.
    fields |= {"client_id": client.client_id, **scope_parameter(server, scope)}
    return client_request(server, client, "device_authorization_endpoint", **fields)


def device_authorization_response(
    response: Response, *, now: float, code_verifier: Secret | None = None
) -> DeviceAuthorizationResponse:
    """Judge the answer. Raises the server's own refusal, or InvalidResponse."""
    document = answered(
        response, "device_code", what="device authorization endpoint", error=InvalidResponse
    )
    complete = text(document, "verification_uri_complete", error=InvalidResponse)
    lifetime = seconds(document, "expires_in", error=InvalidResponse)
    interval = seconds(document, "interval", error=InvalidResponse)
    if lifetime is None and document.get("expires_in") is not None:
        lifetime = _LONGEST_LIFETIME
    if lifetime is None or lifetime <= 0:
        raise InvalidResponse('"expires_in" is missing or not above zero.')
    # Google and the older Entra ID call it by the name of an early draft.
    name = "verification_uri" if document.get("verification_uri") else "verification_url"
    page = needed_text(document, name, error=InvalidResponse)
    user_code = needed_text(document, "user_code", error=InvalidResponse)
    if user_code != foreign_text(user_code):
        raise InvalidResponse('"user_code" contains characters that cannot be typed.')
    complete = complete and _page(complete, "verification_uri_complete", response.url)
    return DeviceAuthorizationResponse(
        device_code=Secret(needed_text(document, "device_code", error=InvalidResponse)),
        user_code=user_code,
        verification_uri=_page(page, name, response.url),
        verification_uri_complete=complete or None,
        # Typing a code takes less than a day, and a longer time might not fit into a calendar.
        expires_at=now + min(lifetime, _LONGEST_LIFETIME),
        interval=_DEFAULT_INTERVAL if interval is None else max(interval, 1.0),
        code_verifier=code_verifier,
    )


def _page(url: str, what: str, endpoint: str) -> str:
    check_endpoint(url, what, error=InvalidResponse)
    return check_reach(url, what, named_by=endpoint, error=InvalidResponse)


def next_interval(problem: ErrorResponse, interval: float) -> float:
    """Return the seconds to wait before the next request (RFC 8628 3.5).

    Raises `problem` if another request cannot help.
    """
    if problem.error == "authorization_pending":
        return interval
    if problem.error == "slow_down":
        return interval + SLOW_DOWN
    raise problem
