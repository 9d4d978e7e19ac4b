"""The ways for an answer to return, whether each works here, and the choice among them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal
from urllib.parse import urlsplit

from oauth_widgets._net.address import is_loopback
from oauth_widgets.servers.redirects import callback_path
from oauth_widgets.signing_in.callback.page import Page, is_callback_page

_LOOPBACK = "http://127.0.0.1"

_PROXIED = re.compile(r"([0-9]{1,5})(/[^?#]*)")
_PORT = 8765
_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class Way:
    """One way back. `why` says in a sentence why it works here, or why not.

    `redirect_uri` is the registered address that it uses; without one, `register` is the address
    to register.
    """

    name: Literal["loopback", "page", "proxy", "paste"]
    works: bool
    why: str
    redirect_uri: str = ""
    register: str = ""


def ways(
    registered: tuple[str, ...],
    page: Page,
    *,
    issuer: str = "",
    own: str | None = None,
    barred: Mapping[str, str] = _NOTHING,
) -> tuple[Way, ...]:
    """Judge every way, best first, for a client with these redirect URIs at `issuer`.

    `own` is the address on this machine to register, if the server requires a certain one, and ""
    if it accepts none. `barred` says why this machine cannot listen at such a URI. The last way,
    pasting, always works.
    """
    own = loopback_callback(issuer) if own is None else own
    loopback = _loopback(registered, page, own, barred)
    proxy = _proxy(registered, page, issuer, barred)
    return loopback, _page(registered, page), proxy, _paste(registered, loopback)


def better(all_ways: tuple[Way, ...]) -> str:
    """Return the address to register so that nothing has to be pasted; "" if nothing must."""
    if any(way.works for way in all_ways[:-1]):
        return ""
    return next((way.register for way in all_ways if way.register), "")


def same_request(way: Way, other: Way) -> bool:
    """Tell whether a request that was made for one way is right for the other too.

    Someone may have opened its address already, so make another only if this is False.
    """
    listens = way.name != other.name and {way.name, other.name} & {"loopback", "proxy"}
    return way.redirect_uri == other.redirect_uri and not listens


def local(uri: str, page: Page) -> str:
    """Return the address on this machine to listen at for answers to `uri`."""
    behind = _proxied(uri, page)
    return f"http://127.0.0.1:{behind}" if behind else uri


def _proxied(uri: str, page: Page) -> str:
    """Return the port and path behind jupyter-server-proxy that `uri` leads to; "" for none."""
    for start in page.proxied:
        match = _PROXIED.match(uri, len(start)) if uri.startswith(start) else None
        if match and 0 < int(match[1]) < 65536:
            return match[0]
    return ""


def loopback_callback(issuer: str = "") -> str:
    """Return the address of this machine to register; any port fits it (RFC 8252 7.3).

    Each `issuer` has a separate one, so that an answer belongs to one server (RFC 9700 2.1).
    Servers on this machine share one: they are the person's own.
    """
    return f"{_LOOPBACK}{callback_path(issuer)}"


def proxied_callback(page: Page, issuer: str = "") -> tuple[str, ...]:
    """Return the address behind jupyter-server-proxy to register; none without Jupyter."""
    return tuple(f"{start}{_PORT}{callback_path(issuer)}" for start in page.proxied[:1])


def loopback_uris(registered: tuple[str, ...], page: Page) -> list[str]:
    """Return the registered addresses that a listener here can serve.

    The Jupyter server's addresses may be on loopback too, but Jupyter listens there.
    """
    return [
        uri
        for uri in registered
        if (parts := urlsplit(uri)).scheme == "http"
        and is_loopback(parts.hostname or "")
        and not (page.base and uri.startswith(f"{page.origin}/"))
        and not is_callback_page(uri)
    ]


def _loopback(registered: tuple[str, ...], page: Page, own: str, barred: Mapping[str, str]) -> Way:
    uris = loopback_uris(registered, page)
    uri = next((uri for uri in uris if uri not in barred), uris[0] if uris else "")
    why = "After signing in, you come straight back here."
    register = ""
    if page.elsewhere:
        why = "Your browser cannot reach the computer that the notebook's kernel runs on."
    elif not uri:
        why = "No address of this computer is registered for the client."
        register = own
    elif uri in barred:
        why = barred[uri]
    else:
        return Way(name="loopback", works=True, why=why, redirect_uri=uri)
    return Way(name="loopback", works=False, why=why, redirect_uri=uri, register=register)


def _page(registered: tuple[str, ...], page: Page) -> Way:
    uris = page.callback_uris
    register = ""
    if not uris:
        why = "This page doesn't seem to come from a Jupyter server."
    elif page.framed:
        why = "This page is embedded in another site's page, so no answer can reach it."
    elif uri := next((uri for uri in uris if uri in registered), ""):
        why = "After signing in, you come back through this Jupyter server."
        return Way(name="page", works=True, why=why, redirect_uri=uri)
    else:
        why = "This Jupyter server's callback page is not registered for the client."
        register = uris[0]
    return Way(name="page", works=False, why=why, register=register)


def _proxy(registered: tuple[str, ...], page: Page, issuer: str, barred: Mapping[str, str]) -> Way:
    behind = [uri for uri in registered if _proxied(uri, page)]
    register = ""
    if not page.proxy:
        why = "The proxy (jupyter-server-proxy) doesn't respond here."
    elif not behind:
        why = "No address behind jupyter-server-proxy is registered for the client."
        (register,) = proxied_callback(page, issuer)
    elif uri := next((uri for uri in behind if uri not in barred), ""):
        why = "After signing in, you come back through jupyter-server-proxy."
        return Way(name="proxy", works=True, why=why, redirect_uri=uri)
    else:
        why = barred[behind[0]]
    return Way(name="proxy", works=False, why=why, register=register)


def _paste(registered: tuple[str, ...], loopback: Way) -> Way:
    # Nothing listens at it, so no other program can read the answer.
    uri = loopback.redirect_uri or (registered[0] if registered else "")
    reason = loopback.why if loopback.redirect_uri else "You won't come back here automatically."
    why = f"{reason} Paste the address of the window's last page."
    return Way(name="paste", works=True, why=why, redirect_uri=uri)
