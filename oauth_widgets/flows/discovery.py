"""Asking a server to describe itself (OIDC Discovery 4, RFC 8414 3)."""

from __future__ import annotations

from oauth_widgets._net.loop import arun, run
from oauth_widgets.errors import ConfigurationError, InvalidMetadata, OAuthError, foreign_text
from oauth_widgets.flows._drive import Exchange, drive
from oauth_widgets.protocol.address import absolute, origin
from oauth_widgets.protocol.authorization_server import (
    AuthorizationServer,
    from_metadata,
    metadata_urls,
)
from oauth_widgets.protocol.document import Document, check_not_busy, object_of
from oauth_widgets.protocol.message import Request, Response

_OFTEN_LEFT_OUT = {
    "revocation_endpoint",
    "introspection_endpoint",
    "device_authorization_endpoint",
}
"""Members that OIDC Discovery does not define, so that some servers name them by RFC 8414 alone."""

_REDIRECTS = (301, 302, 303, 307, 308)


def discover(issuer: str, *, api: str | None = None) -> AuthorizationServer:
    """Ask `issuer` to describe itself (OIDC Discovery 4, RFC 8414).

    `api` is the address of the API that its tokens are for. Raises InvalidMetadata,
    ServerUnreachable or ConfigurationError.
    """
    return run(drive(discovery(issuer, api=api)))


async def adiscover(issuer: str, *, api: str | None = None) -> AuthorizationServer:
    """Await `discover`."""
    return await arun(drive(discovery(issuer, api=api)))


def discovery(issuer: str, *, api: str | None = None) -> Exchange[AuthorizationServer]:
    """Look at OIDC Discovery's address, then at RFC 8414's if nothing is there or much is left out.

    Raises InvalidMetadata where neither describes `issuer`, TemporarilyUnavailable where the
    server asks for patience.
    """
    for url in metadata_urls(issuer):
        response = yield _request(url)
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
    document = object_of(response, error=InvalidMetadata)
    server = from_metadata(document, issuer=issuer, api=api)
    other = metadata_urls(issuer)[1]
    if url == other or document.keys() >= _OFTEN_LEFT_OUT:
        return server
    more = yield from _second(other, issuer)
    return from_metadata({**more, **document}, issuer=issuer, api=api)


def _second(url: str, issuer: str) -> Exchange[Document]:
    """Return what else the server says of itself; nothing if that cannot be used."""
    try:
        document = object_of((yield _request(url)), error=InvalidMetadata)
        # check: metadata/issuer
        from_metadata(document, issuer=issuer)
    except OAuthError:
        return {}
    return document


def _request(url: str) -> Request:
    return Request("GET", url, headers={"accept": "application/json"}, shared=True)


def _target(response: Response, url: str) -> str:
    try:
        return foreign_text(origin(absolute(response.headers.get("location", ""), url)))
    except ConfigurationError:
        return "what is no address"
