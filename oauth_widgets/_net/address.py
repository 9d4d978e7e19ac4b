"""Addresses: which may be called, which may be opened, and which belong together."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, cast
from urllib.parse import SplitResult, parse_qsl, urljoin, urlsplit

from oauth_widgets.errors import ConfigurationError, OAuthError

_OF_AN_ANSWER = frozenset({"code", "state", "iss", "error", "error_description", "error_uri"})
DEFAULT_PORTS = {"http": 80, "https": 443}
# All readers of addresses parse what fits this pattern alike. They disagree about the rest.
_ADDRESS = re.compile(
    r"https?://(?P<host>\[[0-9a-f:.]{2,45}\]|[a-z0-9_.-]{1,253})(:([1-9][0-9]{0,4})?)?([/?#].*)?",
    re.ASCII | re.IGNORECASE,
)
_NO_FRAGMENT = "Remove the # and everything after it."
_AUTHORITY = re.compile(r"[^/?#]*//([^/?#]*)")
_NUMERIC = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII | re.IGNORECASE)


def split(url: str, what: str, *, error: type[OAuthError] = ConfigurationError) -> SplitResult:
    """Split an absolute http(s) address. Raises `error` for anything else.

    An address that two readers could take for two different places is refused: one with a user
    name, control characters, a port or an IP address in an unusual form, or a host not in ASCII.
    """
    if not isinstance(url, str):
        raise _wrong(error, f"The {what} is {type(url).__name__}, not text.", "Put it in quotes.")
    return _split(url, what, cast("Hashable", error))


# One request asks several times for the parts of its address.
@lru_cache(64)
def _split(url: str, what: str, error: Any) -> SplitResult:  # noqa: ANN401 - mypy takes no class
    # check: request/openable
    if not url.isprintable() or " " in url or "\\" in url:
        found = f"The {what} contains a character not allowed in addresses."
        raise _wrong(error, found, "Percent-encode it: a space becomes %20.")
    start = _AUTHORITY.match(url)
    authority = start[1] if start else ""
    if "@" in authority:
        raise _wrong(error, f"The {what} contains a username.", "Remove it and the @.")
    if not authority.isascii():
        host = _punycode(authority[:253])
        raise error(
            f"The host in the {what} is not in ASCII. Its ASCII form is {host}.",
            next_step=f"If that is the host you mean, use {host}.",
        )
    fitting = _ADDRESS.fullmatch(url)
    # check: transport/address
    if fitting is None or not _is_host(fitting["host"]):
        found = f"The {what} is not an absolute http or https address."
        raise _wrong(error, found, f"Use the full {what}, starting with https://.")
    parts = urlsplit(url)
    try:
        _ = parts.port
    except ValueError:
        found = f"The port in the {what} is above 65535."
        raise _wrong(error, found, "Use a port from 1 to 65535.") from None
    return parts


@lru_cache(256)
def _is_host(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    try:
        if host.startswith("["):
            return bool(ipaddress.IPv6Address(host[1:-1]))
        # Many readers take a numeric last label for the end of an IPv4 address.
        # check: bearer/origin
        if _NUMERIC.fullmatch(labels[-1]):
            return bool(ipaddress.IPv4Address(host))
    except ValueError:
        return False
    return all(0 < len(label) < 64 for label in labels)


def _punycode(authority: str) -> str:
    """Return a host that is not in ASCII as it is sent, so that look-alikes differ (RFC 3492)."""
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}"
        for label in authority.lower().split(".")
    )


def _wrong(error: type[OAuthError], found: str, advice: str) -> OAuthError:
    """Return the error, with the advice if whoever reads it wrote the address, and no server."""
    return error(found, next_step=advice if issubclass(error, ConfigurationError) else None)


def check_endpoint(url: str, what: str, *, error: type[OAuthError] = ConfigurationError) -> str:
    """Return `url` if it may be called: https, or http on loopback; no fragment (RFC 6749 3.1)."""
    parts = split(url, what, error=error)
    # check: transport/https
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        found = f"The {what} is not https. Plain http is allowed only for this machine."
        raise _wrong(error, found, "Use https://.")
    # check: transport/address
    if "#" in url:
        raise _wrong(error, f"The {what} has a fragment (#).", _NO_FRAGMENT)
    return url


def check_redirect_uri(uri: str) -> str:
    """Return `uri` if it can be a redirect URI (RFC 6749 3.1.2).

    It is absolute, has no fragment and no wildcard, and its query has none of the parameters that
    an answer brings. Raises ConfigurationError with the reason.
    """
    # The address of an answer may be given by mistake, with a token in it
    shown = uri.partition("#")[0].partition("?")[0] if isinstance(uri, str) else ""
    # Otherwise a wildcard in the host would be refused as an invalid address.
    if isinstance(uri, str) and "*" in uri.partition("?")[0]:
        raise ConfigurationError(
            f"The redirect URI {shown} has a wildcard (*).",
            next_step="Register each address separately, and pass one of them as redirect_uri.",
        )
    parts = split(uri, "redirect URI")
    if "#" in uri:
        raise ConfigurationError(
            f"The redirect URI {shown} has a fragment (#).", next_step=_NO_FRAGMENT
        )
    taken = _OF_AN_ANSWER.intersection(name for name, _ in parse_qsl(parts.query, True))
    if taken:
        raise ConfigurationError(
            f"The redirect URI has {', '.join(sorted(taken))} in its query. The server's answer "
            "uses that name too, and a parameter may appear only once (RFC 6749 3.1).",
            next_step="Register an address without it, and pass that as redirect_uri.",
        )
    return uri


def origin(url: str) -> str:
    """Return scheme, host and port (RFC 6454), with the default port left out."""
    parts = split(url, "address")
    return origin_of(parts.scheme, parts.hostname or "", parts.port)


def origin_of(scheme: str, host: str, port: int | None) -> str:
    """Return the origin of a split address; an IPv6 address in its short form."""
    host = f"[{ipaddress.IPv6Address(host)}]" if ":" in host else host.lower()
    if port in (None, DEFAULT_PORTS[scheme]):
        return f"{scheme}://{host}"
    return f"{scheme}://{host}:{port}"


def place(url: str) -> tuple[str, str] | None:
    """Return origin and path, which browsers spell their own way; None if it is no address."""
    try:
        parts = urlsplit(url)
        return origin(f"{parts.scheme}://{parts.netloc}"), parts.path or "/"
    except (ConfigurationError, ValueError):
        return None


def absolute(target: str, base: str) -> str:
    """Return the address of a link `target` on the page at `base` (RFC 3986 5), not judged."""
    try:
        return urljoin(base, target)
    except ValueError:
        # It isn't an address, which the request for it will report.
        return target


@lru_cache(256)
def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    # Before 3.13, Python doesn't recognize IPv4 loopback addresses written as IPv6.
    return (getattr(address, "ipv4_mapped", None) or address).is_loopback
