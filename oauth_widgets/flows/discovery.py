"""Asking a server to describe itself (OIDC Discovery 4, RFC 8414 3), or an API to name its own."""

from __future__ import annotations

from dataclasses import replace

from oauth_widgets._net.address import check_endpoint
from oauth_widgets._net.document import (
    Document,
    check_not_busy,
    object_of,
    parse_object,
    stated,
    text,
    texts,
)
from oauth_widgets._net.loop import arun, run
from oauth_widgets._net.message import Request, Response
from oauth_widgets._net.reach import check_reach
from oauth_widgets.errors import InvalidDocument, InvalidMetadata, OAuthError
from oauth_widgets.errors.advice import by_hand
from oauth_widgets.flows._drive import Exchange, drive
from oauth_widgets.protocol.authorization_server import (
    AuthorizationServer,
    api_urls,
    from_metadata,
    metadata_urls,
)
from oauth_widgets.protocol.error_response import redirect_target
from oauth_widgets.secret.quoting import quoted
from oauth_widgets.servers.kinds import check_issuer_text

# OIDC Discovery does not define these, so that some servers name them by RFC 8414 alone.
_OFTEN_LEFT_OUT = {"revocation_endpoint", "introspection_endpoint", "device_authorization_endpoint"}


def discover(issuer: str, *, api: str | None = None) -> AuthorizationServer:
    """Return the server's own description, requested from `issuer` (OIDC Discovery 4, RFC 8414).

    `issuer` may be an API's address that names its server (SMART on FHIR, RFC 9728). `api` is what
    its tokens are for. Raises InvalidMetadata, ServerUnreachable or ConfigurationError.

        server = ow.discover("https://id.example", api="https://api.example")
    """
    return run(drive(discovery(issuer, api=api)))


async def adiscover(issuer: str, *, api: str | None = None) -> AuthorizationServer:
    """Await `discover`."""
    return await arun(drive(discovery(issuer, api=api)))


def discovery(issuer: str, *, api: str | None = None) -> Exchange[AuthorizationServer]:
    """Look at OIDC Discovery's address, then at RFC 8414's if nothing is there or much is left out.

    If neither describes `issuer`, it may be an API. Raises InvalidMetadata if it isn't,
    TemporarilyUnavailable if the server is busy.
    """
    if api is not None:
        check_endpoint(api, "api")
    missing: list[str] = []
    server = yield from _described(check_issuer_text(issuer), api, missing)
    server = server or (yield from _named_by_api(issuer, api))
    if server is None:
        moved = any(", to " in one for one in missing)
        step = "Use the issuer of the server it redirects to." if moved else "Check the address."
        raise InvalidMetadata(
            f"{issuer} doesn't publish its metadata. {'; '.join(missing)}.",
            next_step=f"{step} {by_hand(issuer, {})}",
        )
    return server


def _described(
    issuer: str, api: str | None, missing: list[str]
) -> Exchange[AuthorizationServer | None]:
    """Return what `issuer` says of itself; None if nothing does, and `missing` says why."""
    urls = metadata_urls(issuer)
    for url in urls:
        response = yield _request(url)
        check_not_busy(response)
        if not _is_missing(response):
            break
        missing.append(f"{url}: {_found(response)}")
    else:
        return None
    document = stated(object_of(response, error=InvalidMetadata))
    server = from_metadata(document, issuer=issuer, api=api)
    if url != urls[0] or document.keys() >= _OFTEN_LEFT_OUT:
        return server
    more = yield from _optional(urls[1])
    try:
        # check: metadata/issuer
        from_metadata(more, issuer=issuer)
    except OAuthError:
        return server
    return from_metadata({**more, **document}, issuer=issuer, api=api)


def _named_by_api(base: str, api: str | None) -> Exchange[AuthorizationServer | None]:
    """Return the server whose tokens the API at `base` takes; None if it names none."""
    smart, resource = api_urls(base)
    document = yield from _optional(smart)
    if document.get("token_endpoint"):
        issuer = text(document, "issuer", error=InvalidMetadata) or base
        if issuer == base:
            server = from_metadata({**document, "issuer": base}, issuer=base, api=api or base)
        else:
            server = yield from _elsewhere(issuer, base, api, document)
        # The server has to know which API is meant (SMART App Launch 2.0).
        return replace(server, authorization_parameters={"aud": base})
    document = yield from _optional(resource)
    servers = texts(document, "authorization_servers", error=InvalidMetadata) or ()
    # check: metadata/issuer
    if str(document.get("resource")).rstrip("/") != base.rstrip("/") or not servers:
        return None
    if len(servers) > 1:
        lines = " or ".join(f'ow.discover("{quoted(one)}", api="{base}")' for one in servers)
        raise InvalidMetadata(
            f"{base} is an API that accepts tokens from {len(servers)} servers.",
            next_step=f"Choose one: {lines}.",
        )
    return (yield from _elsewhere(servers[0], base, api, {}))


def _elsewhere(
    issuer: str, base: str, api: str | None, known: Document
) -> Exchange[AuthorizationServer]:
    """Return what the server at `issuer` says of itself: what `base` says of it is not enough."""
    check_endpoint(issuer, "issuer", error=InvalidMetadata)
    check_reach(issuer, "issuer", named_by=base, error=InvalidMetadata)
    missing: list[str] = []
    server = yield from _described(issuer, api or base, missing)
    if server is None:
        endpoints = {name: str(url) for name, url in known.items() if name.endswith("_endpoint")}
        raise InvalidMetadata(
            f"{base} names {issuer} as its server, which doesn't publish its metadata. "
            f"{'; '.join(missing)}.",
            next_step=by_hand(issuer, {**endpoints, "api": base}),
        )
    return server


def _is_missing(response: Response) -> bool:
    """Whether this says that there is no description here, in one of the ways servers say it."""
    if response.status == 200 and response.is_json:
        try:
            return not {"issuer", "token_endpoint"} & parse_object(response.body).keys()
        except InvalidDocument:
            return False
    return response.is_redirect or response.status in {200, 204, 501, *range(400, 500)}


def _found(response: Response) -> str:
    if response.is_redirect:
        return f"status {response.status}, to {redirect_target(response)}"
    if response.status != 200:
        return f"status {response.status}"
    kind = quoted(response.media_type) or "no content type"
    return "JSON without an issuer" if response.is_json else f"{kind} instead of JSON"


def _optional(url: str) -> Exchange[Document]:
    """Return a document that may be there; nothing if it isn't or cannot be used."""
    try:
        return object_of((yield _request(url)), error=InvalidMetadata)
    except OAuthError:
        return {}


def _request(url: str) -> Request:
    return Request("GET", url, headers={"accept": "application/json"}, shared=True)
