"""A running sandbox: its thread, which answers on a socket."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypedDict, Unpack

import uvicorn
from starlette.types import ASGIApp

from oauth_widgets.sandbox.server.app import application
from oauth_widgets.sandbox.server.controls import Controls
from oauth_widgets.sandbox.server.listener import HOST, Place
from oauth_widgets.sandbox.server.profiles import PROFILES
from oauth_widgets.sandbox.server.profiles.own_api import own_api
from oauth_widgets.sandbox.server.profiles.people import PEOPLE, is_line, people_from
from oauth_widgets.sandbox.server.state.settings import Settings
from oauth_widgets.sandbox.server.state.site import Site

START_TIMEOUT = 20.0  # seconds
STOP_TIMEOUT = 5.0  # seconds


class Options(TypedDict, total=False):
    """What a sandbox can be started with, alone or in a classroom; `settings_of` has the defaults.

    The same `seed` gives the same people, clients, secrets and data; `users` replaces the people,
    each with at least a username and a password. `scopes` adds scopes, and `services` replaces the
    sample API, as `own_api` describes. Access tokens expire after `token_lifetime` seconds.
    `opener_policy` sends Cross-Origin-Opener-Policy with every page. Cards call the server
    `server_name`, and pages call the first client `client_name`.
    """

    seed: int
    users: Mapping[str, Any] | Iterable[Mapping[str, Any]] | None
    scopes: Mapping[str, str] | None
    services: Mapping[str, Any] | None
    token_lifetime: int
    opener_policy: bool
    server_name: str
    client_name: str


class Answering:
    """A thread in which `app` answers on `listener`, from `start` until `stop`."""

    def __init__(self, app: ASGIApp, listener: socket.socket, place: Place) -> None:
        self._port: int = listener.getsockname()[1]
        self._server = uvicorn.Server(_config(app, place))
        # As a daemon, the thread doesn't keep a kernel or a script from ending.
        self._thread = threading.Thread(
            target=self._server.run,
            args=([listener],),
            name=f"sandbox {place.origin(self._port)}",
            daemon=True,
        )

    def start(self) -> None:
        """Start to answer, and return once it does. Raises RuntimeError if it cannot."""
        self._thread.start()
        deadline = time.monotonic() + START_TIMEOUT
        while not self._server.started:
            if not self._thread.is_alive() or time.monotonic() > deadline:
                self._server.should_exit = True
                raise RuntimeError(f"The sandbox on port {self._port} did not start.")
            time.sleep(0.005)

    def stop(self) -> None:
        """Stop answering and free the port; a second call does nothing."""
        self._server.should_exit = True
        self._thread.join(STOP_TIMEOUT)


class RunningServer(Controls):
    """A sandbox that answers until `stop` is called or the process ends."""

    def __init__(self, site: Site, listener: socket.socket, place: Place) -> None:
        super().__init__(site)
        self._answering = Answering(application(self), listener, place)
        self._answering.start()

    def __repr__(self) -> str:
        return f"<sandbox {self.profile} at {self.issuer}>"

    def stop(self) -> None:
        """Stop answering and free the port; a second call does nothing."""
        self._answering.stop()


def serve(
    profile: str,
    *,
    host: str = HOST,
    port: int = 0,
    tls_cert: str | None = None,
    tls_key: str | None = None,
    **options: Unpack[Options],
) -> RunningServer:
    """Start a sandbox and return it once it answers.

    `port` 0 takes any free port. A `host` other than loopback needs `tls_cert` and `tls_key`,
    paths of PEM files. Raises ValueError for an impossible option, and PortInUseError if the port
    is taken.
    """
    settings = settings_of(profile, **options)
    place = Place(host=host, port=port, tls_cert=tls_cert, tls_key=tls_key)
    listener = place.listen()
    taken: int = listener.getsockname()[1]
    settings = replace(settings, issuer=place.origin(taken), port=taken)
    return RunningServer(Site(settings), listener, place)


def settings_of(
    profile: str,
    *,
    seed: int = 1,
    users: Mapping[str, Any] | Iterable[Mapping[str, Any]] | None = None,
    scopes: Mapping[str, str] | None = None,
    services: Mapping[str, Any] | None = None,
    token_lifetime: int = 3600,
    opener_policy: bool = False,
    server_name: str = "",
    client_name: str = "",
) -> Settings:
    """Return the settings that these Options make, for an address that isn't known yet.

    Raises ValueError for an impossible option.
    """
    if profile not in PROFILES:
        known = ", ".join(PROFILES)
        raise ValueError(f"There is no sandbox profile with that name. Choose one of {known}.")
    if not _is_whole(seed):
        raise ValueError("seed must be a whole number.")
    if not _is_whole(token_lifetime) or token_lifetime < 1:
        raise ValueError("token_lifetime must be a whole number of seconds, at least 1.")
    for option, name in (("server_name", server_name), ("client_name", client_name)):
        if name and not is_line(name):
            raise ValueError(f"{option} must be a few words on one line, not {name!r:.80}.")
    people = PEOPLE if users is None else people_from(users)
    own = own_api(PROFILES[profile], scopes, services)
    return Settings(
        profile=own.on(PROFILES[profile]),
        own=own,
        issuer="",
        port=0,
        seed=seed,
        token_lifetime=token_lifetime,
        people=people,
        opener_policy=opener_policy,
        server_name=server_name,
        client_name=client_name,
    )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _config(app: ASGIApp, place: Place) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        ssl_certfile=place.tls_cert,
        ssl_keyfile=place.tls_key,
        # Requests are never logged, since addresses and headers contain codes and tokens.
        access_log=False,
        log_config=None,
        log_level="error",
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        server_header=False,
        proxy_headers=False,
        # Clients such as httpx drop an idle connection after 5 seconds. A server that does so too
        # may close one just as a request arrives on it.
        timeout_keep_alive=60,
        timeout_graceful_shutdown=1,
    )
