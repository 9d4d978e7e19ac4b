"""What travels: request parameters in, JSON answers and redirects out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from oauth_widgets._sandbox.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.requests import Request

FORM_LIMIT = 64 * 1024  # bytes; no OAuth form comes near it
FORM_TYPE = "application/x-www-form-urlencoded"
# Tokens and personal data: no cache, shared or private, may keep them (RFC 6749 5.1).
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache", "X-Content-Type-Options": "nosniff"}


class Params:
    """The parameters of one request; an empty one counts as absent (RFC 6749 3.1)."""

    def __init__(self, encoded: str) -> None:
        self._values: dict[str, list[str]] = {}
        # surrogateescape: `state` may hold any bytes and goes back as it came.
        for name, value in parse_qsl(encoded, errors="surrogateescape"):
            self._values.setdefault(name, []).append(value)

    def get(self, name: str) -> str | None:
        """Return the value of `name`, or None.

        Raises Refusal `invalid_request` when it was given more than once (RFC 6749 3.1).
        """
        values = self._values.get(name)
        if values is None:
            return None
        if len(values) > 1:
            raise Refusal("invalid_request", f"The parameter {name} is given more than once.")
        return values[0]

    def need(self, name: str) -> str:
        """Return the value of `name`; raises Refusal `invalid_request` when there is none."""
        value = self.get(name)
        if value is None:
            raise Refusal("invalid_request", f"The parameter {name} is missing.")
        return value


def query_of(request: Request) -> Params:
    """Return the parameters in the address."""
    return Params(request.scope["query_string"].decode("latin-1"))


async def form_of(request: Request) -> Params:
    """Return the parameters in the body, a form of at most `FORM_LIMIT` bytes.

    Raises Refusal `invalid_request` for another content type (400) or a longer body (413).
    """
    content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if content_type != FORM_TYPE:
        raise Refusal("invalid_request", f"Send the parameters in the body, as {FORM_TYPE}.")
    return Params((await body_of(request)).decode("latin-1"))


async def body_of(request: Request) -> bytes:
    """Return the body; raises Refusal `invalid_request` (413) beyond `FORM_LIMIT` bytes."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > FORM_LIMIT:
                raise Refusal("invalid_request", "The body is too long.", status=413)
    except ClientDisconnect:
        # Nobody reads the answer, but an error here would be logged.
        raise Refusal("invalid_request", "The body ended early.") from None
    return bytes(body)


def answer(data: Mapping[str, Any], status: int = 200) -> Response:
    """Return `data` as a JSON answer that is never cached."""
    return JSONResponse(data, status, headers=NO_STORE)


def refuse(refusal: Refusal) -> Response:
    """Return the refusal as JSON (RFC 6749 5.2), with its challenge."""
    body = {"error": refusal.error, "error_description": refusal.description}
    response = answer(body, refusal.status)
    if refusal.challenge is not None:
        response.headers["WWW-Authenticate"] = refusal.challenge
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    return response


def redirect(
    address: str, params: Mapping[str, str | None] | None = None, *, in_fragment: bool = False
) -> Response:
    """Return a 303 to `address` with `params` added to its query, or as its fragment.

    The server's own pages are named relative and without a leading slash: they then stay right
    under any path prefix, and no proxy on the way has a reason to rewrite or log the address.
    """
    parts = urlsplit(address)
    given = {name: value for name, value in (params or {}).items() if value is not None}
    added = urlencode(given, errors="surrogateescape")
    if in_fragment:
        parts = parts._replace(fragment=added)
    else:
        parts = parts._replace(query="&".join(part for part in (parts.query, added) if part))
    location = urlunsplit(parts)
    # Starlette's own redirect would percent-encode once more what is already encoded.
    return Response(status_code=303, headers={**NO_STORE, "Location": location})
