"""Servers that this kernel runs itself, as a browser on another machine sees them.

If the kernel is elsewhere (Binder, a hub), the browser cannot reach its loopback. Requests of the
kernel's own need no help; the pages that people open are shown through jupyter-server-proxy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from oauth_widgets._net.address import split
from oauth_widgets.signing_in.callback.page import Page


@dataclass(frozen=True, eq=False, kw_only=True)
class FrontChannel:
    """What of one server on this kernel's loopback may be shown to a browser.

    `addresses` are exactly those, without query. `register` adds a redirect URI to a client by its
    client_id, once; any thread may call it, and it raises ConfigurationError with the reason of a
    refusal.
    """

    port: int
    addresses: frozenset[str]
    register: Callable[[str, str], None] = field(repr=False)

    def seen_from(self, base: str, url: str) -> str:
        """Return `url` as seen from `base`, the notebook server's address with its base URL.

        The query stays; any other address stays the same. Raises
        ConfigurationError for a `base` that is no http address.
        """
        address, mark, query = url.partition("?")
        if address not in self.addresses:
            return url
        split(base, "address of the notebook server")
        return f"{base.rstrip('/')}/proxy/{self.port}{urlsplit(address).path}{mark}{query}"


_declared: dict[str, FrontChannel] = {}


def declare(front_channel: FrontChannel) -> None:
    """Make its addresses known, until `withdraw`. Only who started the server may say so."""
    _declared.update(dict.fromkeys(front_channel.addresses, front_channel))


def withdraw(front_channel: FrontChannel) -> None:
    """Forget its addresses; those that another one has declared since stay known."""
    for address in front_channel.addresses:
        if _declared.get(address) is front_channel:
            del _declared[address]


def of(url: str) -> FrontChannel | None:
    """Return what was declared for the address `url`, its query aside; None for any other.

    That an address is on loopback says nothing: it may be anybody's.
    """
    return _declared.get(url.partition("?")[0])


def seen(url: str, page: Page) -> str:
    """Return `url` as the browser that shows `page` reaches it, which may be elsewhere.

    Only pages of a practice server in this kernel are ever shown by another address.
    """
    front = of(url)
    return front.seen_from(page.base, url) if front and page.base and page.elsewhere else url
