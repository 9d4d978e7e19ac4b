"""How far a server's clock is from this machine's (RFC 9110 6.6.1)."""

from __future__ import annotations

from collections.abc import Callable
from email.utils import parsedate_to_datetime

from oauth_widgets._net.message import Request
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.protocol.authorization_server import metadata_urls

_HALF = 0.5


def clock(issuer: str, *, now: Callable[[], float]) -> Exchange[float | None]:
    """Return how many seconds the clock of `issuer` is ahead; None if it sends no time.

    The server sends whole seconds, so the result is accurate to half a second. `now` is in seconds
    since the epoch.
    """
    sent_at = now()
    response = yield Request("GET", metadata_urls(issuer)[0], {"accept": "application/json"})
    received_at = now()
    try:
        server_time = parsedate_to_datetime(response.headers.get("date", "")).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return server_time + _HALF - (sent_at + received_at) / 2
