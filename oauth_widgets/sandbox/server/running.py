"""A sandbox that runs: the thread, what the outside is told, and what it may turn."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Self

import uvicorn

from oauth_widgets._sandbox import admin
from oauth_widgets._sandbox.api.documentation import services
from oauth_widgets._sandbox.app import application
from oauth_widgets._sandbox.listener import Place
from oauth_widgets._sandbox.misbehaviour import SWITCHES
from oauth_widgets._sandbox.person import PEOPLE, people_from
from oauth_widgets._sandbox.profiles import PROFILES
from oauth_widgets._sandbox.registration import add_redirect_uri, register
from oauth_widgets._sandbox.settings import Settings
from oauth_widgets._sandbox.site import Site

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterable, Mapping

START_TIMEOUT = 20.0  # seconds
STOP_TIMEOUT = 5.0  # seconds


class Misbehaving:
    """A switch that is on, until `stop` is called or the `with` block it opened ends."""

    def __init__(self, site: Site, name: str) -> None:
        self._site = site
        self.name = name
        self.shows = SWITCHES[name]

    def __repr__(self) -> str:
        return f"<misbehaving: {self.name}. {self.shows}>"

    def stop(self) -> None:
        """Turn it off; a second call does nothing."""
        self._site.realm.switches.turn(self.name, on=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class RunningServer:
    """A sandbox that answers until `stop` is called or the process ends."""

    def __init__(self, site: Site, listener: socket.socket, place: Place) -> None:
        self._site = site
        self._server = uvicorn.Server(_config(site, place))
        settings = site.settings
        # A daemon: a sandbox never keeps a kernel or a script from ending.
        self._thread = threading.Thread(
            target=self._server.run,
            args=([listener],),
            name=f"sandbox {settings.issuer}",
            daemon=True,
        )
        self.profile = settings.profile.name
        self.redirect_uri_ignores_query = settings.profile.policy.redirect_uri_ignores_query
        self.port = settings.port
        self.issuer = settings.issuer
        self.discovery = f"{settings.issuer}/.well-known/openid-configuration"
        self.api = site.realm.api

    def __repr__(self) -> str:
        return f"<sandbox {self.profile} at {self.issuer}>"

    @property
    def clients(self) -> dict[str, dict[str, Any]]:
        """The registered clients by client_id, toy secrets included; the first is the default."""
        return {name: client.registration() for name, client in self._site.realm.clients.items()}

    @property
    def users(self) -> list[dict[str, str]]:
        """The people who can sign in, passwords included."""
        return [person.description() for person in self._site.settings.people]

    @property
    def scopes(self) -> dict[str, str]:
        """Every scope by name, with what it gives and brings."""
        return {
            one.name: " ".join(f"{text}." for text in (one.gives, one.brings) if text)
            for one in self._site.settings.profile.scopes
        }

    @property
    def services(self) -> list[dict[str, Any]]:
        """What the API offers: name, address, what it gives, and the scopes that it requires."""
        return services(self._site.realm)

    @property
    def pages(self) -> tuple[str, ...]:
        """The addresses that people's browsers are sent to, from which they reach all others."""
        paths = self._site.settings.profile.paths
        sent_to = (paths.authorization, paths.end_session, paths.device)
        return tuple(f"{self.issuer}{path}" for path in sent_to if path is not None)

    @property
    def admin(self) -> dict[str, str]:
        """Where the switches can be turned from outside: address, header and key."""
        return {
            "address": f"{self.issuer}{admin.PATH}",
            "header": admin.KEY_HEADER,
            "key": self._site.admin_key,
        }

    @property
    def misbehaviours(self) -> dict[str, str]:
        """Every switch by name, with one line that says what it shows."""
        return dict(SWITCHES)

    @property
    def options(self) -> dict[str, Any]:
        """What it was started with."""
        settings = self._site.settings
        names = ("seed", "token_lifetime", "opener_policy")
        return {name: getattr(settings, name) for name in names}

    def description(self) -> dict[str, Any]:
        """Return everything a client's developer needs, ready to be written as JSON."""
        return {
            "issuer": self.issuer,
            "discovery": self.discovery,
            "api": self.api,
            "clients": self.clients,
            "users": self.users,
            "admin": self.admin,
        }

    def register(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Register a client and return its registration; see `registration.register`.

        Raises RegistrationError, a ValueError, with field and reason of each refusal.
        """
        return register(self._site.realm, record)

    def add_redirect_uri(self, client_id: str, uri: str) -> None:
        """Register one more redirect URI for a client, until the next `reset`.

        One that it has already changes nothing. Raises RegistrationError, a ValueError.
        """
        add_redirect_uri(self._site.realm, client_id, uri)

    def reset(self) -> None:
        """Go back to the seed: its users, clients, secrets and data, and no switch turned.

        Signing keys are new, and every sign-in from before is over.
        """
        self._site.reset()

    def misbehave(self, name: str, *, on: bool = True) -> Misbehaving:
        """Do one thing wrong from now on; `on=False` ends it, and so does a `with` block.

        Raises ValueError for a name that is not in `misbehaviours`.
        """
        self._site.realm.switches.turn(name, on=on)
        return Misbehaving(self._site, name)

    def rotate_keys(self, *, keep_old: bool = True) -> None:
        """Sign with a new key from now on; `keep_old` goes on publishing the older ones."""
        self._site.realm.keys.rotate(keep_old=keep_old)

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
    profile: str,
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    seed: int = 1,
    users: Iterable[Mapping[str, Any]] | None = None,
    token_lifetime: int = 3600,
    opener_policy: bool = False,
    tls_cert: str | None = None,
    tls_key: str | None = None,
) -> RunningServer:
    """Start a sandbox and return it once it answers.

    `port` 0 takes any free port. The same `seed` gives the same people, clients, secrets and
    data; `users` are other people, each with at least username and password. `token_lifetime`
    is that of access tokens, in seconds. `opener_policy` sends Cross-Origin-Opener-Policy with
    every page. A `host` that is not loopback needs `tls_cert` and `tls_key`, paths of PEM files.

    Raises ValueError for what cannot be, PortInUseError for a port that is taken.
    """
    if profile not in PROFILES:
        known = ", ".join(PROFILES)
        raise ValueError(f"There is no sandbox profile {profile!r}; there is {known}.")
    if not _is_whole(seed):
        raise ValueError(f"seed is a whole number, not {seed!r}.")
    if not _is_whole(token_lifetime) or token_lifetime < 1:
        raise ValueError(
            f"token_lifetime is a whole number of seconds, at least 1, not {token_lifetime!r}."
        )
    people = PEOPLE if users is None else people_from(users)
    place = Place(host=host, port=port, tls_cert=tls_cert, tls_key=tls_key)
    place.check()
    listener = place.listen()
    taken: int = listener.getsockname()[1]
    settings = Settings(
        profile=PROFILES[profile],
        issuer=place.origin(taken),
        port=taken,
        seed=seed,
        token_lifetime=token_lifetime,
        people=people,
        opener_policy=opener_policy,
    )
    server = RunningServer(Site(settings), listener, place)
    server.start()
    return server


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _config(site: Site, place: Place) -> uvicorn.Config:
    return uvicorn.Config(
        application(site),
        ssl_certfile=place.tls_cert,
        ssl_keyfile=place.tls_key,
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
