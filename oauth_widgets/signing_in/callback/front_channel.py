"""Servers that this kernel runs itself, as a browser on another machine sees them.

If the kernel is elsewhere (Binder, a hub), the browser cannot reach its loopback. The kernel's own
requests need no help; the pages that people open are shown through jupyter-server-proxy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from oauth_widgets._net.address import split
from oauth_widgets.signing_in.callback.page import Page


@dataclass(frozen=True, eq=False, kw_only=True)
class FrontChannel:
    """The addresses of one server on this kernel's loopback that a browser may be shown.

    `addresses` are exactly those, without query. `port` is None for a server that browsers reach
    as this kernel does. `register` adds a redirect URI to a client by its
    client_id, once; any thread may call it, and it raises ConfigurationError with the reason of a
    refusal. `answer` takes the address of a sign-in and returns the address of a made-up person's
    answer, or None if a real person has to sign in.
    """

    port: int | None
    addresses: frozenset[str]
    register: Callable[[str, str], None] = field(repr=False)
    answer: Callable[[str], str | None] = field(default=lambda _: None, repr=False)

    def seen_from(self, base: str, url: str) -> str:
        """Return `url` as seen from `base`, the notebook server's address with its base URL.

        The query stays. An address that is not in `addresses` is returned as it is. Raises
        ConfigurationError for a `base` that is not an http address.
        """
        address, mark, query = url.partition("?")
        if self.port is None or address not in self.addresses:
            return url
        split(base, "address of the notebook server")
        return f"{base.rstrip('/')}/proxy/{self.port}{urlsplit(address).path}{mark}{query}"


_declared: dict[str, FrontChannel] = {}


def declare(front_channel: FrontChannel) -> None:
    """Make its addresses known until `withdraw`. Called by whatever started the server."""
    _declared.update(dict.fromkeys(front_channel.addresses, front_channel))


def withdraw(front_channel: FrontChannel) -> None:
    """Forget its addresses; those that another one has declared since stay known."""
    for address in front_channel.addresses:
        if _declared.get(address) is front_channel:
            del _declared[address]


def of(url: str) -> FrontChannel | None:
    """Return the front channel declared for `url`, ignoring its query; None for any other.

    An address on loopback is not proof enough: any program may listen there.
    """
    return _declared.get(url.partition("?")[0])


def answer_at(url: str) -> str | None:
    """Return the address of a made-up person's answer to the sign-in at `url`.

    It is "" if that person entered a device's code, and None if a real person has to sign in.
    """
    front = of(url)
    return None if front is None else front.answer(url)


def seen(url: str, page: Page) -> str:
    """Return `url` as the browser that shows `page` reaches it.

    Only pages of a practice server in this kernel ever get another address.
    """
    front = of(url)
    return front.seen_from(page.base, url) if front and page.base and page.elsewhere else url
