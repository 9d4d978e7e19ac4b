"""Starting a practice server, and its description in the client's own values."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING, Any

from oauth_widgets._net.loop import run
from oauth_widgets.errors import ConfigurationError, OAuthError
from oauth_widgets.errors.imported import imported
from oauth_widgets.errors.kinds import check_flag, check_text, listed
from oauth_widgets.flows._drive import drive
from oauth_widgets.flows.discovery import discovery
from oauth_widgets.protocol.client import ClientMetadata
from oauth_widgets.protocol.scope import Scope
from oauth_widgets.resource.service import Service
from oauth_widgets.sandbox.attacks import Attacks
from oauth_widgets.sandbox.scene import Scene, scene_of
from oauth_widgets.sandbox.visitor import Visited
from oauth_widgets.secret import Secret
from oauth_widgets.secret.table import as_table
from oauth_widgets.servers.onewelcome.registration import ClientRegistration
from oauth_widgets.signing_in.callback import front_channel
from oauth_widgets.signing_in.callback.front_channel import FrontChannel

if TYPE_CHECKING:
    # Importing the server loads the packages of the extra `sandbox`.
    from oauth_widgets.sandbox.server import Classroom, Misbehaving, RunningServer
    from oauth_widgets.sandbox.space import Space, Switched

_running: dict[str, Sandbox] = {}
_starting = threading.Lock()


class Sandbox(Visited):
    """A running sandbox, described in the client's own values.

    `server` is the server to sign in to and `api` the address of its sample API; `services` lists
    what the API offers and the scopes that each service requires, and `api_docs` is the address of
    its documentation. `client` is made for notebooks, `clients` has all clients by client_id, and
    `sectors` the sector of each. `users` lists the people who can sign in, with their passwords.
    `endpoints` has every endpoint with the credentials that it takes, ready for a table:
    `pd.DataFrame(sandbox.endpoints)`. `misbehaviours` has every switch of `misbehave`, with one
    line on what it tests.

        session = await ow.login(sandbox.server, sandbox.client, scope="openid events.read phone")
        session.frame(f"{sandbox.api}/events")
    """

    def __init__(self, running: RunningServer | Space) -> None:
        self._running = running
        self._stopped = False
        self.profile: str = running.profile
        self.api: str = running.api
        self.api_docs: str = running.api
        self.users: list[dict[str, Any]] = running.users
        self.endpoints: list[dict[str, str]] = running.endpoints
        found = run(drive(discovery(running.issuer, api=running.api)))
        self.server = replace(
            found,
            name=running.server_name or f"Practice server ({running.profile})",
            redirect_uri_ignores_query=running.redirect_uri_ignores_query,
            scope_meanings=running.scopes,
        )
        self.services: tuple[Service, ...] = tuple(
            Service(**{name: service[name] for name in ("name", "scopes", "gives", "address")})
            for service in running.services
        )
        self._scene = scene_of(self.server, self.users, running.services)
        self.misbehaviours: Mapping[str, str] = running.misbehaviours
        self._pages = frozenset(running.pages)
        self._front_channel = FrontChannel(
            port=running.port,
            addresses=self._pages,
            register=self._add_redirect_uri,
            answer=self._answer_unattended,
        )
        front_channel.declare(self._front_channel)

    @property
    def stopped(self) -> bool:
        """Whether it has been stopped."""
        return self._stopped

    @property
    def clients(self) -> Mapping[str, ClientMetadata]:
        """The clients that are registered now, by client_id; see `sectors` for their sectors."""
        return _clients(self._running)

    @property
    def sectors(self) -> Mapping[str, str]:
        """The sector of each client, by client_id.

        At a server with pairwise subjects, as in the profile `wgtwo`, clients of one sector get
        the same `sub` for a person, and clients of two sectors get unrelated ones.
        """
        return {name: record["sector"] for name, record in self._running.clients.items()}

    @property
    def client(self) -> ClientMetadata:
        """The client for notebooks."""
        return next(iter(self.clients.values()))

    @property
    def seen(self) -> list[dict[str, Any]]:
        """The requests that arrived, oldest first: `pd.DataFrame(sandbox.seen)`.

        Each has its path, method, status, client_id and time, the names of its parameters, and the
        values of those that are no secrets. A `reset` empties the list.
        """
        return self._running.seen

    @property
    def scene(self) -> Scene:
        """The words that exercises here are about: a person, services and their scopes."""
        return self._scene

    @property
    def attacks(self) -> Attacks:
        """Attackers' moves, to play against a naive client and this package.

        `sandbox.attacks["login CSRF"].play()` plays one for real, at a sandbox that ends with it.
        """
        return Attacks(lambda profile: Sandbox(serve(profile)))

    def register(self, registration: ClientRegistration | Mapping[str, Any]) -> ClientMetadata:
        """Register a client, or change the one with the same client_id, until the next `reset`.

        A mapping has the fields of RFC 7591 or of OneWelcome's record: client_id, type, standard,
        client_secret, redirect_uris, scope_whitelist, default_scopes. If the client needs a
        secret and has none, one is made up. Raises ConfigurationError with every wrong field.

            client = sandbox.register({"client_id": "mine", "scope_whitelist": ["events.read"]})
        """
        try:
            registered = self._running.register(_record(registration))
        except ValueError as problem:
            raise ConfigurationError(
                f"The sandbox refuses this client: {problem}.",
                next_step="Correct these fields, then register it again.",
            ) from problem
        return self.clients[registered["client_id"]]

    def _add_redirect_uri(self, client_id: str, redirect_uri: str) -> None:
        try:
            self._running.add_redirect_uri(client_id, redirect_uri)
        except ValueError as problem:
            raise ConfigurationError(
                f"The sandbox refuses this address. {problem}",
                next_step="Correct it, then register it again.",
            ) from problem

    def misbehave(self, name: str, *, on: bool = True) -> Misbehaving | Switched:
        """Make the server do one thing wrong, until `on=False` or the end of a `with` block.

        Raises ConfigurationError if the name is not in `misbehaviours`.

            with sandbox.misbehave("rotation_dropped"):
                session.refresh()
        """
        try:
            return self._running.misbehave(check_text(name, "name"), on=on)
        except ValueError as problem:
            raise ConfigurationError(str(problem), next_step="") from problem

    def rotate_keys(self, *, keep_old: bool = True) -> None:
        """Sign with a new key; `keep_old` publishes the older ones too: `sandbox.rotate_keys()`."""
        self._running.rotate_keys(keep_old=check_flag(keep_old, "keep_old"))

    def reset(self) -> None:
        """Return to the start: the same users, clients, secrets and data, with every switch off.

        Signing keys are new, and everyone is signed out. The addresses of open notebooks, to which
        answers return, stay registered.

            sandbox.reset()
        """
        self._running.reset()

    def has(self, **options: Any) -> bool:  # noqa: ANN401 - options of any kind are compared
        """Return whether it was started with these options of `start`: `sandbox.has(seed=1)`."""
        try:
            return self._running.has(**options)
        except (ValueError, RuntimeError) as problem:
            raise ConfigurationError(str(problem), next_step="") from problem

    def stop(self) -> None:
        """Stop it, which signs everyone out; the next `start` makes a new one: `sandbox.stop()`."""
        if _running.get(self.profile) is self:
            del _running[self.profile]
        front_channel.withdraw(self._front_channel)
        self._running.stop()
        self._stopped = True

    def _repr_html_(self) -> str:
        """Return who can sign in and how to reach the server: the people here are invented."""
        title = f"<strong>Practice server</strong> (profile {escape(self.profile)})"
        if self._stopped:
            return f"<p>{title} · stopped</p>"
        issuer = escape(self.server.issuer)
        link = (
            f'<a href="{issuer}/" target="_blank" rel="noopener noreferrer">Open its front page</a>'
        )
        named = {
            "Sign-in page": (self.server.authorization_endpoint, "your browser opens it"),
            "Token endpoint": (
                self.server.token_endpoint,
                "the client's ID, and its secret if it has one",
            ),
            "Userinfo endpoint": (
                self.server.userinfo_endpoint,
                "an access token with the scope openid",
            ),
            "API": (self.api, "an access token with the scopes of the service"),
        }
        endpoints = [(name, url, how) for name, (url, how) in named.items() if url]
        people = [(user["username"], user["password"], user.get("name", "")) for user in self.users]
        return (
            f"<p>{title} · The users here are made up · {link}</p>{self._first_step}"
            f"{as_table(('Username', 'Password', 'Name'), people, 'Who can sign in')}"
            f"{as_table(('Place', 'Address', 'What it needs'), endpoints, 'For programs')}"
        )

    @property
    def _first_step(self) -> str:
        scope = str(self.services[0].scopes) if self.services else "openid"
        login = f'session = await ow.login(sandbox.server, sandbox.client, scope="{scope}")'
        username = escape(self.users[0]["username"])
        return (
            f"<p>Run this, press Sign in on the card, and choose {username}:<br>"
            f"<code>{escape(login)}</code></p>"
        )

    def __repr__(self) -> str:
        if self._stopped:
            return f"<Sandbox {self.profile}: stopped>"
        people = " and ".join(user["username"] for user in self.users)
        return f"<Sandbox {self.profile} at {self.server.issuer}, with {people}>"


def start(
    profile: str = "wgtwo",
    *,
    users: Mapping[str, Any] | Iterable[Mapping[str, Any]] | None = None,
    scopes: Mapping[str, str] | None = None,
    services: Mapping[str, Any] | None = None,
    server_name: str | None = None,
    client_name: str | None = None,
    seed: int | None = None,
    token_lifetime: int | None = None,
    opener_policy: bool | None = None,
    restart: bool = False,
) -> Sandbox:
    """Start the sandbox `profile` in this kernel, or return it if it is already running.

    `wgtwo` behaves like the documented server of a mobile operator, `onewelcome` like that of an
    identity provider, and `playground` offers features of neither, such as signing in on another
    device.

    `users` replaces alice and bob: `{"ada": {"password": "engine"}}`. `scopes` adds scopes, each
    with what it allows: `{"penguins.read": "See the penguins"}`. `services` replaces the sample
    API: `{"penguins": {"records": …, "requires": "penguins.read"}}`, where records are a DataFrame
    or a list of dicts. Your records are paged, filtered, formatted and documented as the sample
    API's. Cards call the server `server_name`, and its pages call your notebook `client_name`
    ("Acme Notebook").

    The same `seed` (1) gives the same users, clients, secrets and data. Access tokens
    expire after `token_lifetime` (3600) seconds. `opener_policy` (False) sends
    Cross-Origin-Opener-Policy with every page, as many real servers do. `restart` stops a running
    sandbox first.

    Raises ConfigurationError for an unknown profile or a wrong option, if the sandbox is already
    running with different options, or if the extra packages it needs are not installed.

        sandbox = ow.sandbox.start("wgtwo", seed=7, token_lifetime=60, restart=True)
    """
    if isinstance(users, Iterator):
        # It is read twice: to start, and to compare.
        users = listed(users, "users")
    named = {
        "users": users,
        "scopes": scopes,
        "services": services,
        "server_name": server_name,
        "client_name": client_name,
        "seed": seed,
        "token_lifetime": token_lifetime,
        "opener_policy": opener_policy,
    }
    options = {name: value for name, value in named.items() if value is not None}
    running = _started(check_text(profile, "profile"), options, anew=check_flag(restart, "restart"))
    if not running.has(**options):
        raise ConfigurationError(
            f"The {profile} sandbox is already running with different options.",
            next_step="Restart it with restart=True, which signs everyone out.",
        )
    return running


def _started(profile: str, options: Mapping[str, Any], *, anew: bool) -> Sandbox:
    """Return the sandbox that runs in this kernel, or a new one."""
    with _starting:
        if anew or profile not in _running:
            # The running one stops only once nothing can be wrong with the new one.
            bare = serve(profile, **options)
            try:
                made = Sandbox(bare)
            except OAuthError:
                bare.stop()
                raise
            if profile in _running:
                _running[profile].stop()
            _running[profile] = made
        return _running[profile]


def serve(profile: str, **options: object) -> RunningServer:
    """Start only the server of a sandbox; `options` are those of `sandbox.server.serve`.

    Raises ConfigurationError as `start` does, and if the port is taken.
    """
    running: RunningServer = _made("serve", profile, **options)
    return running


def serve_classroom(profile: str, **options: object) -> Classroom:
    """Start a server for a class; `options` are those of `sandbox.server.serve_classroom`.

    Raises ConfigurationError as `serve` does.
    """
    classroom: Classroom = _made("serve_classroom", profile, **options)
    return classroom


def _made(what: str, profile: str, **options: object) -> Any:  # noqa: ANN401 - of two kinds
    server = imported("oauth_widgets.sandbox.server", "The sandbox", extra="sandbox")
    try:
        return getattr(server, what)(profile, **options)
    except (ValueError, OSError, RuntimeError) as problem:
        # The server's own words say what would be right.
        raise ConfigurationError(str(problem), next_step="") from problem


def _record(registration: ClientRegistration | Mapping[str, Any]) -> dict[str, Any]:
    if isinstance(registration, ClientRegistration):
        method = registration.client_metadata().token_endpoint_auth_method
        registration = {**vars(registration), "token_endpoint_auth_method": method}
    if not isinstance(registration, Mapping):
        raise ConfigurationError(
            f"A client can't be registered from {type(registration).__name__}.",
            next_step='Pass ow.ClientRegistration(…), or a mapping: {"client_id": "mine", …}.',
        )
    return {name: _plain(value) for name, value in registration.items()}


def _plain(value: object) -> object:
    if isinstance(value, Secret):
        return value.reveal()
    return str(value) if isinstance(value, Scope) else value


def _clients(running: RunningServer | Space) -> dict[str, ClientMetadata]:
    return {
        client_id: ClientMetadata(
            client_id=client_id,
            client_secret=record["client_secret"],
            redirect_uris=record["redirect_uris"],
            token_endpoint_auth_method=record["token_endpoint_auth_method"],
            scope=record["scope"],
            default_scope=record["default_scopes"],
            userinfo_signed_response_alg=record["userinfo_signed_response_alg"],
        )
        for client_id, record in running.clients.items()
    }
