"""A part of a file at an address of an API (RFC 9110 14)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from oauth_widgets._net.address import origin
from oauth_widgets._net.message import Response
from oauth_widgets.errors import ResourceError, UnexpectedAnswer
from oauth_widgets.resource.gate import gate_to
from oauth_widgets.resource.resource import Resource
from oauth_widgets.secret.quoting import without

_BYTES = re.compile(r"bytes (?P<first>[0-9]{1,18})-(?P<last>[0-9]{1,18})/(?P<size>[0-9]{1,18}|\*)")
_TOO_FAR = 416


@dataclass(frozen=True)
class Part:
    """Some bytes of a file that has `size` bytes, None if the API doesn't say how many.

    `version` changes with the file, and `modified` says when it last did; both are the API's own
    words, "" if it says nothing.
    """

    body: bytes
    size: int | None
    version: str = ""
    modified: str = ""


async def part(
    resource: Resource, url_or_path: str, start: int = 0, end: int | None = None
) -> Part:
    """Return the bytes from `start` up to but without `end` of the file at an address.

    A negative `start` counts from the end of the file, and `end` has to be None then. An API that
    knows no parts sends the whole file, of which the rest is dropped: that may have 256 MiB.
    Raises ConfigurationError if it is no address, and what `Resource.get` raises.
    """
    url = resource.address(url_or_path)
    last = "" if end is None else end - 1
    asked = str(start) if start < 0 else f"{start}-{last}"
    # The numbers count the bytes of what is sent, so nothing may pack them
    headers = {"range": f"bytes={asked}", "accept-encoding": "identity"}

    async def fetched(lane: int) -> Response:
        return await resource.get(url, accept="*/*", lane=lane, headers=headers, part=True)

    try:
        answer = await gate_to(origin(resource.check(url))).through(fetched)
    except ResourceError as refusal:
        if refusal.status != _TOO_FAR:
            raise
        # Nothing is behind the end of a file, nor anywhere in an empty one
        return Part(b"", 0 if start <= 0 else None)
    modified = answer.headers.get("last-modified", "")
    version = answer.headers.get("etag") or modified
    if answer.status == 200:
        return Part(answer.body[start:end], len(answer.body), version, modified)
    return Part(answer.body, _size(answer, start, end), version, modified)


def _size(answer: Response, start: int, end: int | None) -> int | None:
    """Return the size of the whole file. Raises UnexpectedAnswer for another part of it."""
    said = _BYTES.fullmatch(answer.headers.get("content-range", "").strip().lower())
    first, after = (int(said["first"]), int(said["last"]) + 1) if said else (-1, -1)
    size = int(said["size"]) if said and said["size"] != "*" else None
    if start < 0:
        right = size is None or first == max(size + start, 0)
    else:
        right = first == start and (end is None or after <= end)
    if not right or after - first != len(answer.body):
        path = without(urlsplit(answer.url).path, answer.hidden) or "/"
        raise UnexpectedAnswer(
            f"{origin(answer.url)} sent a different part of {path} than requested.",
            next_step="Read the whole file: session.open(…).",
        )
    return size
