"""Whether several servers answer at one address and look alike there (RFC 9700 4.4)."""

from __future__ import annotations

import warnings
from urllib.parse import urlsplit

from oauth_widgets._net.address import is_loopback, place
from oauth_widgets.errors import MixUpWarning
from oauth_widgets.protocol.authorization_server import AuthorizationServer

_served: dict[str, dict[str, AuthorizationServer]] = {}
"""The servers that this process asked to answer, by redirect address."""
_warned: set[str] = set()


def mix_up(redirect_uri: str) -> str:
    """Return a warning about `redirect_uri`; "" if one can tell which server an answer is from.

    That is so if only one server answers there, or if all of them name themselves (RFC 9207).
    """
    servers = sorted(_served.get(_address(redirect_uri), {}).values(), key=lambda one: one.issuer)
    silent = [one for one in servers if not one.authorization_response_iss_parameter_supported]
    if len(servers) < 2 or not silent:
        return ""
    return (
        f"Answers from {' and '.join(one.title for one in servers)} arrive at the same address, "
        f"and {silent[0].title} does not name itself in them. A hostile server could trick you "
        "into sending it another server's code. Register a different address for each server, "
        "with a different path."
    )


def note(server: AuthorizationServer, redirect_uri: str, *, stacklevel: int) -> None:
    """Record that `server` answers there; warn once per address if that is a danger."""
    # A server on this machine belongs to the person, so a mix-up with it does no harm.
    if is_loopback(urlsplit(server.issuer).hostname or ""):
        return
    address = _address(redirect_uri)
    _served.setdefault(address, {})[server.issuer] = server
    danger = mix_up(redirect_uri)
    if danger and address not in _warned:
        _warned.add(address)
        warnings.warn(danger, MixUpWarning, stacklevel=stacklevel + 1)


def _address(redirect_uri: str) -> str:
    parts = urlsplit(redirect_uri)
    # Servers accept any port on loopback (RFC 8252 7.3), and some ignore the query.
    if is_loopback(parts.hostname or ""):
        return f"{parts.scheme}://loopback{parts.path or '/'}"
    # As answers are compared, so the default port may be written or not
    return "".join(place(redirect_uri) or redirect_uri)
