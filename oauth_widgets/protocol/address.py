"""Addresses: which may be called, which may be opened, and which belong together."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urljoin, urlsplit

from oauth_widgets.errors import ConfigurationError, OAuthError

_DEFAULT_PORTS = {"http": 80, "https": 443}


def split(url: str, what: str, *, error: type[OAuthError] = ConfigurationError) -> SplitResult:
    """Take an absolute http(s) address apart. Raises `error` for anything else.

    User names in it and control characters are refused: they make an address look like another.
    """
    if not isinstance(url, str):
        raise error(f"The {what} is {type(url).__name__}, not text.")
    if not url.isprintable() or " " in url or "\\" in url:
        raise error(f"The {what} has a character in it that no address may have.")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname)
        _ = parts.port
    except ValueError:
        usable = False
    if not usable:
        raise error(f"The {what} is not an absolute http or https address.")
    if "@" in parts.netloc:
        raise error(f"The {what} has a user name in it.")
    return parts


def check_endpoint(url: str, what: str, *, error: type[OAuthError] = ConfigurationError) -> str:
    """Return `url` if it may be called: https, or http on loopback; no fragment (RFC 6749 3.1)."""
    parts = split(url, what, error=error)
    if parts.scheme != "https" and not is_loopback(parts.hostname or ""):
        raise error(f"The {what} is not https; plain http is for this machine alone.")
    if "#" in url:
        raise error(f"The {what} has a fragment (#).")
    return url


def check_redirect_uri(uri: str) -> str:
    """Return `uri` if it can be a redirect URI: absolute, no fragment, no wildcard.

    RFC 6749 3.1.2. Raises ConfigurationError with the reason.
    """
    parts = split(uri, "redirect URI")
    if "#" in uri:
        raise ConfigurationError(f"The redirect URI {uri} has a fragment (#).")
    if "*" in parts.netloc + parts.path:
        raise ConfigurationError(f"The redirect URI {uri} has a wildcard (*).")
    return uri


def origin(url: str, *, error: type[OAuthError] = ConfigurationError) -> str:
    """Return scheme, host and port (RFC 6454), with the default port left out."""
    parts = split(url, "address", error=error)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    if parts.port in (None, _DEFAULT_PORTS[parts.scheme]):
        return f"{parts.scheme}://{host}"
    return f"{parts.scheme}://{host}:{parts.port}"


def absolute(target: str, base: str) -> str:
    """Return where a link `target` on the page at `base` leads (RFC 3986 5); it is not judged."""
    try:
        return urljoin(base, target)
    except ValueError:
        # no address at all; who asks for it will be told so
        return target


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
