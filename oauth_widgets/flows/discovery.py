"""Asking a server to describe itself (OIDC Discovery 4, RFC 8414 3)."""

from __future__ import annotations

from oauth_widgets.errors import ConfigurationError, InvalidMetadata, foreign_text
from oauth_widgets.flows._drive import Exchange
from oauth_widgets.protocol.address import absolute, origin
from oauth_widgets.protocol.authorization_server import (
    AuthorizationServer,
    from_metadata,
    metadata_urls,
)
from oauth_widgets.protocol.document import check_not_busy, object_of
from oauth_widgets.protocol.message import Request, Response

_REDIRECTS = (301, 302, 303, 307, 308)


def discovery(issuer: str, *, api: str | None = None) -> Exchange[AuthorizationServer]:
    """Look at OIDC Discovery's address, then, where nothing is there, at RFC 8414's.

    Raises InvalidMetadata where neither describes `issuer`, TemporarilyUnavailable where the
    server asks for patience.
    """
    for url in metadata_urls(issuer):
        response = yield Request("GET", url, headers={"accept": "application/json"}, shared=True)
        if response.status != 404:
            break
    else:
        raise InvalidMetadata(f"{issuer} does not describe itself at either known address.")
    check_not_busy(response)
    if response.status in _REDIRECTS:
        raise InvalidMetadata(
            f"{url} answered with status {response.status} instead of 200.",
            next_step=f"It sends on to {_target(response, url)}: use the issuer's own address.",
        )
    return from_metadata(object_of(response, error=InvalidMetadata), issuer=issuer, api=api)


def _target(response: Response, url: str) -> str:
    try:
        return foreign_text(origin(absolute(response.headers.get("location", ""), url)))
    except ConfigurationError:
        return "what is no address"
