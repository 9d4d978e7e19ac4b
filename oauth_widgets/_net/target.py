"""The server that gets a request, and what the request names, read from an address in one way."""

from __future__ import annotations

import re
from dataclasses import dataclass

from oauth_widgets._net.address import DEFAULT_PORTS, origin, origin_of, split
from oauth_widgets._net.lean import httpx
from oauth_widgets.errors import ConfigurationError

# httpx would send this as it is. It quotes other characters and takes dots out of paths.
_SENT_AS_WRITTEN = re.compile(
    r"/(?:[A-Za-z0-9_~!$&()*+,;=:@/?\[\]-]|(?<!/)\.|%[0-9A-Fa-f]{2})*", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Target:
    """The server that gets a request, and the `path` with its query, as the request names it."""

    origin: str
    secure: bool
    host: str
    port: int
    path: str


def target_of(url: str) -> Target:
    """Return the target of a request to `url`. Raises ConfigurationError for no address."""
    parts = split(url, "address")
    host, port = (parts.hostname or "").lower(), parts.port
    path = url.partition("#")[0][len(parts.scheme) + 3 + len(parts.netloc) :] or "/"
    if _SENT_AS_WRITTEN.fullmatch(path) is None:
        asked = httpx.URL(url)
        # check: bearer/origin
        address_of(asked)
        path = asked.raw_path.decode("ascii")
    server = origin_of(parts.scheme, host, port)
    port = port or DEFAULT_PORTS[parts.scheme]
    return Target(server, parts.scheme == "https", host, port, path)


def address_of(url: httpx.URL) -> str:
    """Return the address of a request as text whose `origin` is the one that httpx connects to.

    Raises ConfigurationError if text and connection could differ.
    """
    address = str(url)
    if url.scheme not in ("http", "https") or origin(address) != origin_of(
        url.scheme, url.raw_host.decode("ascii"), url.port
    ):
        raise ConfigurationError(
            "The address is ambiguous, so nothing was sent.",
            next_step="Percent-encode the special characters in it.",
        )
    return address
