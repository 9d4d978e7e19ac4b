"""Which redirect URIs can be registered, and which of them a request may name."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address
from urllib.parse import parse_qsl, urlsplit

LOOPBACK_PORT = re.compile(r"\A(http://(?:127\.0\.0\.1|localhost|\[::1\])):[0-9]{1,5}(?=[/?]|\Z)")
# Every character of a URI (RFC 3986 2) except the wildcard and the fragment's sign.
_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()+,;=%]+")
HIGHEST_PORT = 65535
_AUTHORITY = re.compile(
    r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9_.-]{1,253})(?::(?P<port>[1-9][0-9]{0,4})?)?"
)
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_ANSWER = frozenset(
    {
        *("code", "state", "iss", "error", "error_description", "error_uri"),
        *("access_token", "token_type", "expires_in", "scope", "id_token"),
    }
)


def problem_with(uri: str) -> str | None:
    """Return why `uri` cannot be registered (O13, RFC 6749 3.1.2), or None if it can."""
    if "#" in uri:
        return "has a fragment (the part from # on), which isn't allowed"
    if "*" in uri:
        return "has a wildcard (*); register each address separately"
    if not uri.isascii():
        return "is not ASCII; write the host in punycode (xn--…) and percent-encode the rest"
    if not _CHARACTERS.fullmatch(uri):
        return "has characters that an address cannot have, such as spaces or a backslash"
    return _problem_with_parts(uri) or _problem_with_query(uri)


def _problem_with_parts(uri: str) -> str | None:
    try:
        parts = urlsplit(uri)
    except ValueError:
        return "cannot be read as an address"
    if parts.scheme not in {"http", "https", ""}:
        return f"has the scheme {parts.scheme}; only http and https are accepted"
    if not parts.scheme or not parts.netloc:
        return "is not absolute; give scheme, host and path, such as http://127.0.0.1/callback"
    if "@" in parts.netloc:
        return "contains a username, which disguises the host"
    authority = _AUTHORITY.fullmatch(parts.netloc)
    if authority is None or int(authority["port"] or 1) > HIGHEST_PORT:
        return f"cannot be read as an address: the port is a number from 1 to {HIGHEST_PORT}"
    return None if _is_host(authority["host"]) else "has a host that cannot be read"


def _is_host(host: str) -> bool:
    labels = host.removesuffix(".").split(".")
    try:
        if host.startswith("["):
            return bool(IPv6Address(host[1:-1]))
        # Readers of addresses take a host whose last label is a number for an IPv4 address.
        if _NUMBER.fullmatch(labels[-1]):
            return bool(IPv4Address(host))
    except ValueError:
        return False
    return all(0 < len(label) < 64 for label in labels)


def _problem_with_query(uri: str) -> str | None:
    name = imitated(uri)
    return None if name is None else f"has the parameter {name}, which the answer has too"


def is_listed(uri: str, registered: tuple[str, ...], *, ignores_query: bool = False) -> bool:
    """Return whether `uri` is in `registered`; `ignores_query` compares without URL parameters.

    The comparison is of strings, so an address that a parser and a browser would read
    differently is refused. Only a loopback port may vary (RFC 8252 7.3).
    """
    if ignores_query:
        if not _CHARACTERS.fullmatch(uri.replace("*", "")):
            return False
        uri = uri.partition("?")[0]
        registered = tuple(other.partition("?")[0] for other in registered)
    return uri in registered or LOOPBACK_PORT.sub(r"\1", uri) in registered


def imitated(uri: str) -> str | None:
    """Return the first parameter in `uri` that could be mistaken for one of the answer (O12)."""
    query = uri.partition("?")[2]
    names = (name for name, _ in parse_qsl(query, keep_blank_values=True))
    return next((name for name in names if name in _ANSWER), None)
