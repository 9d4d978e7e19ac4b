"""Asking a server to describe itself (OIDC Discovery 4, RFC 8414 3)."""

from __future__ import annotations

from oauth_widgets._net.address import check_endpoint
from oauth_widgets._net.document import Document, check_not_busy, object_of
from oauth_widgets._net.loop import arun, run
from oauth_widgets._net.message import Request, Response
from oauth_widgets.errors import InvalidMetadata, OAuthError
from oauth_widgets.flows._drive import Exchange, drive
from oauth_widgets.protocol.authorization_server import (
    AuthorizationServer,
    by_hand,
    from_metadata,
    metadata_urls,
)
from oauth_widgets.protocol.error_response import redirect_target
from oauth_widgets.secret.quoting import quoted

_OFTEN_LEFT_OUT = {
    "revocation_endpoint",
    "introspection_endpoint",
    "device_authorization_endpoint",
}
"""Members that OIDC Discovery does not define, so that some servers name them by RFC 8414 alone."""

_REDIRECTS = (301, 302, 303, 307, 308)
_MISSING = (400, 401, 403, 404, 405, 410)


def discover(issuer: str, *, api: str | None = None) -> AuthorizationServer:
    """Return the server's own description, requested from `issuer` (OIDC Discovery 4, RFC 8414).

    `api` is the address of the API that its tokens are for. Raises InvalidMetadata,
    ServerUnreachable or ConfigurationError.
    """
    return run(drive(discovery(issuer, api=api)))


async def adiscover(issuer: str, *, api: str | None = None) -> AuthorizationServer:
    """Await `discover`."""
    return await arun(drive(discovery(issuer, api=api)))


def discovery(issuer: str, *, api: str | None = None) -> Exchange[AuthorizationServer]:
    """Look at OIDC Discovery's address, then at RFC 8414's if nothing is there or much is left out.

    Raises InvalidMetadata if none describes `issuer`, TemporarilyUnavailable if the server is busy.
    """
    urls, missing = metadata_urls(issuer), []
    if api is not None:
        check_endpoint(api, "api")
    for url in urls:
        response = yield _request(url)
        check_not_busy(response)
        if not _is_missing(response):
            break
        missing.append(f"{url}: {_found(response)}")
    else:
        raise InvalidMetadata(
            f"{issuer} does not describe itself. {'; '.join(missing)}.",
            next_step=f"Check the address. {by_hand(issuer, {})}",
        )
    if response.status in _REDIRECTS:
        raise InvalidMetadata(
            f"{url} answered with status {response.status} instead of 200.",
            next_step=f"It redirects to {redirect_target(response)}. Use that server's own issuer.",
        )
    document = object_of(response, error=InvalidMetadata)
    server = from_metadata(document, issuer=issuer, api=api)
    if url != urls[0] or document.keys() >= _OFTEN_LEFT_OUT:
        return server
    more = yield from _second(urls[1], issuer)
    return from_metadata({**more, **document}, issuer=issuer, api=api)


def _is_missing(response: Response) -> bool:
    """Whether this says that there is no description here, in one of the ways servers say it."""
    page = response.status == 200 and not response.is_json
    return page or response.status in _MISSING


def _found(response: Response) -> str:
    kind = quoted(response.media_type) or "no type"
    return f"{kind} instead of JSON" if response.status == 200 else f"status {response.status}"


def _second(url: str, issuer: str) -> Exchange[Document]:
    """Return what else the server says about itself; nothing if that cannot be used."""
    try:
        document = object_of((yield _request(url)), error=InvalidMetadata)
        # check: metadata/issuer
        from_metadata(document, issuer=issuer)
    except OAuthError:
        return {}
    return document


def _request(url: str) -> Request:
    return Request("GET", url, headers={"accept": "application/json"}, shared=True)
