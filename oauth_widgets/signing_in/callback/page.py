"""What the notebook's page reports: its address, and what it can reach."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from oauth_widgets.secret import Secret

_ORIGIN = re.compile(r"https?://(?:\[[0-9a-fA-F:]+\]|[\w.-]+)(?::[0-9]{1,5})?")
_PATH = re.compile(r"/(?:[\w.~!$&'()*+,;=:@%-]+/)*")
_LONGEST = 500
_STATIC = "oauth-widgets/static/v1/callback.html"


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page that shows a card.

    `front_end` is `lab`, `notebook`, `voila`, or `other`, of which nothing more is known.
    `base_url` is the Jupyter server's path, `extensions` below it that of labextensions, and `hub`
    the hub's, "" if there is none; each ends with a slash. `framed` says that another site's page
    is around this one, `far` that the kernel is not on the machine of the browser.
    `installed` says that the server has our callback page, `loopback` and `proxy` that the page
    reached the kernel directly and through jupyter-server-proxy; None if that was not tried.
    """

    front_end: str = "other"
    origin: str = ""
    base_url: str = ""
    extensions: str = "lab/extensions/"
    hub: str = ""
    framed: bool = False
    far: bool = False
    installed: bool | None = None
    loopback: bool | None = None
    proxy: bool | None = None

    @property
    def base(self) -> str:
        """The Jupyter server's address; "" if the page isn't Jupyter's."""
        return f"{self.origin}{self.base_url}" if self.base_url else ""

    @property
    def elsewhere(self) -> bool:
        """Whether the browser is on another machine than the kernel, as far as the page knows."""
        return not self.loopback and (self.far or bool(self.base))

    @property
    def callback_uris(self) -> tuple[str, ...]:
        """The addresses of our callback page there; the first is the one to register.

        On a hub that is one for all its users.
        """
        if not self.base:
            return ()
        where = self.extensions + _STATIC
        own = f"{self.base}{where}"
        return (f"{self.origin}{self.hub}user-redirect/{where}", own) if self.hub else (own,)

    @property
    def proxied(self) -> tuple[str, ...]:
        """What the addresses behind jupyter-server-proxy begin with; a port comes next."""
        if not self.base:
            return ()
        own = f"{self.base}proxy/"
        return (f"{self.origin}{self.hub}user-redirect/proxy/", own) if self.hub else (own,)


def is_callback_page(uri: str) -> bool:
    """Whether `uri` is the address of our callback page at some Jupyter server."""
    return uri.endswith(f"/{_STATIC}")


def as_registered(url: Secret, redirect_uri: str) -> Secret:
    """Return the address that a browser ended at as the registered one.

    A hub redirects browsers from the address that all users share to each user's server.
    """
    tail = redirect_uri.partition("/user-redirect/")[2]
    address, _, query = url.reveal().strip().partition("?")
    same_origin = address.split("/")[:3] == redirect_uri.split("/")[:3]
    if tail and same_origin and address.endswith(f"/{tail}"):
        return Secret(f"{redirect_uri}?{query}")
    return url


def unseen_page() -> Page:
    """Return what the kernel knows before any page has spoken: whether it is on a hub, or Colab."""
    return Page(far="JUPYTERHUB_SERVICE_PREFIX" in os.environ or "google.colab" in sys.modules)


def page_of(message: Mapping[str, Any]) -> Page:
    """Read what a page said; what makes no sense counts as not said."""
    front_end = message.get("front_end")
    told: dict[str, Any] = {**vars(unseen_page()), "framed": message.get("framed") is True}
    told |= {
        name: value
        for name in ("installed", "loopback", "proxy")
        if isinstance(value := message.get(name), bool)
    }
    origin, base_url = message.get("origin"), message.get("base_url")
    known = front_end in ("lab", "notebook", "voila")
    if known and _fits(_ORIGIN, origin) and _fits(_PATH, base_url):
        told |= {"front_end": front_end, "origin": origin, "base_url": base_url}
        if _fits(_PATH, hub := message.get("hub")):
            told["hub"] = hub
        if _fits(_PATH, f"/{(extensions := message.get('extensions'))}"):
            told["extensions"] = extensions
    return Page(**told)


def _fits(pattern: re.Pattern[str], value: object) -> bool:
    return isinstance(value, str) and len(value) <= _LONGEST and bool(pattern.fullmatch(value))
