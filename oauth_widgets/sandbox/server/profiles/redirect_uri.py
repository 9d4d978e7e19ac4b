"""Redirect URIs: which can be registered, and which one a request may name."""

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
    """Return why `uri` cannot be registered (O13, RFC 6749 3.1.2), or None when it can."""
    if "#" in uri:
        return "has a fragment (#); the answer could not be added to it"
    if "*" in uri:
        return "has a wildcard (*); register each address by itself"
    if not _CHARACTERS.fullmatch(uri):
        return "has characters that no address has, such as spaces or a backslash"
    return _problem_with_parts(uri)


def _problem_with_parts(uri: str) -> str | None:
    try:
        parts = urlsplit(uri)
        named = bool(parts.scheme and parts.hostname and parts.port != 0)
    except ValueError:
        return "is no address that can be read"
    if parts.scheme not in {"http", "https", ""}:
        return f"has the scheme {parts.scheme}, and only http and https are taken"
    if not named:
        return "is not absolute: scheme, host and path, such as http://127.0.0.1/callback"
    if "@" in parts.netloc:
        return "has a user name in it, which hides where it leads"
    return None


def is_listed(uri: str, registered: tuple[str, ...], *, ignores_query: bool = False) -> bool:
    """Tell whether `uri` is one of `registered`; `ignores_query` compares without URL parameters.

    Strings are compared and never what a parser makes of them: what a parser and a browser
    understand differently is then refused. Only a loopback port may vary (RFC 8252 7.3).
    """
    if ignores_query:
        if not _CHARACTERS.fullmatch(uri.replace("*", "")):
            return False
        uri = uri.partition("?")[0]
        registered = tuple(one.partition("?")[0] for one in registered)
    return uri in registered or LOOPBACK_PORT.sub(r"\1", uri) in registered


def imitates_an_answer(uri: str) -> bool:
    """Tell whether `uri` brings parameters of its own that an answer could be mistaken for."""
    query = uri.partition("?")[2]
    return any(name in _ANSWER for name, _ in parse_qsl(query, keep_blank_values=True))
