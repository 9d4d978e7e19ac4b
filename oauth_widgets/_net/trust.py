"""Which certificates and which proxies connections use."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import truststore

from oauth_widgets.errors import ConfigurationError
from oauth_widgets.errors.kinds import as_path, check_text
from oauth_widgets.secret.names import shown_path

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")

_chosen: str | None = None


@dataclass(frozen=True)
class Trust:
    """The certificates and proxies in use: `authorities` names whose certificates are trusted.

    `ca` is the file with them, None for the system's store. `proxies` maps a scheme to a proxy's
    address, without name and password. This machine itself is never reached through a proxy.
    """

    authorities: str
    ca: str | None
    proxies: Mapping[str, str]


def trust(ca: str | os.PathLike[str] | None = None) -> Trust:
    """Return what is in use; with `ca`, trust the certificates in that PEM file from now on.

    Without a file, the environment variable SSL_CERT_FILE counts, then the system's store.
    Verification cannot be turned off. Raises ConfigurationError if the file cannot be used.

        ow.trust("company-ca.pem")
    """
    global _chosen  # noqa: PLW0603 - trust belongs to the process, as its environment does
    if ca is not None:
        path = check_text(as_path(ca), "name of the file")
        # check: transport/proxies
        context_for(path)
        _chosen = path
    file = current_ca()
    proxies = {scheme: _without_password(address) for scheme, address in getproxies().items()}
    return Trust(
        authorities=f"those in {Path(file).name}" if file else "the system's own",
        ca=file,
        proxies={
            scheme: proxies[scheme] for scheme in ("http", "https", "all") if scheme in proxies
        },
    )


def current_ca() -> str | None:
    """Return the certificate file in use, None for the system's store."""
    return _chosen or os.environ.get("SSL_CERT_FILE") or None


@cache
def context_for(ca: str | None) -> ssl.SSLContext:
    """Return the TLS settings that trust `ca`. Raises ConfigurationError."""
    if ca is None:
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    why = "it contains no certificates in PEM format"
    try:
        # OpenSSL's own words for a missing file and for one of another kind are often the same.
        Path(ca).open("rb").close()
        return ssl.create_default_context(cafile=ca)
    except ssl.SSLError:
        pass
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or "it isn't a valid file name"
    raise ConfigurationError(
        f"Can't read certificates from {shown_path(ca)}: {why}.",
        next_step='Pass a PEM file: ow.trust("company.pem"), or set SSL_CERT_FILE.',
    )


def proxy_to(url: str) -> str | None:
    """Return the address of the proxy on the way to `url` on another machine, None for none."""
    parts, known = urlsplit(url), getproxies()
    proxy = known.get(parts.scheme) or known.get("all")
    if proxy is None or proxy_bypass(parts.netloc):
        return None
    return proxy if "://" in proxy else f"http://{proxy}"


def _without_password(address: str) -> str:
    # Many leave out the scheme, and urlsplit then takes the user's name for it
    scheme = _SCHEME.match(address)
    credentials, _, rest = address.rpartition("@")
    return (scheme[0] if scheme and credentials else "") + rest
