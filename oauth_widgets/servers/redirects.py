"""Which addresses on this computer a server sends people back to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from oauth_widgets._net.address import is_loopback

PORT = 8765
"""The port to register if the server compares ports."""

_NOT_IN_A_PATH = re.compile(r"[^\w./-]+", re.ASCII)


def callback_path(issuer: str) -> str:
    """Return the path to register for the server at `issuer`: a different one for each server.

    That keeps the answers of two servers apart (RFC 9700 2.1). Servers on this machine share one,
    since they are your own.
    """
    parts = urlsplit(issuer)
    if not parts.hostname or is_loopback(parts.hostname):
        return "/callback"
    name = _NOT_IN_A_PATH.sub("-", parts.netloc + parts.path)
    return f"/callback/{name.rstrip('/')}"


@dataclass(frozen=True, kw_only=True)
class RedirectAdvice:
    """What to register at a server that is known by name, and why.

    `register` is "" if no address on this computer will do.
    """

    register: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Redirects:
    """A server's rule for redirect URIs on loopback.

    `hosts` are those it accepts, the best one first; none means that it accepts only https.
    `any_port` says that an address registered without a port fits every port (RFC 8252 7.3).
    `note` adds what else to know when registering.
    """

    hosts: tuple[str, ...] = ("127.0.0.1", "localhost")
    any_port: bool = False
    note: str = ""

    def register(self, path: str = "/callback") -> str:
        """Return the address to register, letter by letter; "" if it accepts only https."""
        if not self.hosts:
            return ""
        return f"http://{self.hosts[0]}{'' if self.any_port else f':{PORT}'}{path}"

    def rule(self, title: str) -> str:
        """Return the rule in a sentence about the server `title`."""
        if not self.hosts:
            said = f"{title} accepts only https: register the Jupyter address from ow.doctor()."
        elif self.any_port:
            said = f"{title} ignores the port of {self.hosts[0]}, so leave it out."
        else:
            said = f"{title} compares the port too, so register it."
        return f"{said} {self.note}".strip()

    def advice(self, title: str, issuer: str) -> RedirectAdvice:
        """Return what to register for the server `title` at `issuer`, and why."""
        return RedirectAdvice(register=self.register(callback_path(issuer)), why=self.rule(title))

    def problem(self, uri: str, title: str) -> str:
        """Return why the server `title` would refuse `uri`; "" if it would not."""
        parts = urlsplit(uri)
        host = parts.hostname or ""
        if parts.scheme == "https":
            return ""
        if not self.hosts or not is_loopback(host):
            return f"{title} does not accept {uri}: it is not https."
        register = f"Register {self.register(parts.path or '/')}."
        if host not in self.hosts:
            return f"{title} accepts {' or '.join(self.hosts)}, not {host}. {register}"
        if parts.port is None and not self.any_port:
            return f"{title} compares the port, and {uri} has none. {register}"
        return ""
