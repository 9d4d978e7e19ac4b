"""Listening on loopback, or on another host with TLS."""

from __future__ import annotations

import errno
import ipaddress
import socket
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

HOST = "127.0.0.1"


class PortInUseError(OSError):
    """Another program is listening on `port`."""

    def __init__(self, port: int, host: str = HOST) -> None:
        super().__init__(
            f"Port {port} on {host} is taken. Choose another port, or 0 for any free one."
        )
        self.port = port


@dataclass(frozen=True, kw_only=True)
class Place:
    """A host and port to listen on; `tls_cert` and `tls_key` are the paths of PEM files.

    `behind` is the address by which people reach a proxy in front, which does the encryption.
    """

    host: str = HOST
    port: int = 0
    tls_cert: str | None = None
    tls_key: str | None = None
    behind: str | None = None

    def _check(self) -> None:
        """Raise ValueError for a place that is not safe, or that no browser could reach."""
        if type(self.port) is not int or not 0 <= self.port <= 65535:
            raise ValueError("A port is a number from 0 to 65535.")
        if (self.tls_cert is None) != (self.tls_key is None):
            raise ValueError("TLS needs both a certificate and its key.")
        if self.behind is not None:
            _check_proxy(self.behind)
        else:
            self._check_host()
        self._check_certificate()

    def _check_host(self) -> None:
        if self.tls_cert is None and not _is_loopback(self.host):
            raise ValueError(
                f"Other machines can reach {self.host}, so sign-ins need encryption: "
                "give a TLS certificate and its key, or use 127.0.0.1."
            )
        if self.host in {"", "0.0.0.0", "::"}:  # noqa: S104 - refused here
            raise ValueError("Name the host that people will use in the address.")

    def _check_certificate(self) -> None:
        if self.tls_cert is None or self.tls_key is None:
            return
        try:
            for file in (self.tls_cert, self.tls_key):
                Path(file).read_bytes()
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self.tls_cert, self.tls_key, password="")
        except ssl.SSLError as problem:
            raise ValueError(
                f"The certificate {self.tls_cert} and the key {self.tls_key} cannot be used "
                f"({problem.reason or 'unreadable'}). Both must be PEM files, and the key must "
                "belong to the certificate and have no password."
            ) from None
        except OSError as problem:
            raise ValueError(f"{problem.filename} cannot be read: {problem.strerror}.") from None

    def origin(self, port: int) -> str:
        """Return the address that people use, once the port is known."""
        if self.behind is not None:
            return self.behind.rstrip("/")
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'http' if self.tls_cert is None else 'https'}://{host}:{port}"

    def listen(self) -> socket.socket:
        """Start listening.

        Raises PortInUseError, or ValueError for a host that is unsafe, unknown or another
        machine's, or a port that only an administrator may use.
        """
        self._check()
        try:
            found = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError):
            raise ValueError(f"There is no host {self.host!r}.") from None
        try:
            return _listening(found[0][0], found[0][4])
        except OSError as problem:
            raise self._cannot_listen(problem) from None

    def _cannot_listen(self, problem: OSError) -> Exception:
        if problem.errno == errno.EADDRINUSE:
            return PortInUseError(self.port, self.host)
        if problem.errno in {errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}:
            return ValueError(
                f"This computer has no address {self.host}. Use one from its network settings, "
                "or 127.0.0.1 for this computer only."
            )
        if problem.errno in {errno.EACCES, errno.EPERM}:
            return ValueError(
                f"You aren't allowed to listen on port {self.port}. Choose 1024 or above, "
                "or 0 for any free port."
            )
        return ValueError(
            f"This computer can't listen on port {self.port} at {self.host}: "
            f"{problem.strerror or type(problem).__name__}."
        )


def _listening(family: int, address: Any) -> socket.socket:  # noqa: ANN401 - as its family has it
    # Without the name of TCP, asyncio leaves Nagle's algorithm on, which costs 40 ms an answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        # On Windows the same option would let two programs share the port.
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        # Until a socket listens, another bind to the same port may succeed.
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener


def _check_proxy(address: str) -> None:
    """Raise ValueError unless `address` is one that browsers reach safely."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        host = ""
    plain = parts.scheme == "http" and _is_loopback(host) if host else False
    if not host or not (plain or parts.scheme == "https") or parts.query or parts.fragment:
        raise ValueError(
            f"{address!r} is not the address of a proxy. Use the https address that people open, "
            "such as https://hub.example/services/classroom."
        )


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
