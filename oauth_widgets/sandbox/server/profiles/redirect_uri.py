"""Which redirect URIs can be registered, and which of them a request may name."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

LOOPBACK_PORT = re.compile(r"\A(http://(?:127\.0\.0\.1|localhost|\[::1\])):[0-9]{1,5}(?=[/?]|\Z)")
# Every character of a URI (RFC 3986 2) except the wildcard and the fragment's sign.
_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?\[\]@!$&'()+,;=%]+")
_ANSWER = frozenset(
    {
        *("code", "state", "iss", "error", "error_description", "error_uri"),
        *("access_token", "token_type", "expires_in", "scope", "id_token"),
    }
)


def problem_with(uri: str) -> str | None:
    """Return why `uri` cannot be registered (O13, RFC 6749 3.1.2), or None if it can."""
    if "#" in uri:
        return "has a fragment (#), which leaves no room for the answer"
    if "*" in uri:
        return "has a wildcard (*); register each address separately"
    if not _CHARACTERS.fullmatch(uri):
        return "has characters that an address cannot have, such as spaces or a backslash"
    return _problem_with_parts(uri)


def _problem_with_parts(uri: str) -> str | None:
    try:
        parts = urlsplit(uri)
        named = bool(parts.scheme and parts.hostname and parts.port != 0)
    except ValueError:
        return "cannot be read as an address"
    if parts.scheme not in {"http", "https", ""}:
        return f"has the scheme {parts.scheme}; only http and https are accepted"
    if not named:
        return "is not absolute; give scheme, host and path, such as http://127.0.0.1/callback"
    if "@" in parts.netloc:
        return "has a user name in it, which disguises the host"
    return None


def is_listed(uri: str, registered: tuple[str, ...], *, ignores_query: bool = False) -> bool:
    """Return whether `uri` is in `registered`; `ignores_query` compares without URL parameters.

    The comparison is of strings, so an address that a parser and a browser would read
    differently is refused. Only a loopback port may vary (RFC 8252 7.3).
    """
    if ignores_query:
        if not _CHARACTERS.fullmatch(uri.replace("*", "")):
            return False
        uri = uri.partition("?")[0]
        registered = tuple(one.partition("?")[0] for one in registered)
    return uri in registered or LOOPBACK_PORT.sub(r"\1", uri) in registered


def imitates_an_answer(uri: str) -> bool:
    """Return whether the parameters in `uri` could be mistaken for those of an answer."""
    query = uri.partition("?")[2]
    return any(name in _ANSWER for name, _ in parse_qsl(query, keep_blank_values=True))
