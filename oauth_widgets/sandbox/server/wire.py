"""Reading and comparing what a request has, and making JSON responses and redirects."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response

from oauth_widgets.sandbox.server.refusals import Refusal

FORM_LIMIT = 64 * 1024  # bytes, far more than any OAuth form needs
FORM_TYPE = "application/x-www-form-urlencoded"
# No cache, shared or private, may keep tokens or personal data (RFC 6749 5.1).
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache", "X-Content-Type-Options": "nosniff"}


class Params:
    """The parameters of one request; an empty one counts as absent (RFC 6749 3.1)."""

    def __init__(self, encoded: str) -> None:
        self._values: dict[str, list[str]] = {}
        # With surrogateescape, any bytes in `state` are returned unchanged.
        for name, value in parse_qsl(encoded, errors="surrogateescape"):
            self._values.setdefault(name, []).append(value)

    @property
    def values(self) -> dict[str, list[str]]:
        """Every parameter with its values, in order."""
        return self._values

    def get(self, name: str) -> str | None:
        """Return the value of `name`, or None.

        Raises Refusal `invalid_request` if the parameter is repeated (RFC 6749 3.1).
        """
        values = self._values.get(name)
        if values is None:
            return None
        if len(values) > 1:
            raise Refusal("invalid_request", f"The parameter {name} is given more than once.")
        return values[0]

    def need(self, name: str) -> str:
        """Return the value of `name`; raises Refusal `invalid_request` if there is none."""
        value = self.get(name)
        if value is None:
            raise Refusal("invalid_request", f"The parameter {name} is missing.")
        return value

    def whole(self, name: str, default: int, least: int, most: int) -> int:
        """Return a whole number of at most nine digits; raises Refusal if it is out of bounds."""
        value = self.get(name)
        if value is None:
            return default
        if not re.fullmatch(r"[0-9]{1,9}", value) or not least <= int(value) <= most:
            raise Refusal(
                "invalid_request", f"{name} must be a whole number from {least} to {most}."
            )
        return int(value)

    def seconds(self, name: str, most: int) -> float:
        """Return seconds with up to three decimals, 0 by default; raises Refusal above `most`."""
        value = self.get(name) or "0"
        if not re.fullmatch(r"[0-9]{1,3}(?:\.[0-9]{1,3})?", value) or float(value) > most:
            raise Refusal(
                "invalid_request", f"{name} must be a number of seconds from 0 to {most}."
            )
        return float(value)

    def one_of(self, name: str, default: str, known: Collection[str]) -> str:
        """Return one of the words in `known`; raises Refusal for any other."""
        value = self.get(name) or default
        if value not in known:
            raise Refusal("invalid_request", f"{name} must be one of {', '.join(known)}.")
        return value


def reads_pages(request: Request) -> bool:
    """Return whether a browser sent the request, rather than a program."""
    return "text/html" in request.headers.get("accept", "")


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
    params = Params((await body_of(request)).decode("latin-1"))
    request.state.form = params
    return params


async def body_of(request: Request) -> bytes:
    """Return the body; raises Refusal `invalid_request` (413) beyond `FORM_LIMIT` bytes."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > FORM_LIMIT:
                raise Refusal("invalid_request", "The body is too long.", status=413)
    except ClientDisconnect:
        # The caller has left, but any other error here would be logged.
        raise Refusal("invalid_request", "The body ended early.") from None
    return bytes(body)


def object_in(body: bytes) -> dict[str, Any]:
    """Return the JSON object in a body; raises Refusal `invalid_request` for anything else."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise Refusal("invalid_request", "Send a JSON object.")
    return value


def same(given: str, secret: str) -> bool:
    """Return whether what a request gave is `secret`; the time it takes tells nothing about it."""
    return hmac.compare_digest(given.encode(errors="replace"), secret.encode())


def answer(data: Mapping[str, Any], status: int = 200) -> Response:
    """Return `data` as a JSON response that is never cached."""
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

    Name the server's own pages by relative addresses without a leading slash: these work under
    any path prefix, and a proxy has no reason to rewrite or log them.
    """
    parts = urlsplit(address)
    parameters = {name: value for name, value in (params or {}).items() if value is not None}
    added = urlencode(parameters, errors="surrogateescape")
    if in_fragment:
        parts = parts._replace(fragment=added)
    else:
        parts = parts._replace(query="&".join(part for part in (parts.query, added) if part))
    location = urlunsplit(parts)
    # Starlette's RedirectResponse would percent-encode the address a second time.
    return Response(status_code=303, headers={**NO_STORE, "Location": location})
