"""Which addresses a server may name: none that leads from outside into a private network."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

from oauth_widgets.errors import InvalidResponse

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_ALSO_INWARD = tuple(
    map(
        ipaddress.ip_network,
        # Site-local, local NAT64, translated IPv4, and addresses that clouds use inside
        ("fec0::/10", "64:ff9b:1::/48", "::ffff:0:0:0/96", "192.0.0.0/24", "168.63.129.16/32"),
    )
)
"""Private networks that Python, or an older version of it, counts as global."""
_INWARD_NAME = re.compile(
    r"[^.:]+|.*\.(?:corp|home|home\.arpa|internal|intranet|lan|local|localdomain|private|svc)"
)
"""Names that public DNS never has (RFC 6762, RFC 8375), such as a cloud's metadata server."""


def check_reach(url: str, what: str, *, named_by: str, error: type[InvalidResponse]) -> str:
    """Return `url`, an endpoint, if the server at `named_by` may name it. Raises `error`.

    A server on this machine may name any. Another may name its own host, but no other host that is
    written as an address of this machine or of a private network, or whose name exists only in
    private networks: a description from elsewhere would have us call what only we can reach (RFC
    9700 4.15, OWASP: server-side request forgery).
    """
    host, teller = (_host(address) for address in (url, named_by))
    # Servers within a company's network have such names, and may name each other
    within = _INWARD_NAME.fullmatch(teller) or _is_inward(teller)
    leads_inward = _INWARD_NAME.fullmatch(host) and not within
    if host == teller or _is_loopback(teller) or not (leads_inward or _is_inward(host)):
        return url
    raise error(
        f"The {what} is on this machine or a private network, but the server is not.",
        next_step="If you trust the server, describe it yourself, with that endpoint: "
        "ow.AuthorizationServer(issuer=…, …).",
    )


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removesuffix(".").partition("%")[0]


def _is_loopback(host: str) -> bool:
    try:
        return host.rpartition(".")[2] == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _is_inward(host: str) -> bool:
    if _is_loopback(host):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        # A name. No URL has an IPv4 address written as 2130706433 or 0x7f.1: `split` refuses it.
        return False
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo or (None, None))[1]
        if address in _NAT64 or int(address) >> 32 == 0:
            inner = inner or ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        # check: transport/https
        address = inner or address
    listed = any(address in network for network in _ALSO_INWARD)
    return listed or not address.is_global or address.is_multicast
