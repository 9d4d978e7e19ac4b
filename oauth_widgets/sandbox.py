"""A practice server in this kernel: no account, no internet.

It behaves as a real one does, on this machine alone; everybody in it is made up, and so are its
secrets.
"""

from __future__ import annotations

import importlib
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from oauth_widgets._loop import run
from oauth_widgets.errors import ConfigurationError
from oauth_widgets.flows._drive import drive
from oauth_widgets.flows.discovery import discovery
from oauth_widgets.protocol.client import ClientMetadata

if TYPE_CHECKING:
    from oauth_widgets._sandbox import RunningServer

_running: dict[str, Sandbox] = {}
_starting = threading.Lock()


class Sandbox:
    """A running sandbox, described in the client's own values.

    `server` and `api` are where to sign in and what for, `client` is the one made for notebooks,
    `clients` holds all by client_id, `users` the people who can sign in, passwords included.
    """

    def __init__(self, running: RunningServer) -> None:
        self._running = running
        self.profile: str = running.profile
        self.api: str = running.api
        self.users: list[dict[str, Any]] = running.users
        found = run(drive(discovery(running.issuer, api=running.api)))
        self.server = replace(found, name=f"{running.profile} sandbox")
        self.clients: Mapping[str, ClientMetadata] = {
            client_id: ClientMetadata(
                client_id=client_id,
                client_secret=record["client_secret"],
                redirect_uris=record["redirect_uris"],
                token_endpoint_auth_method=record["token_endpoint_auth_method"],
            )
            for client_id, record in running.clients.items()
        }
        self.client = next(iter(self.clients.values()))

    def stop(self) -> None:
        """End it; the next `start` makes a new one. Everybody in it is signed out."""
        if _running.get(self.profile) is self:
            del _running[self.profile]
        self._running.stop()

    def __repr__(self) -> str:
        people = " and ".join(user["username"] for user in self.users)
        return f"<Sandbox {self.profile} at {self.server.issuer}, with {people}>"


def start(profile: str = "wgtwo", *, restart: bool = False) -> Sandbox:
    """Start the sandbox `profile` in this kernel, or return the one that runs already.

    `restart` ends that one first. Raises ConfigurationError for an unknown profile, or where the
    extra packages it needs are not installed.
    """
    with _starting:
        if restart and profile in _running:
            _running[profile].stop()
        if profile not in _running:
            _running[profile] = Sandbox(serve(profile))
        return _running[profile]


def serve(profile: str, *, port: int = 0) -> RunningServer:
    """Start a sandbox's bare server on loopback; port 0 takes a free one.

    Raises ConfigurationError as `start` does, and for a port that is taken.
    """
    try:
        server = importlib.import_module("oauth_widgets._sandbox")
    except ModuleNotFoundError as problem:
        raise ConfigurationError(
            f"The sandbox needs the package {problem.name}.",
            next_step="Install it: pip install 'oauth-widgets[sandbox]'",
        ) from problem
    try:
        running: RunningServer = server.serve(profile, port=port)
    except (ValueError, OSError) as problem:
        raise ConfigurationError(str(problem)) from problem
    return running
