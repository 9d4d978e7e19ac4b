"""A running sandbox: its thread, its description and its controls."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterable, Mapping
from typing import Any, Self

import uvicorn

from oauth_widgets.sandbox.server.api.documentation import services
from oauth_widgets.sandbox.server.app import application
from oauth_widgets.sandbox.server.endpoints import admin
from oauth_widgets.sandbox.server.endpoints.registration import add_redirect_uri, register
from oauth_widgets.sandbox.server.listener import Place
from oauth_widgets.sandbox.server.profiles import PROFILES
from oauth_widgets.sandbox.server.profiles.own_api import own_api
from oauth_widgets.sandbox.server.profiles.people import PEOPLE, people_from
from oauth_widgets.sandbox.server.state.misbehaviour import SWITCHES
from oauth_widgets.sandbox.server.state.settings import Settings
from oauth_widgets.sandbox.server.state.site import Site

START_TIMEOUT = 20.0  # seconds
STOP_TIMEOUT = 5.0  # seconds


class Misbehaving:
    """A switch that is on until `stop` is called or its `with` block ends."""

    def __init__(self, site: Site, name: str) -> None:
        self._site = site
        self.name = name
        self.shows = SWITCHES[name]

    def __repr__(self) -> str:
        return f"<misbehaving: {self.name}. {self.shows}>"

    def stop(self) -> None:
        """Turn the switch off; a second call does nothing."""
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
        # As a daemon, the thread doesn't keep a kernel or a script from ending.
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
        """The registered clients by client_id, including toy secrets; the first is the default."""
        return {name: client.registration() for name, client in self._site.realm.clients.items()}

    @property
    def users(self) -> list[dict[str, str]]:
        """The people who can sign in, including their passwords."""
        return [person.description() for person in self._site.settings.people]

    @property
    def scopes(self) -> dict[str, str]:
        """Every scope by name, with what it gives."""
        return {
            one.name: " ".join(f"{text}." for text in (one.gives, one.brings) if text)
            for one in self._site.settings.profile.scopes
        }

    @property
    def services(self) -> list[dict[str, Any]]:
        """The API's services: name, address, what each gives and the scopes it requires."""
        return services(self._site.realm)

    @property
    def endpoints(self) -> list[dict[str, str]]:
        """The endpoints with their addresses and the credentials that each takes."""
        return [
            {"endpoint": name, "address": f"{self.issuer}{path}", "credentials": how}
            for name, path, how in self._site.settings.profile.endpoints
        ]

    @property
    def pages(self) -> tuple[str, ...]:
        """The addresses that browsers are sent to; all other pages follow from these."""
        paths = self._site.settings.profile.paths
        sent_to = (paths.authorization, paths.end_session, paths.device)
        return tuple(f"{self.issuer}{path}" for path in sent_to if path is not None)

    @property
    def admin(self) -> dict[str, str]:
        """How to turn switches by HTTP: address, header and key."""
        return {
            "address": f"{self.issuer}{admin.PATH}",
            "header": admin.KEY_HEADER,
            "key": self._site.admin_key,
        }

    @property
    def seen(self) -> list[dict[str, Any]]:
        """The requests since the start or the last `reset`, oldest first, without secrets."""
        return self._site.realm.seen.all()

    @property
    def misbehaviours(self) -> dict[str, str]:
        """Every switch by name, with one line on what it tests."""
        return dict(SWITCHES)

    def has(self, **options: Any) -> bool:  # noqa: ANN401 - options of any kind are compared
        """Return whether it was started with these options; those left out don't matter.

        Raises ValueError as `serve` does.
        """
        settings, profile = self._site.settings, PROFILES[self.profile]
        users = options.pop("users", None)
        if users is not None and people_from(users) != settings.people:
            return False
        own = {name: options.pop(name) for name in ("scopes", "services") if name in options}
        if own and own_api(profile, **own) != settings.own:
            return False
        return all(getattr(settings, name) == value for name, value in options.items())

    def description(self) -> dict[str, Any]:
        """Return everything a client's developer needs, ready for JSON."""
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

        Raises RegistrationError, a ValueError, with every wrong field and the reason.
        """
        return register(self._site.realm, record)

    def add_redirect_uri(self, client_id: str, uri: str) -> None:
        """Register one more redirect URI for a client, until the next `reset`.

        A repeated one changes nothing. Raises RegistrationError, a ValueError.
        """
        add_redirect_uri(self._site.realm, client_id, uri)

    def reset(self) -> None:
        """Return to the seed: its users, clients, secrets and data, with every switch off.

        Signing keys are new, and everyone is signed out.
        """
        self._site.reset()

    def misbehave(self, name: str, *, on: bool = True) -> Misbehaving:
        """Do one thing wrong from now on, until `on=False` or the end of a `with` block.

        Raises ValueError if the name is not in `misbehaviours`.
        """
        self._site.realm.switches.turn(name, on=on)
        return Misbehaving(self._site, name)

    def rotate_keys(self, *, keep_old: bool = True) -> None:
        """Sign with a new key from now on; `keep_old` keeps publishing the older ones."""
        self._site.realm.keys.rotate(keep_old=keep_old)

    def start(self) -> None:
        """Start to answer, and return once it does. Raises RuntimeError if it cannot."""
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
    users: Mapping[str, Any] | Iterable[Mapping[str, Any]] | None = None,
    scopes: Mapping[str, str] | None = None,
    services: Mapping[str, Any] | None = None,
    token_lifetime: int = 3600,
    opener_policy: bool = False,
    tls_cert: str | None = None,
    tls_key: str | None = None,
) -> RunningServer:
    """Start a sandbox and return it once it answers.

    `port` 0 takes any free port. The same `seed` gives the same people, clients, secrets and
    data; `users` replaces the people, each with at least a username and a password. `scopes` adds
    scopes, and `services` replaces the sample API, as `own_api` describes. Access tokens expire
    after `token_lifetime` seconds. `opener_policy` sends Cross-Origin-Opener-Policy with every
    page. A `host` other than loopback needs `tls_cert` and `tls_key`, paths of PEM files.

    Raises ValueError for an impossible option, and PortInUseError if the port is taken.
    """
    if profile not in PROFILES:
        known = ", ".join(PROFILES)
        raise ValueError(f"There is no sandbox profile {profile!r}. Choose one of {known}.")
    if not _is_whole(seed):
        raise ValueError(f"seed must be a whole number, not {seed!r}.")
    if not _is_whole(token_lifetime) or token_lifetime < 1:
        raise ValueError(
            f"token_lifetime must be a whole number of seconds, at least 1, not {token_lifetime!r}."
        )
    people = PEOPLE if users is None else people_from(users)
    own = own_api(PROFILES[profile], scopes, services)
    place = Place(host=host, port=port, tls_cert=tls_cert, tls_key=tls_key)
    place.check()
    listener = place.listen()
    taken: int = listener.getsockname()[1]
    settings = Settings(
        profile=own.on(PROFILES[profile]),
        own=own,
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
