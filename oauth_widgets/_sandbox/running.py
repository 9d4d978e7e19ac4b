"""A sandbox that runs: the socket, the thread, and what the outside is told."""

from __future__ import annotations

import socket
import sys
import threading
import time
from typing import Any

import uvicorn

from oauth_widgets._sandbox.app import application
from oauth_widgets._sandbox.profiles import PROFILES
from oauth_widgets._sandbox.realm import Realm

HOST = "127.0.0.1"
START_TIMEOUT = 20.0  # seconds
STOP_TIMEOUT = 5.0  # seconds


class PortInUseError(OSError):
    """Another program listens on the port asked for; `port` says which."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"Port {port} on {HOST} is taken. Choose another one, or 0 for any free port."
        )
        self.port = port


class RunningServer:
    """A sandbox that answers on loopback until `stop` is called or the process ends."""

    def __init__(self, realm: Realm, listener: socket.socket) -> None:
        self._realm = realm
        self._server = uvicorn.Server(_config(realm))
        # A daemon: a sandbox never keeps a kernel or a script from ending.
        self._thread = threading.Thread(
            target=self._server.run, args=([listener],), name=f"sandbox {realm.issuer}", daemon=True
        )
        self.profile = realm.profile.name
        self.port: int = listener.getsockname()[1]
        self.issuer = realm.issuer
        self.discovery = f"{realm.issuer}/.well-known/openid-configuration"
        self.api = realm.api

    def __repr__(self) -> str:
        return f"<sandbox {self.profile} at {self.issuer}>"

    @property
    def clients(self) -> dict[str, dict[str, Any]]:
        """The registered clients by client_id, toy secrets included; the first is the default."""
        return {name: client.registration() for name, client in self._realm.clients.items()}

    @property
    def users(self) -> list[dict[str, str]]:
        """The people who can sign in, passwords included."""
        return [person.description() for person in self._realm.people.values()]

    def description(self) -> dict[str, Any]:
        """Return everything a client's developer needs, ready to be written as JSON."""
        return {
            "issuer": self.issuer,
            "discovery": self.discovery,
            "api": self.api,
            "clients": self.clients,
            "users": self.users,
        }

    def start(self) -> None:
        """Start to answer; returns once it does. Raises RuntimeError when it cannot."""
        self._thread.start()
        deadline = time.monotonic() + START_TIMEOUT
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                self._server.should_exit = True
                raise RuntimeError(f"The sandbox on port {self.port} did not start.")
            time.sleep(0.005)

    def stop(self) -> None:
        """Stop answering and free the port; a second call does nothing."""
        self._server.should_exit = True
        self._thread.join(STOP_TIMEOUT)


def serve(
    profile: str, *, port: int = 0, seed: int = 1, token_lifetime: int = 3600
) -> RunningServer:
    """Start a sandbox on loopback and return it once it answers.

    `port` 0 takes any free port. The same `seed` gives the same people, clients, secrets and
    data. `token_lifetime` is that of access tokens, in seconds.

    Raises ValueError for an unknown profile or a lifetime below one second, PortInUseError for
    a port that is taken.
    """
    if profile not in PROFILES:
        known = ", ".join(PROFILES)
        raise ValueError(f"There is no sandbox profile {profile!r}; there is {known}.")
    if token_lifetime < 1:
        raise ValueError("token_lifetime is a number of seconds, at least 1.")
    listener = _listen(port)
    realm = Realm(PROFILES[profile], listener.getsockname()[1], seed, token_lifetime)
    server = RunningServer(realm, listener)
    server.start()
    return server


def _listen(port: int) -> socket.socket:
    # Named TCP or asyncio leaves Nagle's algorithm on, and each answer waits some 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    # On Windows the same option would let two programs share the port.
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        # Listening at once: without it a second bind to the same port may still succeed.
        listener.listen(128)
    except OSError:
        listener.close()
        raise PortInUseError(port) from None
    return listener


def _config(realm: Realm) -> uvicorn.Config:
    return uvicorn.Config(
        application(realm),
        # Nothing of a request is ever logged: addresses and headers carry codes and tokens.
        access_log=False,
        log_config=None,
        log_level="error",
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
